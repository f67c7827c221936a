"""Walks through the structure of files, a family a module, for the texts they carry."""
