"""The version of this program, the one place that knows it."""

VERSION = "0.1.0"
