"""Planes in, numbers out."""
