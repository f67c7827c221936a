"""What a person wants done, one file a story; the only place where values and the outside world meet."""
