"""Values out of what generators write, where numbers come as text and nothing is sure.

Each function gives None for what it cannot take; none raises.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable

from turnover.core.clip import JsonValue
from turnover.core.generation import MOST_SEED
from turnover.core.rate import Rate

MOST_COUNT = 2**31 - 1
MOST_WEIGHT = 1_000_000

# Above this a float no longer tells neighbouring whole numbers apart.
_EXACT_FLOAT = 2**53
_WHOLE = re.compile(r"\+?(\d{1,20})(?:\.0{1,20})?", re.ASCII)
_NUMBER = re.compile(r"[+-]?(?:\d{1,30}(?:\.\d{0,30})?|\.\d{1,30})(?:[eE][+-]?\d{1,3})?", re.ASCII)
_HASH = re.compile(r"(?:0x)?([0-9a-f]{8,64})", re.IGNORECASE | re.ASCII)
_SIZE = re.compile(r"\W{0,3}(\d{1,6})\s{0,3}[x×*,]\s{0,3}(\d{1,6})\W{0,3}", re.IGNORECASE | re.ASCII)
# What stands where a model or a file could have been named, and none was.
_NOTHING = frozenset({"", "none", "null", "undefined", "automatic", "default", "default (model)", "unknown"})


def members(value: JsonValue) -> dict[str, JsonValue]:
    """The object; an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def items(value: JsonValue) -> list[JsonValue]:
    """The list; an empty one for anything else."""
    return value if isinstance(value, list) else []


def text(value: JsonValue) -> str | None:
    """The text without the blanks around it; None where nothing is left."""
    return (value.strip() or None) if isinstance(value, str) else None


def said(value: JsonValue) -> str | None:
    """What somebody wrote, which may be nothing, as "" then; None where no text stands."""
    return value.strip() if isinstance(value, str) else None


def name(value: JsonValue) -> str | None:
    """The name of a thing; None where the text says that there is none."""
    found = text(value)
    return None if found is None or found.casefold() in _NOTHING else found


def whole(value: JsonValue, most: int = MOST_COUNT) -> int | None:
    """A whole number from 0 to `most`, as a number or as text.

    >>> whole("18446744073709551615", MOST_SEED), whole("20.0"), whole(-1), whole(True)
    (18446744073709551615, 20, None, None)
    """
    if isinstance(value, str):
        match = _WHOLE.fullmatch(value.strip())
        value = int(match[1]) if match else None
    if isinstance(value, float) and value.is_integer() and abs(value) < _EXACT_FLOAT:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if 0 <= value <= most else None


def seed(value: JsonValue) -> int | None:
    """A seed, exact to 64 bits; -1, which stands for "any", is None."""
    return whole(value, MOST_SEED)


def count(value: JsonValue) -> int | None:
    """A number of steps, pixels or frames, from 1."""
    return whole(value) or None


def number(value: JsonValue) -> float | None:
    """A finite number, as a number or as text.

    >>> number("7.5"), number(4), number("1e999"), number("about 4")
    (7.5, 4.0, None, None)
    """
    if isinstance(value, str):
        stripped = value.strip()
        value = float(stripped) if _NUMBER.fullmatch(stripped) else None
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > 1e300:
        return None
    return float(value) if math.isfinite(value) else None


def weight(value: JsonValue) -> float | None:
    """How strongly something is applied."""
    found = number(value)
    return found if found is not None and abs(found) <= MOST_WEIGHT else None


def hashed(value: JsonValue) -> str | None:
    """The hash of a model: 8 to 64 hexadecimal digits, small, without the `0x` that some put before them.

    >>> hashed("0xC0D1994C73"), hashed("blake3:5f2a"), hashed("None")
    ('c0d1994c73', None, None)
    """
    match = _HASH.fullmatch(value.strip()) if isinstance(value, str) else None
    return match[1].lower() if match else None


def size(value: JsonValue) -> tuple[int, int] | None:
    """Width and height.

    >>> size("512x768"), size("(1152, 896)"), size([640, 480]), size("0x0"), size("16:9")
    ((512, 768), (1152, 896), (640, 480), None, None)
    """
    if isinstance(value, list) and len(value) == 2:
        width, height = count(value[0]), count(value[1])
    else:
        match = _SIZE.fullmatch(value.strip()) if isinstance(value, str) else None
        width, height = (count(match[1]), count(match[2])) if match else (None, None)
    return None if width is None or height is None else (width, height)


def rate(value: JsonValue) -> Rate | None:
    """Frames per second; 0, "auto" and the like are None."""
    found = number(value)
    if found is None or not 0 < found <= 1000:
        return None
    try:
        return Rate.parse(value.strip() if isinstance(value, str) else f"{found:.6f}".rstrip("0").rstrip("."))
    except ValueError:
        return None


def base_name(value: JsonValue) -> str | None:
    """The last part of a path or an address; None where nothing is named.

    >>> base_name("C:\\\\models\\\\a.safetensors"), base_name("https://host/b.pth?x=1"), base_name("None")
    ('a.safetensors', 'b.pth', None)
    """
    found = name(value)
    if found is None:
        return None
    if "://" in found:
        found = found.partition("?")[0]
    return name(found.replace("\\", "/").rstrip("/").rpartition("/")[2])


def first(*values: str | None) -> str | None:
    """The first that is known."""
    return next((value for value in values if value is not None), None)


def each(value: JsonValue, separators: str = ",") -> list[JsonValue]:
    """The parts of a list, or of a text that stands for one."""
    if isinstance(value, str):
        return [part for part in (p.strip() for p in re.split(f"[{re.escape(separators)}]", value)) if part]
    return items(value)


def of_these(tree: dict[str, JsonValue], names: Iterable[str]) -> JsonValue:
    """The first of these members that is there and not null."""
    return next((tree[key] for key in names if tree.get(key) is not None), None)


def parsed(source: str) -> JsonValue:
    """The JSON that a text is, with NaN and infinities as null and whole numbers exact; None when it is none."""
    try:
        value: JsonValue = json.loads(source, parse_constant=_nothing, parse_float=_finite, parse_int=_exact)
    except (ValueError, RecursionError):
        return None
    return value


def _nothing(token: str) -> None:
    """Not a number, or an infinity: null."""


def _finite(token: str) -> float | None:
    value = float(token)
    return value if math.isfinite(value) else None


def _exact(token: str) -> int | None:
    # Python refuses to convert numbers of thousands of digits, which are no seeds.
    return int(token) if len(token) <= 1000 else None
