"""Every promise of `sticky-greedy-1`: nothing moves, nothing is parted, and sizes are within the bound."""

from __future__ import annotations

import hashlib
import random
from collections import Counter, defaultdict
from collections.abc import Sequence
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turnover.datasets.dataset import LedgerLine
from turnover.datasets.groups import Light
from turnover.datasets.leaks import Placed, leaks
from turnover.datasets.ledger import merged
from turnover.datasets.ratios import ALL_TRAIN, Ratios, parse_splits
from turnover.datasets.split import SplitResult, divide
from turnover.errors import UsageError

EIGHTY_TEN_TEN = parse_splits("train=80,validation=10,test=10")
LOOK = 0x0F0F_3355_AACC_1234
OTHER_LOOK = 0xF0F0_CCAA_5533_EDCB


def sample_id(number: int) -> str:
    return "v" + hashlib.sha256(str(number).encode()).hexdigest()[:16]


def singles(count: int, *, strata: int = 1) -> list[Light]:
    return [Light(sample_id(n), stratum=f"kind {n % strata}") for n in range(count)]


def grouped(sizes: Sequence[int], strata: Sequence[int] = (0,)) -> list[Light]:
    """Groups of these sizes; the strata are given out in turn."""
    groups = [group for group, size in enumerate(sizes) for _ in range(size)]
    return [
        Light(sample_id(n), keys=(f"take:{group}",), stratum=f"kind {strata[n % len(strata)]}")
        for n, group in enumerate(groups)
    ]


def ledger_of(
    result: SplitResult, earlier: dict[str, LedgerLine] | None = None, version: str = "1.0.0"
) -> dict[str, LedgerLine]:
    lines = merged(earlier or {}, splits=result.splits, groups=result.groups, reasons=result.reasons, version=version)
    return {line.sample_id: line for line in lines}


def held(**splits: str) -> dict[str, LedgerLine]:
    return {name: LedgerLine(name, name, split, "1.0.0", "ratio") for name, split in splits.items()}


def leaks_of(lights: Sequence[Light], result: SplitResult) -> object:
    return leaks(
        Placed(light.id, result.splits[light.id], result.groups[light.id], None, light.keys, light.prints)
        for light in lights
        if light.id in result.splits
    )


weights = st.lists(st.integers(0, 20), min_size=1, max_size=5).filter(any)
ratios = weights.map(lambda parts: Ratios({f"s{n}": str(part) for n, part in enumerate(parts)}, "weights"))
sizes = st.lists(st.integers(1, 12), max_size=30)
strata = st.lists(st.integers(0, 4), min_size=1, max_size=7)


# ------------------------------------------------------------------------------------------------ a first version


@given(ratios, sizes, strata, st.sampled_from([0, 1]))
def test_groups_of_any_sizes(asked: Ratios, group_sizes: list[int], kinds: list[int], least: int) -> None:
    """No group is parted; no split is more than g(1-1/k) above its target, nor more than k-1 times that below it."""
    lights = grouped(group_sizes, kinds)
    result = divide(lights, salt="demo", ratios=asked, min_per_split=least)
    served = sum(1 for target in result.targets.values() if target)
    promised = max(group_sizes, default=0) * (1 - Fraction(1, max(served, 1)))
    if result.mode == "greedy":
        assert result.bound == promised
    assert result.splits.keys() == {light.id for light in lights}
    assert leaks_of(lights, result) == ()
    for split, count in result.counts.items():
        over = count - result.targets[split]
        assert -max(served - 1, 0) * result.bound <= over <= result.bound
        if least == 0:
            assert result.targets[split] == result.ideals[split] == asked.shares[split] * len(lights)


@given(ratios, st.integers(0, 60), st.integers(1, 8))
def test_single_samples(asked: Ratios, count: int, kinds: int) -> None:
    """Every split is within one of its target, and so is every stratum's part of it."""
    lights = singles(count, strata=kinds)
    result = divide(lights, salt="demo", ratios=asked)
    assert result.mode == "exact"
    assert all(abs(result.counts[split] - target) < 1 for split, target in result.targets.items())
    cells = Counter((light.stratum, result.splits[light.id]) for light in lights)
    for stratum, members in Counter(light.stratum for light in lights).items():
        for split, target in result.targets.items():
            assert abs(cells[stratum, split] - target * members / count) < 1


