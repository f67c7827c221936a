"""How a typed value becomes text or JSON."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType

from turnover.core.clip import JsonValue
from turnover.core.colour import Colour
from turnover.core.rate import Rate
from turnover.core.timecode import Timecode
from turnover.sidecars.paths import forward, url
from turnover.sidecars.scope import FieldType, Value
from turnover.sidecars.text import clean, single_line

# Made once: json.dumps makes an encoder for each value that is not written its default way.
_ONE_LINE = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(", ", ": "))

DEFAULT_DECIMALS = 6
MAX_DECIMALS = 12
MAX_TREE_DEPTH = 64


@dataclass(frozen=True, slots=True)
class How:
    """The options of one value: which encoder, how many decimals, what stands between list items."""

    encoder: str | None = None
    """One of the type's encoders; None is the first of them."""
    decimals: int = DEFAULT_DECIMALS
    separator: str = ", "


def fixed(value: float | Fraction, decimals: int) -> str:
    """A number with fixed decimals, never in exponent form, never -0.

    What is rounded, half to even, is value x 10^decimals: as a double for a float (so that whole columns can be rounded
    the same way), exactly for a fraction.

    >>> fixed(0.5, 0), fixed(1.5, 0), fixed(Fraction(1, 3), 4), fixed(-0.0000001, 3), fixed(1e22, 1)
    ('0', '2', '0.3333', '0.000', '10000000000000000000000.0')
    """
    scaled = value * 10**decimals
    if isinstance(scaled, float) and abs(scaled) >= 2**53:
        scaled = Fraction(value) * 10**decimals
    whole = round(scaled)
    digits = f"{abs(whole):0{decimals + 1}}"
    sign = "-" if whole < 0 else ""
    return f"{sign}{digits[:-decimals]}.{digits[-decimals:]}" if decimals else sign + digits


def _number(value: Value, how: How) -> str | None:
    assert isinstance(value, int | float)
    try:
        return fixed(float(value), how.decimals)
    except OverflowError:
        return None  # a whole number that no double holds is no number here


def _rate(value: Value) -> Rate:
    assert isinstance(value, Rate)
    return value


def _seconds(value: Value) -> Fraction:
    assert isinstance(value, int | float | Fraction)
    return Fraction(value)


def _timecode(value: Value) -> Timecode:
    assert isinstance(value, Timecode)
    return value


def _texts(value: Value) -> tuple[str, ...]:
    assert isinstance(value, tuple)
    return value


def _colour_name(value: Value, how: How) -> str:
    assert isinstance(value, Colour)
    return value.name or ""


def _cicp(value: Value, how: How) -> str:
    """Primaries-transfer-matrix; 2 is H.273's own code for "unspecified"."""
    assert isinstance(value, Colour)
    return "-".join(str(2 if code is None else code) for code in (value.primaries, value.transfer, value.matrix))


def _nominal(value: Value, how: How) -> str:
    rate = _rate(value)
    return str(rate.nominal if rate.nominal is not None else round(rate.fraction))


Encoder = Callable[[Value, How], str | None]

ENCODERS: Mapping[FieldType, Mapping[str, Encoder]] = MappingProxyType(
    {
        "text": {
            "plain": lambda v, how: clean(str(v)),
            "single_line": lambda v, how: single_line(str(v)),
        },
        "integer": {"plain": lambda v, how: str(v)},
        "number": {"decimal": _number},
        "boolean": {
            "lower": lambda v, how: "true" if v else "false",
            "upper": lambda v, how: "TRUE" if v else "FALSE",
            "digit": lambda v, how: "1" if v else "0",
        },
        "rate": {
            "fraction": lambda v, how: str(_rate(v)) if _rate(v).denominator != 1 else str(_rate(v).numerator),
            "decimal": lambda v, how: _rate(v).decimal(min(how.decimals, 3)),
            "nominal": _nominal,
            "numerator": lambda v, how: str(_rate(v).numerator),
            "denominator": lambda v, how: str(_rate(v).denominator),
        },
        "time": {
            "seconds": lambda v, how: fixed(_seconds(v), how.decimals),
            "milliseconds": lambda v, how: str(math.floor(_seconds(v) * 1000)),
            "fraction": lambda v, how: str(_seconds(v)),
        },
        "timecode": {
            "label": lambda v, how: str(_timecode(v)),
            "semicolons": lambda v, how: _timecode(v).with_separator(";" if _timecode(v).is_drop_frame else ":"),
            "frames": lambda v, how: str(_timecode(v).frame),
        },
        "path": {
            "path": lambda v, how: clean(str(v)),
            "forward": lambda v, how: clean(forward(str(v))),
            "url": lambda v, how: url(str(v)),
            "name": lambda v, how: clean(forward(str(v)).rpartition("/")[2]),
        },
        "colour": {"cicp": _cicp, "name": _colour_name},
        "list": {"joined": lambda v, how: how.separator.join(clean(text) for text in _texts(v))},
        "tree": {"json": lambda v, how: json_text(v)},
    }
)
"""Type → encoder name → how; the first of each is the default."""


def is_null(value: Value) -> bool:
    """Whether a value is "not known": None, a number that is none, an empty list."""
    return value is None or value == () or (isinstance(value, float) and not math.isfinite(value))


def text_of(value: Value, kind: FieldType, how: How) -> str | None:
    """The text of a value; None for what is not known."""
    if is_null(value):
        return None
    encoders = ENCODERS[kind]
    return encoders[how.encoder or next(iter(encoders))](value, how)


def json_of(value: Value, kind: FieldType, how: How) -> JsonValue:
    """The value as JSON: numbers stay numbers, integers exact; a named encoder makes text."""
    if is_null(value):
        return None
    if how.encoder is None:
        if kind in ("integer", "boolean"):
            return value  # type: ignore[return-value]  # the type says it is an int or a bool
        if kind in ("number", "time"):
            return _double(text_of(value, kind, how))
        if kind == "list":
            return [clean(text) for text in _texts(value)]
        if kind == "tree":
            return plain_json(value)
    return text_of(value, kind, how)


def _double(text: str | None) -> float | None:
    """The number of a text; None where no double holds it."""
    number = math.inf if text is None else float(text)
    return number if math.isfinite(number) else None


def json_text(value: Value) -> str:
    """One line of JSON, keys in their own order, no NaN."""
    return _ONE_LINE.encode(plain_json(value))


def plain_json(value: Value, depth: int = 0) -> JsonValue:
    """The value with clean text and without NaN, so that every JSON reader takes it.

    An object or list below 64 others is cut to an ellipsis.
    """
    if depth > MAX_TREE_DEPTH and isinstance(value, dict | list | tuple):
        return "…"
    if isinstance(value, dict):
        return {clean(str(key)): plain_json(member, depth + 1) for key, member in value.items()}
    if isinstance(value, list | tuple):
        return [plain_json(item, depth + 1) for item in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value if value is None or isinstance(value, bool | int) else clean(str(value))
