"""What every store of measurements keeps to: SQLite, PostgreSQL and the double in memory."""

from __future__ import annotations

import math
from array import array
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from threading import Thread

import pytest
from hypothesis import given, settings
from sqlalchemy import delete

from tests.databases import postgres_database
from tests.unit.store.measured import as_kept, comparable, digest, measured, seam
from tests.unit.store.strategies import measurements
from turnover.core.measurement import Measurement, Summary
from turnover.core.series import Series
from turnover.errors import StoreError
from turnover.store import schema
from turnover.store.engine import Store, open_store
from turnover.store.keeping import Bound, Keeping
from turnover.store.measurements import Measurements
from turnover.store.memory import MemoryMeasurements
from turnover.store.upgrade import upgrade

METHOD = "metrics-1"
Empty = Callable[[], Keeping]


@pytest.fixture(scope="module", params=["memory", "sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def empty(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Empty]:
    """Gives a store in which nothing is kept; the one it gave before is no longer used."""
    if request.param == "memory":
        yield MemoryMeasurements
    elif request.param == "sqlite":
        yield from _emptied(tmp_path_factory.mktemp("store") / "turnover.db")
    else:
        with postgres_database() as address:
            yield from _emptied(address)


def _emptied(place: str | Path) -> Iterator[Empty]:
    with open_store(place) as store:
        upgrade(store)
        yield lambda: _without_rows(store)


def _without_rows(store: Store) -> Keeping:
    with store.writing() as connection:
        for table in (schema.measurements, schema.boundaries):  # what belongs to a measurement goes with it
            connection.execute(delete(table))
    return Measurements(store)


@pytest.fixture
def store(empty: Empty) -> Keeping:
    return empty()


# ------------------------------------------------------------------------------------------------- save and load


@settings(max_examples=15)
@given(measurement=measurements)
def test_round_trip(empty: Empty, measurement: Measurement) -> None:
    """The whole measurement comes back, every number of a series as the nearest float32."""
    store = empty()
    store.save(measurement)
    assert comparable(as_kept(measurement)) == comparable(store.load(measurement.digest, measurement.method))


def test_nothing_measured(store: Keeping) -> None:
    """What was never measured, or by another method only, is not known."""
    store.save(measured("clip"))
    assert store.load(digest("other"), METHOD) is None
    assert store.load(digest("clip"), "metrics-2") is None


def test_saved_again(store: Keeping) -> None:
    """The later measurement takes the earlier one's place, in what is loaded and in what filters see."""
    store.save(measured("clip", mean=0.9))
    later = replace(measured("clip", mean=0.1), summaries={"noise": Summary(1, 1, 1, 1)}, series=())
    store.save(later)
    assert comparable(later) == comparable(store.load(digest("clip"), METHOD))
    assert not store.having([Bound("motion_score")], method=METHOD)
    assert store.having([Bound("noise")], method=METHOD) == {digest("clip")}


def test_two_methods(store: Keeping) -> None:
    """Of one file the measurements of two methods stand beside each other."""
    one, two = measured(method="metrics-1", mean=0.1), measured(method="metrics-2", mean=0.2)
    store.save(one)
    store.save(two)
    loaded = [store.load(digest("clip"), method) for method in ("metrics-1", "metrics-2")]
    assert [comparable(as_kept(one)), comparable(as_kept(two))] == list(map(comparable, loaded))


def test_measurement_of_nothing(store: Keeping) -> None:
    """A file in which no picture decoded was measured, too."""
    nothing = Measurement(digest("broken"), METHOD, 0, (), trouble="no picture")
    store.save(nothing)
    assert nothing == store.load(digest("broken"), METHOD)


def test_long_clip(store: Keeping) -> None:
    """An hour of frames comes back whole."""
    hour = array("d", (frame / 8 for frame in range(90_000)))
    given = replace(measured(), series=tuple(Series(f"metric_{n}", hour, "test") for n in range(4)))
    store.save(given)
    loaded = store.load(given.digest, METHOD)
    assert loaded is not None
    assert given.series == loaded.series


def test_refused_whole(store: Keeping) -> None:
    """Of a measurement that cannot be kept nothing is, and the one before stays."""
    store.save(measured(mean=0.5))
    with pytest.raises(StoreError):
        store.save(replace(measured(mean=0.9), series=(Series("noise", array("d", [math.inf])),)))
    assert comparable(as_kept(measured(mean=0.5))) == comparable(store.load(digest("clip"), METHOD))


def test_many(store: Keeping) -> None:
    """Many are given in the order they are asked for, however many they are; what is not known is left out."""
    names = [f"clip {number}" for number in range(7)]
    for name in names:
        store.save(measured(name))
    unknown = [digest(f"unknown {number}") for number in range(1100)]
    asked = [*map(digest, reversed(names)), *unknown, digest(names[3])]
    assert [*map(digest, reversed(names)), digest(names[3])] == [m.digest for m in store.load_many(asked, METHOD)]
    assert list(store.load_many([], METHOD)) == []


def test_no_digest(store: Keeping) -> None:
    """What is no digest is refused wherever one is asked for."""
    asked: list[Callable[[], object]] = [
        lambda: store.load("abc", METHOD),
        lambda: list(store.load_many([digest("clip"), ""], METHOD)),
        lambda: store.forget("'; DROP TABLE measurements; --"),
        lambda: store.save_boundary(digest("a"), "b", METHOD, seam()),
        lambda: store.load_boundary("\0", digest("b"), METHOD),
    ]
    for ask in asked:
        with pytest.raises(StoreError, match="no digest"):
            ask()


def test_no_method(store: Keeping) -> None:
    """A method has a name that every database can hold."""
    asked: list[Callable[[], object]] = [
        lambda: store.load(digest("a"), ""),
        lambda: store.having(method="a\0b"),
        lambda: store.save_boundary(digest("a"), digest("b"), "é", seam()),
    ]
    for ask in asked:
        with pytest.raises(StoreError, match="no name of a method"):
            ask()


# -------------------------------------------------------------------------------------------------------- filters


@pytest.fixture
def three(store: Keeping) -> Keeping:
    """Clips with means of 0.25, 0.5 and 0.75; the last was measured of no photograph."""
    store.save(measured("low", mean=0.25, score=0.5))
    store.save(measured("middle", mean=0.5, score=0.75))
    store.save(measured("high", mean=0.75, score=None))
    store.save(replace(measured("other", mean=0.5), method="metrics-2"))
    return store


@pytest.mark.parametrize(
    ("bounds", "quality", "expected"),
    [
        ([], None, {"low", "middle", "high"}),
        ([], 0.75, {"middle"}),
        ([], 0.0, {"low", "middle"}),
        ([], math.nan, set()),
        ([Bound("motion_score")], None, {"low", "middle", "high"}),
        ([Bound("motion_score", at_least=0.5)], None, {"middle", "high"}),
        ([Bound("motion_score", at_most=0.5)], None, {"low", "middle"}),
        ([Bound("motion_score", at_least=0.3, at_most=0.6)], None, {"middle"}),
        ([Bound("motion_score", at_least=0.6, at_most=0.3)], None, set()),
        ([Bound("motion_score", "p10", at_most=0.125)], None, {"low"}),
        ([Bound("motion_score", "low", at_least=0.1875)], None, {"high"}),
        ([Bound("motion_score", "high", at_most=1.0)], None, {"low", "middle"}),
        ([Bound("motion_score", at_least=-math.inf, at_most=math.inf)], None, {"low", "middle", "high"}),
        ([Bound("motion_score", at_least=0.5), Bound("motion_score", "high", at_most=1.0)], None, {"middle"}),
        ([Bound("motion_score", at_least=0.25)], 0.6, {"middle"}),
        ([Bound("noise")], None, set()),
    ],
)
def test_bounds(three: Keeping, bounds: list[Bound], quality: float | None, expected: set[str]) -> None:
    """Bounds are inclusive and all of them hold; what is not known keeps to none; only the method asked for counts."""
    assert set(map(digest, expected)) == three.having(bounds, method=METHOD, quality_at_least=quality)


def test_no_bound() -> None:
    """NaN is no bound, and a metric has a name."""
    with pytest.raises(StoreError, match="NaN is no bound"):
        Bound("noise", at_most=math.nan)
    with pytest.raises(StoreError, match="no name of a metric"):
        Bound("")


# ----------------------------------------------------------------------------------------------------- boundaries


def test_boundary(store: Keeping) -> None:
    """A boundary is kept by its two files, in their order, and by its method; the later one takes the place."""
    one, two = digest("one"), digest("two")
    store.save_boundary(one, two, METHOD, seam(0.1))
    store.save_boundary(one, two, METHOD, seam(0.2))
    store.save_boundary(two, one, METHOD, seam(None))
    assert seam(0.2) == store.load_boundary(one, two, METHOD)
    assert seam(None) == store.load_boundary(two, one, METHOD)
    assert store.load_boundary(one, two, "metrics-2") is None
    assert store.load_boundary(one, one, METHOD) is None


# --------------------------------------------------------------------------------------------------------- forget


def test_forgotten(store: Keeping) -> None:
    """All that is known of a file goes, by whatever method and on either side of a boundary; of others nothing does."""
    for name in ("one", "two"):
        for method in ("metrics-1", "metrics-2"):
            store.save(measured(name, method=method))
    for first, second in (("one", "two"), ("two", "one"), ("two", "three")):
        store.save_boundary(digest(first), digest(second), METHOD, seam())
    store.forget(digest("one"))
    store.forget(digest("never known"))
    assert [m.digest for m in store.load_many([digest("one"), digest("two")], "metrics-2")] == [digest("two")]
    assert store.having([Bound("motion_score")], method=METHOD) == {digest("two")}
    assert store.load_boundary(digest("one"), digest("two"), METHOD) is None
    assert store.load_boundary(digest("two"), digest("one"), METHOD) is None
    assert seam() == store.load_boundary(digest("two"), digest("three"), METHOD)


def test_saved_after_it_was_forgotten(store: Keeping) -> None:
    """Forgetting is no refusal: the file may be measured again."""
    store.save(measured("clip", mean=0.25))
    store.forget(digest("clip"))
    store.save(measured("clip", mean=0.5))
    assert comparable(as_kept(measured("clip", mean=0.5))) == comparable(store.load(digest("clip"), METHOD))


# -------------------------------------------------------------------------------------------------------- threads


def test_threads(store: Keeping) -> None:
    """Threads may share a store: what each saves is there."""
    names = [f"clip {number}" for number in range(12)]

    def save(some: list[str]) -> None:
        for name in some:
            store.save(measured(name))

    threads = [Thread(target=save, args=(names[start::3],)) for start in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(map(digest, names)) == store.having(method=METHOD)
