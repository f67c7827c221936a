"""One rule a failure tag: evidence in, a gate out, or None where there is nothing to decide."""
