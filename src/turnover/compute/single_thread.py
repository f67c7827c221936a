"""Imported before any other library in a worker process: those that come after it start no threads of their own.

Work is spread over processes, so threads of a library would only stand in each other's way;
and a process without threads can be forked without danger.
"""

from __future__ import annotations

import os

# NumPy's and OpenCV's linear algebra reads one of them, once, when it is loaded.
for _name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_name] = "1"
