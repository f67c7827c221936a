"""Tests, and what they share: `tests.videos` makes real video files."""
