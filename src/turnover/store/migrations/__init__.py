"""How the tables came to be: one revision a module, and a published one is never changed."""
