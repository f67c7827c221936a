"""The command line: parse, call one piece of work, show the result."""
