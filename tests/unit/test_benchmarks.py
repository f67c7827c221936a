"""The benchmarks run and show ours beside the peers."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.mark.slow
def test_quick_run_of_one_benchmark() -> None:
    """Both tables of the per-frame benchmark hold our row, the peers' and the floor's, in that order."""
    command = [sys.executable, "benchmarks/run.py", "--quick", "--only", "per-frame"]

    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=True)

    rows = [
        line.split("|")[1].strip() for line in done.stdout.splitlines() if line.startswith("| ") and "÷" not in line
    ]
    csv_rows = ["turnover", "csv (stdlib)", "pyarrow.csv", "polars", "write the same bytes"]
    xml_rows = ["turnover", "lxml xmlfile", "joined f-strings", "write the same bytes"]
    assert csv_rows + xml_rows == rows
