"""What tests let run in processes of their own."""

from __future__ import annotations

import multiprocessing
import sys
from array import array
from collections.abc import Iterable
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier

from tests.unit.store.measured import digest
from turnover.core.measurement import Measurement, Summary
from turnover.core.series import Series
from turnover.store.engine import open_store
from turnover.store.measurements import Measurements
from turnover.store.tree import Tree
from turnover.store.upgrade import current, upgrade

# One process loads everything, and those of the tests are its copies: they begin at once.
if sys.platform == "win32":
    PROCESSES = multiprocessing.get_context("spawn")
else:
    PROCESSES = multiprocessing.get_context("forkserver")
    PROCESSES.set_forkserver_preload([__name__, "turnover.store.migrating"])

FRAMES = 20_000
METRICS = tuple(f"metric_{number}" for number in range(5))


def even(clip: str, number: int) -> Measurement:
    """A measurement in which everything is this number, so that a mixture of two would show."""
    value = float(number)
    return Measurement(
        digest=digest(clip),
        method="m",
        frame_count=number,
        series=tuple(Series(metric, array("d", [value]) * FRAMES) for metric in METRICS),
        summaries={metric: Summary(value, value, value, value) for metric in METRICS},
        trouble=str(number),
    )


def save_evenly(place: str, count: int, clips: Iterable[str], told: Connection) -> None:
    """Save `even` of each clip, for one number after the other, and tell each number that is done."""
    with open_store(place) as store:
        kept = Measurements(store)
        for number in range(count):
            for clip in clips:
                kept.save(even(clip, number))
            told.send(number)


def upgrade_to(place: str, tree: Tree, all_ready: Barrier) -> None:
    """Open and upgrade, at the same moment as others."""
    all_ready.wait(120)
    with open_store(place) as store:
        upgrade(store, tree=tree)
        assert current(store) == tree.head
