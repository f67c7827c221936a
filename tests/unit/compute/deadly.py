"""Ends every worker process that imports it."""

import multiprocessing
import os

if multiprocessing.parent_process() is not None:
    os._exit(7)
