"""A selection in, entries out."""
