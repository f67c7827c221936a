"""Single JSON values as what they are meant to be; None when they are not that."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import TypeAlias

from turnover.core.clip import JsonValue

Kind: TypeAlias = "Callable[[JsonValue], JsonValue]"
"""One of the functions below: what a value has to be."""

_WHOLE = re.compile(r"-?[0-9]{1,20}")
_NUMBER = re.compile(r"-?[0-9]{1,20}(\.[0-9]{1,20})?")
# Above this a float no longer tells neighbouring whole numbers apart.
_EXACT_FLOAT = 2**53
_YES = {"true", "yes", "on", "enable", "enabled"}
_NO = {"false", "no", "off", "disable", "disabled"}


def whole(value: JsonValue) -> int | None:
    """A whole number of at most 20 digits, also one that is written as text or as 20.0.

    >>> whole(18446744073709551615), whole("77"), whole(20.0), whole(True), whole(1.5)
    (18446744073709551615, 77, 20, None, None)
    """
    if isinstance(value, str) and _WHOLE.fullmatch(value.strip()):
        return int(value)
    if isinstance(value, float) and value.is_integer() and abs(value) < _EXACT_FLOAT:
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**20 else None


def number(value: JsonValue) -> float | None:
    """A finite number, also one that is written as text.

    >>> number(8), number("3.5"), number(float("nan")), number(10**400), number("normal")
    (8.0, 3.5, None, None, None)
    """
    if isinstance(value, str) and _NUMBER.fullmatch(value.strip()):
        return float(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > 10**20 or not math.isfinite(value):
        return None
    return float(value)


def text(value: JsonValue) -> str | None:
    """Text, also empty."""
    return value if isinstance(value, str) else None


def truth(value: JsonValue) -> bool | None:
    """A yes or no, also as nodes spell it in words.

    >>> truth("disable"), truth("On"), truth(True), truth(1), truth("maybe")
    (False, True, True, True, None)
    """
    if isinstance(value, str):
        word = value.strip().lower()
        return True if word in _YES else False if word in _NO else None
    if isinstance(value, int) and value in (0, 1):
        return bool(value)
    return None


def name(value: JsonValue) -> str | None:
    """A name that somebody chose: text of one line that is not empty and no word for "nothing".

    >>> name("euler"), name("None"), name("Baked VAE"), name(" ")
    ('euler', None, None, None)
    """
    if not isinstance(value, str) or not value.strip() or "\n" in value or len(value) > 1000:
        return None
    return None if value.strip().lower() in _NOTHING else value


# What nodes offer where nothing is chosen.
_NOTHING = {
    "", "none", "null", "undefined", "default", "baked vae", "automatic", "auto", "disabled", "disable", "off",
    "select", "choose", "---none---", "[none]", "use same",
}  # fmt: skip
