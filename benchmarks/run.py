"""Measures turnover beside its peers and prints the tables. `make bench` runs it."""

from __future__ import annotations

import argparse
import os
import platform
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(REPOSITORY))

from benchmarks import (  # noqa: E402
    every_template,
    frames,
    memory,
    packing,
    per_frame,
    probing,
    recipes,
    small_sidecars,
)
from benchmarks.measuring import Table  # noqa: E402

BENCHMARKS: Mapping[str, Callable[..., Iterator[Table]]] = {
    "per-frame": per_frame.tables,
    "memory": memory.tables,
    "small-sidecars": small_sidecars.tables,
    "every-template": every_template.tables,
    "probing": probing.tables,
    "recipes": recipes.tables,
    "frames": frames.tables,
    "packing": packing.tables,
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=BENCHMARKS, action="append", help="this one; may be repeated")
    parser.add_argument("--quick", action="store_true", help="small inputs: shows that it runs, not how fast")
    given = parser.parse_args()
    print(f"{os.cpu_count()} cores, {platform.system()} on {platform.machine()}, Python {platform.python_version()}\n")
    for name in given.only or BENCHMARKS:
        for table in BENCHMARKS[name](is_quick=given.quick):
            print(table.markdown(), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
