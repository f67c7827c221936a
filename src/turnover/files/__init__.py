"""Reads files once, writes them whole or not at all."""
