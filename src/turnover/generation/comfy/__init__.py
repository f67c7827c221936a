"""What a ComfyUI graph tells of the picture it made, walked from the node that saved it."""
