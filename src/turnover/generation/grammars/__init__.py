"""One file a generator's grammar."""
