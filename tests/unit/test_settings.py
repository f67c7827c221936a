"""Settings are read from text, every wrong one is named at once, and the table is the only place that knows them."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turnover.core.colour import ASSUMABLE
from turnover.core.rate import Rate
from turnover.errors import UsageError
from turnover.settings import SETTINGS, SidecarSettings, sidecar_settings

NAMES = [setting.name for setting in SETTINGS]


def test_nothing_set() -> None:
    """What is not set has its default."""
    assert sidecar_settings({}) == SidecarSettings()


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("first_frame", "0", 0),
        ("first_frame", "-5", -5),
        ("first_frame", " 1001 ", 1001),
        ("handles", "8", 8),
        ("reel", "A001", "A001"),
        ("start_timecode", "01:00:00;00", "01:00:00;00"),
        ("timeline_start", "10:00:00:00", "10:00:00:00"),
        ("timeline_rate", "23.976", Rate(24000, 1001)),
        ("timeline_policy", "every_frame", "every_frame"),
        ("assume_color", "rec709", "rec709"),
        ("assume_rate", "12.5", Rate(25, 2)),
        ("show", "HARBOUR", "HARBOUR"),
        ("description", "first pass; v2", "first pass; v2"),
    ],
)
def test_one_setting(name: str, text: str, value: object) -> None:
    """A text becomes the value of its setting and changes no other."""
    expected: dict[str, Any] = {name: value}
    assert sidecar_settings({name: text}) == SidecarSettings(**expected)


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("first_frame", "abc", "first_frame: 'abc' is no whole number from -1000000 to 10000000"),
        ("first_frame", "1.5", "first_frame: '1.5' is no whole number"),
        ("first_frame", "--5", "first_frame: '--5' is no whole number"),
        ("first_frame", "", "first_frame: '' is no whole number"),
        ("first_frame", "10000001", "first_frame: '10000001' is no whole number"),
        ("first_frame", "9" * 5000, "first_frame: '9999"),
        ("handles", "-1", "handles: '-1' is no whole number from 0 to 100000"),
        ("timeline_rate", "0", "timeline_rate: a rate is above zero"),
        ("assume_rate", "fast", "assume_rate: 'fast' is no frame rate"),
        ("timeline_policy", "keep", "timeline_policy: 'keep' is none of keep_duration, every_frame"),
        ("assume_color", "709", "assume_color: '709' is none of rec709, srgb"),
        ("reel", " ", "reel: it is empty"),
        ("start_timecode", "1h", "start_timecode: '1h' is no timecode; write 01:00:00:00"),
        ("timeline_start", "01:00", "timeline_start: '01:00' is no timecode; write 01:00:00:00"),
        ("first_fram", "1", "no setting 'first_fram', did you mean 'first_frame'?"),
        ("qqqq", "1", "no setting 'qqqq'"),
    ],
)
def test_one_that_is_wrong(name: str, text: str, message: str) -> None:
    """A wrong text says which setting, what was seen and what is expected."""
    with pytest.raises(UsageError) as wrong:
        sidecar_settings({name: text})
    assert wrong.value.message.startswith(message)
    assert "--help" in wrong.value.hint


def test_all_mistakes_at_once() -> None:
    """Every wrong setting is named, the right ones are not."""
    with pytest.raises(UsageError) as wrong:
        sidecar_settings({"handles": "x", "show": "S", "asume_rate": "24", "timeline_rate": "0"})
    assert wrong.value.message.count("; ") == 2
    for part in ("handles: 'x'", "no setting 'asume_rate', did you mean 'assume_rate'?", "timeline_rate: "):
        assert part in wrong.value.message
    assert "show" not in wrong.value.message


@given(texts=st.dictionaries(st.sampled_from(NAMES) | st.text(), st.text(), max_size=3))
def test_any_text(texts: dict[str, str]) -> None:
    """Any texts are settings or a mistake in what was asked for."""
    try:
        settings = sidecar_settings(texts)
    except UsageError:
        return
    assert isinstance(settings, SidecarSettings)


def test_the_table() -> None:
    """The table has a row for each member of the settings, and the example of each row is right."""
    assert [field.name for field in fields(SidecarSettings)] == NAMES
    for setting in SETTINGS:
        assert setting.sentence
        sidecar_settings({setting.name: setting.value})


@pytest.mark.parametrize("word", ASSUMABLE)
def test_every_colour_can_be_assumed(word: str) -> None:
    """Each word that colour knows is a value of the setting."""
    assert sidecar_settings({"assume_color": word}).assume_color == word
