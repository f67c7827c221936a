"""One file an arrangement of a dataset's files."""