@given(ratios, sizes, strata, st.randoms(use_true_random=False))
def test_order_of_arrival(asked: Ratios, group_sizes: list[int], kinds: list[int], chance: random.Random) -> None:
    """A first version is the same whatever order its samples come in."""
    lights = grouped(group_sizes, kinds)
    first = divide(lights, salt="demo", ratios=asked)
    chance.shuffle(lights)
    assert divide(lights, salt="demo", ratios=asked) == first


@given(ratios, sizes)
def test_empty_split_is_told(asked: Ratios, group_sizes: list[int]) -> None:
    """A split that was asked for and stays empty is named in a warning."""
    result = divide(grouped(group_sizes), salt="demo", ratios=asked)
    told = " ".join(result.warnings)
    for split, share in asked.shares.items():
        assert not share or result.counts[split] or split in told or not group_sizes


def test_twelve_kinds_of_four() -> None:
    """Rounding kind by kind would leave the test split empty; rounding the table fills all three."""
    lights = singles(48, strata=12)
    result = divide(lights, salt="demo", ratios=EIGHTY_TEN_TEN)
    assert result.counts == {"train": 38, "validation": 5, "test": 5}
    of_kind = Counter((light.stratum, result.splits[light.id]) for light in lights)
    assert all(of_kind[f"kind {kind}", "train"] in (3, 4) for kind in range(12))
    assert result.warnings == ()


@pytest.mark.parametrize(
    ("count", "expected", "said"),
    [
        (0, (0, 0, 0), "no sample is left to split"),
        (1, (1, 0, 0), "1 sample cannot fill 3 splits; empty: validation and test"),
        (2, (1, 0, 1), "2 samples cannot fill 3 splits; empty: validation"),
        (3, (1, 1, 1), None),
        (7, (5, 1, 1), None),
        (100, (80, 10, 10), None),
    ],
)
def test_few_samples(count: int, expected: tuple[int, ...], said: str | None) -> None:
    """One sample trains, the second tests, and then no split stays empty; what is empty is told."""
    result = divide(singles(count), salt="demo", ratios=EIGHTY_TEN_TEN)
    assert tuple(result.counts.values()) == expected
    assert result.warnings == (() if said is None else (said,))


def test_nobody_asked_for_splits() -> None:
    """Everything trains."""
    result = divide(singles(5), salt="demo")
    assert (result.counts, result.warnings) == ({"train": 5}, ())


def test_another_name_draws_anew() -> None:
    """The salt decides who is drawn, not how many."""
    one, other = (divide(singles(50), salt=salt, ratios=EIGHTY_TEN_TEN) for salt in ("demo", "other"))
    assert one.counts == other.counts
    assert one.splits != other.splits


def test_huge_group() -> None:
    """A group too large for a split goes where most is lacking, and who cannot be filled for it is told."""
    result = divide(grouped([18, 1, 1]), salt="demo", ratios=parse_splits("train=50,test=50"))
    assert result.counts == {"train": 18, "test": 2}
    group = min(map(sample_id, range(18)))
    told = f"split test cannot be filled without breaking group {group} (18 samples tied by take in train)"
    assert result.warnings == (f"{told}: it has 2 instead of 10",)


def test_small_groups_serve_a_split_that_would_stay_empty() -> None:
    """Where greedy filling forgets a small split, a small group goes there."""
    asked = Ratios({"a": "10", "b": "2", "c": "2"}, "weights")
    for group_sizes in ([4, 3, 3, 2, 2], [5, 5, 2, 1, 1], [3, 3, 3, 3, 2], [2] * 7):
        assert all(divide(grouped(group_sizes), salt="demo", ratios=asked).counts.values())


def test_twice() -> None:
    """An id that stands for two samples is refused."""
    with pytest.raises(UsageError, match="1 contradiction: sample v1 is there more than once"):
        divide([Light("v1"), Light("v1"), Light("v2"), Light("v1")], salt="demo")


# ------------------------------------------------------------------------------------------------ later versions


def test_sixty_batches() -> None:
    """Whoever is in the ledger never moves, no group is parted, and nothing that links two splits gets in."""
    chance = random.Random(5)
    lights: list[Light] = []
    ledger: dict[str, LedgerLine] = {}
    seen_quarantine = 0
    for batch in range(60):
        for _ in range(chance.randint(0, 9)):
            look = chance.getrandbits(64)
            near = (
                chance.choice(lights).prints[0] ^ (1 << chance.randrange(64))
                if lights and chance.random() < 0.1
                else look
            )
            keys = tuple(f"take:{chance.randrange(150)}" for _ in range(chance.choice([1, 1, 1, 2])))
            lights.append(Light(sample_id(len(lights)), keys, (near,) * 3, f"kind {chance.randrange(3)}"))
        result = divide(lights, salt="demo", ratios=EIGHTY_TEN_TEN, ledger=ledger)
        assert {name: result.splits[name] for name in ledger} == {name: line.split for name, line in ledger.items()}
        assert not set(result.quarantined) & set(ledger)
        assert leaks_of(lights, result) == ()
        seen_quarantine += len(result.quarantined)
        ledger = ledger_of(result, ledger, f"1.{batch}.0")
    assert len(ledger) > 200
    assert seen_quarantine


