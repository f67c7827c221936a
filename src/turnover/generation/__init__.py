"""How a clip was made: the texts a file carries in, one Generation out."""
