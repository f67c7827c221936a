"""Several processes, and processes that are killed."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from multiprocessing.connection import Connection

import pytest
from sqlalchemy import text

from tests.unit.store.measured import digest
from tests.unit.store.processes import METRICS, PROCESSES, even, save_evenly
from turnover.store.engine import Store, open_store
from turnover.store.keeping import Bound
from turnover.store.measurements import Measurements
from turnover.store.upgrade import upgrade


@pytest.fixture
def store(place: str) -> Iterator[Store]:
    with open_store(place) as store:
        upgrade(store)
        yield store


def _all(said: Connection) -> Iterator[int]:
    """What was told, up to the end of who told it."""
    try:
        while True:
            yield said.recv()
    except (EOFError, OSError):
        return


def _wait_for_the_server(store: Store) -> None:
    """PostgreSQL ends what it was told to do, though who told it is gone."""
    if store.is_server:
        others = text(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        store.close()
        until = time.monotonic() + 30
        with store.reading() as connection:
            while connection.execute(others).scalar_one():
                assert time.monotonic() < until
                # Within a transaction the server shows what it saw first.
                connection.execute(text("SELECT pg_stat_clear_snapshot()"))
                time.sleep(0.01)


def test_two_processes(place: str, store: Store) -> None:
    """Two that save the same clip and their own at once lose nothing."""
    said, told = PROCESSES.Pipe(duplex=False)
    programs = [PROCESSES.Process(target=save_evenly, args=(place, 6, ("shared", own), told)) for own in ("one", "two")]
    for program in programs:
        program.start()
    for program in programs:
        program.join(120)
    for end in (said, told):
        end.close()
    assert [program.exitcode for program in programs] == [0, 0]
    expected = [even(clip, 5) for clip in ("shared", "one", "two")]
    assert expected == list(Measurements(store).load_many(map(digest, ("shared", "one", "two")), "m"))


@pytest.mark.parametrize("seed", range(3))
def test_killed_while_it_saves(place: str, store: Store, seed: int) -> None:
    """Of a save that was killed there is all or nothing: what is there is the last one told of, or the next."""
    said, told = PROCESSES.Pipe(duplex=False)
    program = PROCESSES.Process(target=save_evenly, args=(place, 10**6, ("clip",), told))
    program.start()
    told.close()
    last = said.recv()
    time.sleep(random.Random(seed).uniform(0, 0.1))
    program.kill()
    program.join()
    _wait_for_the_server(store)
    last = max([last, *_all(said)])
    said.close()
    kept = Measurements(store)
    loaded = kept.load(digest("clip"), "m")
    assert loaded in (even("clip", last), even("clip", last + 1))
    assert loaded is not None
    bounds = [Bound(metric, at_least=loaded.frame_count, at_most=loaded.frame_count) for metric in METRICS]
    assert kept.having(bounds, method="m") == {digest("clip")}
    if not store.is_server:
        with store.reading() as connection:
            assert connection.execute(text("PRAGMA integrity_check")).scalars().all() == ["ok"]
    # Who was killed holds nobody up.
    kept.save(even("clip", 7))
    assert even("clip", 7) == kept.load(digest("clip"), "m")