@given(ratios, st.lists(st.integers(0, 12), min_size=1, max_size=8))
def test_single_samples_in_batches(asked: Ratios, batches: list[int]) -> None:
    """Overshoot stays below 1 and undershoot below k-1, batch after batch, as long as targets only grow."""
    lights: list[Light] = []
    ledger: dict[str, LedgerLine] = {}
    served = sum(1 for share in asked.shares.values() if share)
    for batch in batches:
        lights += [Light(sample_id(len(lights) + n)) for n in range(batch)]
        result = divide(lights, salt="demo", ratios=asked, ledger=ledger, min_per_split=0)
        ledger = ledger_of(result, ledger)
        for deviation in result.deviations.values():
            assert -max(1, served - 1) <= deviation < 1


def test_other_ratios_later() -> None:
    """New ratios are for new samples; what was in a split that is gone stays in it."""
    first = divide(singles(20), salt="demo", ratios=parse_splits("train=50,holdout=50"))
    later = divide(singles(40), salt="demo", ratios=parse_splits("train=75,test=25"), ledger=ledger_of(first))
    assert later.counts == {"train": 25, "test": 5, "holdout": 10}  # each new one lacks 5 of its 30 and 10
    assert all(later.splits[name] == split for name, split in first.splits.items())


def test_excess_of_earlier_versions_is_told() -> None:
    """A split that already has more than its part gets nothing new, and the excess is told."""
    ledger = held(**{sample_id(n): "test" for n in range(10)})
    result = divide(singles(20), salt="demo", ratios=EIGHTY_TEN_TEN, ledger=ledger)
    assert result.counts["test"] == 10
    assert "10 samples stay in test by assignment or earlier versions; its part is 2" in result.warnings


def test_group_follows_its_earlier_member() -> None:
    """A new take of an old source goes where the old one is."""
    lights = [Light("v1", ("take:1",)), Light("v2", ("take:1",)), *singles(10)]
    result = divide(lights, salt="demo", ratios=EIGHTY_TEN_TEN, ledger=held(v1="validation"))
    assert (result.splits["v2"], result.reasons["v2"]) == ("validation", "with its group")
    assert (result.splits["v1"], result.reasons["v1"]) == ("validation", "ratio")


def test_link_between_two_splits() -> None:
    """A new sample that ties train and test together is left out, with the reason; nobody moves for it."""
    lights = [
        Light("v1", ("take:1",)),
        Light("v2", (), (OTHER_LOOK,) * 3),
        Light("v3", ("take:1",), (OTHER_LOOK ^ 7,) * 3),
        Light("v4", ("take:1",)),
    ]
    result = divide(lights, salt="demo", ratios=EIGHTY_TEN_TEN, ledger=held(v1="train", v2="test"))
    assert result.quarantined == {
        "v3": "links samples already in test+train: v2 in test by near_duplicate, v1 in train by take:1"
    }
    assert result.splits == {"v1": "train", "v2": "test", "v4": "train"}
    assert result.groups == {"v1": "v1", "v2": "v2", "v4": "v1"}
    assert leaks_of(lights, result) == ()


def test_one_link_does_not_take_its_whole_batch_along() -> None:
    """Of a new batch that touches both sides, only those are left out without which nothing links."""
    batch = [Light(f"v1{n:02}", ("batch:1",)) for n in range(50)]
    lights = [
        Light("v1", ("take:1",)),
        Light("v2", ("take:2",)),
        *batch,
        Light("v3", ("batch:1", "take:1")),
        Light("v4", ("batch:1", "take:2")),
    ]
    result = divide(lights, salt="demo", ratios=EIGHTY_TEN_TEN, ledger=held(v1="train", v2="test"))
    assert len(result.quarantined) == 1
    assert leaks_of(lights, result) == ()


