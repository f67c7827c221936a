"""One trainer a file: what it reads, what it makes of frames and rates, and its configuration for a dataset."""
