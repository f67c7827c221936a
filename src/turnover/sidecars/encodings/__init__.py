"""One file an encoding: what is a list of fields."""
