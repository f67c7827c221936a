"""What tests let run in processes of their own."""

from __future__ import annotations

import multiprocessing
import sys
import time
from array import array
from collections.abc import Iterable
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier

from tests.unit.store.measured import digest
from turnover.core.catalog import Progress
from turnover.core.measurement import Measurement, Summary
from turnover.core.series import Series
from turnover.store.engine import open_store
from turnover.store.leases import Leases
from turnover.store.measurements import Measurements
from turnover.store.refusals import LostError
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


def work_off(place: str, told: Connection) -> None:
    """Do jobs until there are none, and tell their ids."""
    done = []
    with open_store(place) as store:
        leases = Leases(store)
        until = time.monotonic() + 0.2
        # Who looks past a row that another one is taking may see none for a moment.
        while time.monotonic() < until:
            held = leases.claim("fast")
            if held is not None:
                leases.finish(held)
                done.append(held.job.id)
                until = time.monotonic() + 0.2
    told.send(done)


def work_slowly(place: str, lease_seconds: float, told: Connection) -> None:
    """Begin a job, tell its fence, and count for ever, telling each number; ends with 3 when the job is lost."""
    with open_store(place) as store:
        leases = Leases(store)
        held = leases.claim("slow", lease_seconds=lease_seconds)
        assert held is not None
        told.send(held.fence)
        for number in range(10**6):
            try:
                leases.progress(held, Progress(number))
            except LostError:
                sys.exit(3)
            told.send(number)
            time.sleep(lease_seconds / 3)
