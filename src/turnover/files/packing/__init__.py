"""Entries in, one folder or archive out: whole or not at all."""
