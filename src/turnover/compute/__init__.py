"""Work spread over processes: a function, many tasks, and what became of each."""
