"""How a person wants samples shared out among the splits: exact fractions from what was written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType
from typing import Literal

from turnover.errors import UsageError

Form = Literal["percent", "fractions", "weights"]
"""Numbers that make 100, numbers that make 1, or whole numbers whose sum is the whole."""

CANONICAL = ("train", "validation", "test")
MAX_SPLITS = 20
MAX_NAME = 40
WEIGHTS = "weights:"

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_NUMBER: Mapping[Form, tuple[re.Pattern[str], str]] = MappingProxyType(
    {
        "percent": (re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,12})?"), "a number from 0 to 100, such as 80 or 12.5"),
        "fractions": (re.compile(r"[01](?:\.[0-9]{1,18})?"), "a number from 0 to 1, such as 0.8"),
        "weights": (re.compile(r"[0-9]{1,9}"), "a whole number such as 8"),
    }
)
# A split's name becomes a folder's, and Windows keeps these for devices.
_RESERVED = frozenset({"con", "prn", "aux", "nul"} | {f"{port}{n}" for port in ("com", "lpt") for n in range(10)})


@dataclass(frozen=True, slots=True)
class Ratios:
    """Which splits there are, and how much each is to get."""

    asked: Mapping[str, str]
    """Split → number as written, in order."""
    form: Form = "percent"
    is_chosen: bool = True
    """Whether a person asked for splits; without that a sample's own assignment may name any split."""
    shares: Mapping[str, Fraction] = field(init=False)
    """Split → exact part of 1; they sum to 1."""

    def __post_init__(self) -> None:
        numbers = {split: Fraction(number) for split, number in self.asked.items()}
        whole = sum(numbers.values())
        object.__setattr__(self, "shares", {split: number / whole for split, number in numbers.items()})


ALL_TRAIN = Ratios({"train": "100"}, is_chosen=False)
"""What holds where nobody asked for splits."""


def parse_splits(text: str) -> Ratios:
    """Ratios from `train=80,validation=10,test=10`, or from `weights:train=2,test=1`. Raises UsageError.

    >>> parse_splits("train=87.5,test=12.5").shares["test"]
    Fraction(1, 8)
    """
    form: Form = "weights" if text.strip().startswith(WEIGHTS) else "percent"
    parts = (part.partition("=") for part in text.strip().removeprefix(WEIGHTS).split(",", MAX_SPLITS + 1))
    return _ratios([(name.strip(), number.strip()) for name, _, number in parts], form)


def ratios_of(numbers: Mapping[str, str | int | float], *, form: Form = "percent") -> Ratios:
    """Ratios from a mapping of split → number. Raises UsageError.

    A float is taken for the decimal it was written as: twelve digits of it, so that 1 - 0.85 is 0.15.
    """
    texts = {
        name: format(number, ".12g") if isinstance(number, float) else str(number) for name, number in numbers.items()
    }
    return _ratios(list(texts.items()), form)


def name_mistake(name: str) -> str | None:
    """Why this cannot be a split's name; None where it can."""
    if not _NAME.fullmatch(name) or len(name) > MAX_NAME:
        return f"{name[: MAX_NAME + 1]!r} is no name for a split: a letter a-z, then a-z, 0-9 or _, at most {MAX_NAME}"
    if name == "all":
        return "'all' means every split to the loaders, so none can be called that"
    if name in _RESERVED:
        return f"{name!r} cannot be the name of a folder on Windows"
    return None


def ordered_splits(ratios: Ratios, others: Iterable[str]) -> tuple[str, ...]:
    """Those asked for, then those that only an assignment or the ledger names, train, validation and test first."""
    rest = set(others) - set(ratios.asked)
    return (*ratios.asked, *(name for name in CANONICAL if name in rest), *sorted(rest - set(CANONICAL)))


def targets(ratios: Ratios, total: int, *, least: int = 1) -> dict[str, Fraction]:
    """Split → how many of `total` samples it is to get; they sum to `total`.

    Each split with a share gets `least` at least, at the others' cost in proportion; where there are too few samples
    for that, as many as all can have. With fewer samples than splits, the largest is served first, then `test`.
    """
    shares = {split: share for split, share in ratios.shares.items() if share}
    ideal = {split: share * total for split, share in ratios.shares.items()}
    least = least_of(ratios, total, least=least)
    if total < len(shares) and least:
        served = _by_need(shares)[:total]
        return {split: Fraction(split in served) for split in ideal}
    raised: set[str] = set()
    while small := {split for split in shares.keys() - raised if ideal[split] < least}:
        raised |= small
        rest = total - least * len(raised)
        whole = sum((share for split, share in shares.items() if split not in raised), Fraction())
        ideal |= {
            split: Fraction(least) if split in raised else share * rest / whole for split, share in shares.items()
        }
    return ideal


def least_of(ratios: Ratios, total: int, *, least: int) -> int:
    """How many samples each split with a share can be promised, up to `least`; 1 where only some can have one."""
    count = sum(1 for share in ratios.shares.values() if share)
    return min(least, max(total // count, 1))


def _by_need(shares: Mapping[str, Fraction]) -> list[str]:
    by_size = sorted(shares, key=lambda split: -shares[split])
    return [by_size[0], *sorted(by_size[1:], key=lambda split: split != "test")]


def _ratios(pairs: list[tuple[str, str]], form: Form) -> Ratios:
    if len(pairs) > MAX_SPLITS:
        raise UsageError(f"splits: more than {MAX_SPLITS}", hint="ask for fewer")
    pattern, expected = _NUMBER[form]
    mistakes = [mistake for name, _ in pairs if (mistake := name_mistake(name))]
    mistakes += [
        f"{name[:MAX_NAME]}={number[:20]!r} is not {expected}"
        for name, number in pairs
        if not pattern.fullmatch(number)
    ]
    names = [name for name, _ in pairs]
    mistakes += [f"{name!r} is there twice" for name in dict.fromkeys(names) if names.count(name) > 1]
    if mistakes:
        raise UsageError("splits: " + "; ".join(mistakes), hint="write train=80,validation=10,test=10")
    _check_sum(dict(pairs), form)
    return Ratios(dict(pairs), form)


def _check_sum(asked: Mapping[str, str], form: Form) -> None:
    total = sum(map(Fraction, asked.values()), Fraction())
    whole = {"percent": Fraction(100), "fractions": Fraction(1), "weights": total}[form]
    if total == whole and total:
        return
    written = " + ".join(asked.values())
    if form == "weights":
        raise UsageError(f"splits: {written} leave nothing to share out", hint="give one of them a weight above 0")
    as_weights = WEIGHTS + ",".join(f"{name}=1" for name in asked)
    if len(set(asked.values())) == 1:
        hint = f"for equal parts write {as_weights}"
    elif form == "percent" and total == 1:
        hint = "write percentages: " + ",".join(
            f"{name}={_plain(100 * Fraction(part))}" for name, part in asked.items()
        )
    else:
        hint = f"change one of them by {_plain(abs(whole - total))}, or write whole-number parts such as {as_weights}"
    raise UsageError(f"splits: {written} make {_plain(total)}, not {whole}", hint=hint)


def _plain(number: Fraction) -> str:
    """A decimal fraction as a person writes it: `99.99`."""
    text = f"{Decimal(number.numerator) / Decimal(number.denominator):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
