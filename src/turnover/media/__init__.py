"""The essence itself: what a file is, as its header, its packets and one picture say."""
