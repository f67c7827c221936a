"""One file a writer: what has a grammar of its own."""
