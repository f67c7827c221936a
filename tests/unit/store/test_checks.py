"""What both databases can hold."""

from __future__ import annotations

import pytest

from turnover.core.clip import JsonValue
from turnover.store import checks
from turnover.store.refusals import BadValueError


@pytest.mark.parametrize("value", ["\\u0000", "\\\\u0000", {"a": [1, "b", None, 2**200, 1.5]}, "🦊", []], ids=ascii)
def test_sound_json(value: JsonValue) -> None:
    """A backslash before `u0000` is no NUL, though JSON writes a NUL so."""
    assert checks.json_value(value, "value") is value


@pytest.mark.parametrize(
    "value",
    ["a\0", {"\0": 1}, "\\\0", "\\\\\0", "\ud800", {"a": ["\udfff"]}, float("nan"), -float("inf")],
    ids=ascii,
)
def test_unsound_json(value: JsonValue) -> None:
    """What one of the databases would refuse, or give back as another value, is refused."""
    with pytest.raises(BadValueError):
        checks.json_value(value, "value")


def test_endless_json() -> None:
    """What goes on for ever, or too deep, is refused."""
    deep: JsonValue = []
    for _ in range(100_000):
        deep = [deep]
    endless: list[JsonValue] = []
    endless.append(endless)
    # Python writes no number of more than 4300 digits.
    for value in (deep, endless, 10**5000):
        with pytest.raises(BadValueError):
            checks.json_value(value, "value")


@pytest.mark.parametrize("value", [True, 0, -1, 2**63, 1.0, "1", None])
def test_no_id(value: object) -> None:
    """Only a whole number that 63 bits hold is a row's id."""
    assert not checks.is_id(value)
    assert checks.is_id(2**63 - 1)
