"""A clip in, the bytes of a sidecar out; values to values, no file is touched here."""