def test_earlier_versions_leak() -> None:
    """Linked samples that were put apart before stay apart, which is told; the check after the fact still finds it."""
    lights = [Light("v1", ("take:1",)), Light("v2", ("take:1",)), Light("v3", ("take:1",))]
    result = divide(lights, salt="demo", ratios=EIGHTY_TEN_TEN, ledger=held(v1="train", v2="test"))
    assert result.splits == {"v1": "train", "v2": "test"}
    assert list(result.quarantined) == ["v3"]
    assert result.warnings[0].startswith(
        "v2 is in test and v1 in train since earlier versions, yet v2 and v1 share take:1; neither is moved"
    )
    assert leaks_of(lights, result) != ()


# ------------------------------------------------------------------------------------------------ assignments


@given(ratios, sizes, st.dictionaries(st.integers(0, 30), st.integers(0, 4), max_size=6))
def test_assigned(asked: Ratios, group_sizes: list[int], pins: dict[int, int]) -> None:
    """What a person assigned goes there with its group, whatever the ratios say."""
    lights = grouped(group_sizes)
    groups: dict[str, list[str]] = defaultdict(list)
    for light in lights:
        groups[light.keys[0]].append(light.id)
    wanted = {
        sorted(members)[-1]: f"s{pins[n] % len(asked.shares)}" for n, members in enumerate(groups.values()) if n in pins
    }
    lights = [Light(light.id, light.keys, assigned=wanted.get(light.id)) for light in lights]
    result = divide(lights, salt="demo", ratios=asked)
    assert leaks_of(lights, result) == ()
    for light in lights:
        pin = next((name for name in groups[light.keys[0]] if name in wanted), None)
        if pin is None:
            assert result.reasons[light.id] == "ratio"
        else:
            assert result.splits[light.id] == wanted[pin]
            assert result.reasons[light.id] == ("assigned" if light.id == pin else f"pinned by {pin}")


def test_assignment_alone() -> None:
    """Without ratios an assignment makes its split, the rest trains, and a name that looks like a slip is told."""
    lights = [Light("v1", assigned="test"), Light("v2", assigned="validaton"), Light("v3")]
    result = divide(lights, salt="demo", ratios=ALL_TRAIN)
    assert result.splits == {"v1": "test", "v2": "validaton", "v3": "train"}
    assert list(result.counts) == ["train", "test", "validaton"]
    assert "split validaton is known from assignments alone; validation was perhaps meant" in result.warnings


def test_every_contradiction_at_once() -> None:
    """Assignments against the ledger, against each other and to splits that are not there are told together."""
    lights = [
        Light("v1", assigned="test"),
        Light("v2", ("take:1",), assigned="train"),
        Light("v3", ("take:1", "seed:7")),
        Light("v4", ("seed:7",), assigned="test"),
        Light("v5", ("take:9",)),
        Light("v6", ("take:9",), assigned="validation"),
        Light("v7", assigned="holdout"),
        Light("v8", assigned="Train!"),
        Light("v9", assigned="train"),
    ]
    with pytest.raises(UsageError) as caught:
        divide(lights, salt="demo", ratios=EIGHTY_TEN_TEN, ledger=held(v1="train", v5="test", v9="train"))
    said = caught.value.message
    assert said.startswith("splits: 5 contradictions: ")
    assert "v1 is assigned to test, but in train since 1.0.0" in said
    assert "v4 is assigned to test and v2 to train, but v4 and v3 share seed:7, v3 and v2 share take:1" in said
    assert "v6 is assigned to validation and v5 is in test, but v6 and v5 share take:9" in said
    assert "v7 is assigned to holdout, which is none of train, validation, test" in said
    assert "v8 is assigned to a split that cannot be: 'Train!' is no name" in said


def test_many_contradictions() -> None:
    """The first are spelled out, the rest counted."""
    lights = [Light(f"v{n:03}", assigned="nowhere") for n in range(500)]
    with pytest.raises(UsageError, match=r"500 contradictions: .*; and 480 more"):
        divide(lights, salt="demo", ratios=EIGHTY_TEN_TEN)


def test_what_the_manifest_says() -> None:
    """How splits were made, in plain JSON values."""
    result = divide(singles(48), salt="demo", ratios=EIGHTY_TEN_TEN)
    assert result.policy(EIGHTY_TEN_TEN, salt="demo") == {
        "algorithm": "sticky-greedy-1",
        "mode": "exact",
        "salt": "demo",
        "ratios": {"train": "80", "validation": "10", "test": "10"},
        "ratios_form": "percent",
        "near_duplicate_distance": 10,
        "achieved": {"train": 38, "validation": 5, "test": 5},
        "deviations": {"train": -0.4, "validation": 0.2, "test": 0.2},
        "bound": 1.0,
        "quarantined": [],
        "warnings": [],
    }
