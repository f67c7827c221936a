"""Manifests of any length, from anybody."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turnover.core.clip import JsonValue
from turnover.files import manifest_rows as module
from turnover.files.manifest_rows import BadManifestError, manifest_rows

VALUES: st.SearchStrategy[JsonValue] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@given(
    splits=st.dictionaries(st.text(min_size=1), st.lists(VALUES, max_size=4), max_size=3),
    before=st.dictionaries(st.text().filter(lambda key: key not in ("splits", "total_samples")), VALUES, max_size=2),
    indent=st.none() | st.integers(0, 2),
    size=st.integers(1, 40),
)
def test_rows_of_any_manifest(
    splits: dict[str, list[JsonValue]], before: dict[str, JsonValue], indent: int | None, size: int
) -> None:
    """However it is laid out and cut into pieces, the rows are those that json reads, and the total follows."""
    text = json.dumps({**before, "splits": splits, "total_samples": 7}, indent=indent, ensure_ascii=False)
    content = text.encode("utf-8", "surrogatepass").decode("utf-8", "replace").encode()
    expected = [(split, row) for split, rows in json.loads(content)["splits"].items() for row in rows]
    pieces = (content[start : start + size] for start in range(0, len(content), size))
    assert [*expected, ("", 7)] == list(manifest_rows(pieces))


@pytest.mark.parametrize(
    "content",
    [
        b"", b"[]", b"nul", b'{"splits"', b'{"splits": []}', b'{"splits": {"train": [{}', b'{"splits": {"train": {}}}',
        b'{"splits": {"train": [1 2]}}', b"{} {}", b"{1: 2}", b'{"a": \xff}', b"\x00" * 50, b"[" * 100_000,
        b'{"a": ' + b"[" * 100_000, b"PK\x03\x04" + bytes(100), b'{"splits": {"train": [,]}}',
    ],
)  # fmt: skip
def test_what_is_no_manifest(content: bytes) -> None:
    """Anything else is told by its place, and is no other error."""
    with pytest.raises(BadManifestError, match=r"at character \d+"):
        list(manifest_rows([content]))


def test_value_that_never_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """A value is read up to a bound: a text without its second quote does not fill the memory."""
    monkeypatch.setattr(module, "MAX_VALUE_CHARACTERS", 10_000)
    endless = (b'{"a": "' if number == 0 else b"x" * 1000 for number in range(1_000_000))
    with pytest.raises(BadManifestError, match="expected a value of less than"):
        list(manifest_rows(endless))
