"""The ledger comes back as it was written, or names everything that is wrong with it."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turnover.datasets.dataset import LedgerLine
from turnover.datasets.ledger import MAX_TOLD, json_line, merged, read_ledger
from turnover.errors import UsageError, ValuesError

texts = st.text(min_size=1, max_size=30).filter(str.isprintable)
ledger_lines = st.builds(LedgerLine, texts, texts, st.sampled_from(["train", "test", "my_own"]), texts, texts)
ledgers = st.lists(ledger_lines, max_size=8, unique_by=lambda line: line.sample_id)


def line(name: str, split: str = "train", since: str = "1.0.0", reason: str = "ratio") -> LedgerLine:
    return LedgerLine(name, name, split, since, reason)


def mistakes(content: bytes) -> str:
    with pytest.raises(ValuesError) as caught:
        read_ledger([content])
    assert caught.value.message.startswith("splits.lock.jsonl: ")
    return caught.value.message


@given(ledgers, st.integers(1, 50))
def test_round_trip(lines: list[LedgerLine], size: int) -> None:
    """Every line comes back, however the bytes are cut."""
    content = "".join(map(json_line, lines)).encode()
    chunks = [content[at : at + size] for at in range(0, len(content), size)]
    assert read_ledger(chunks) == {one.sample_id: one for one in lines}


def test_line_for_people_and_programs() -> None:
    """One JSON object, keys in a fixed order, text as it is."""
    expected = '{"sample_id":"v1","group_id":"v1","split":"train","since":"1.0.0","reason":"ratio"}\n'
    assert json_line(line("v1")) == expected


def test_blank_lines_and_no_last_line_feed() -> None:
    """What an editor does to a file does no harm."""
    content = b"\r\n\n" + json_line(line("v2")).encode() + b"\n\n" + json_line(line("v1")).encode().rstrip()
    assert list(read_ledger([content])) == ["v1", "v2"]
    assert read_ledger([]) == {}


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"not JSON", "line 1: no JSON in UTF-8: 'not JSON'"),
        (b"\xff\xfe{", "no JSON in UTF-8"),
        (b"[" * 4000, "no JSON in UTF-8"),
        (b"[1, 2]", "is no object of sample_id"),
        (b"{}", "no sample_id; line 1: no group_id; line 1: no split; line 1: no since; line 1: no reason"),
        (b'{"sample_id":"v1","group_id":"v1","split":"all","since":"1","reason":"r"}', "'all' means every split"),
        (b'{"sample_id":"v1","group_id":"v1","split":"../x","since":"1","reason":"r"}', "'../x' is no name"),
        (b'{"sample_id":7,"group_id":"","split":null,"since":"1","reason":"a\\u0000"}', "sample_id is 7, not a text"),
        (b'{"sample_id":"v1","group_id":"v1","split":"a","since":"1","reason":"r","x":1}', "unknown key 'x'"),
        (b'{"sample_id":"v1","split":"a","group_id":"v","split":"b","since":"1","reason":"r"}', "split is there twice"),
    ],
)  # fmt: skip
def test_refused(raw: bytes, said: str) -> None:
    """A line that is not exactly a line of the ledger is named with what was seen."""
    assert said in mistakes(raw)


def test_sample_twice() -> None:
    """Two lines for one sample would let either win."""
    content = (json_line(line("v1")) + json_line(line("v1", "test"))).encode()
    assert "line 2: sample 'v1' stands in line 1 already" in mistakes(content)


def test_many_mistakes() -> None:
    """All are counted, and the first told."""
    told = mistakes(b"x\n" * 1000)
    assert told.startswith("splits.lock.jsonl: 1000 mistakes: line 1: ")
    assert told.count("line ") == MAX_TOLD
    assert told.endswith(f"and {1000 - MAX_TOLD} more")


def test_line_without_end() -> None:
    """A file that is no ledger is refused before it fills the memory."""
    with pytest.raises(ValuesError, match="longer than 4096 bytes"):
        read_ledger(b"x" * 1000 for _ in range(10**9))


def test_merged() -> None:
    """Earlier lines stay to the letter, gone samples included; new ones carry the version."""
    earlier = {"v3": line("v3", "test"), "v1": line("v1", reason="assigned")}
    splits = {"v1": "train", "v2": "test"}
    new = merged(
        earlier, splits=splits, groups={"v1": "v0", "v2": "v2"}, reasons=dict.fromkeys(splits, "ratio"), version="1.1.0"
    )
    assert new == (earlier["v1"], line("v2", "test", "1.1.0"), earlier["v3"])


def test_merged_with_a_move() -> None:
    """A sample that would move is an error, not a new line."""
    with pytest.raises(UsageError, match="v1 from train to test"):
        merged({"v1": line("v1")}, splits={"v1": "test"}, groups={}, reasons={}, version="2.0.0")


def test_every_line_is_json() -> None:
    """A line feed in a reason stays inside its line."""
    hostile = json_line(line("v1", reason='a\n"b"\u2028'))
    assert hostile.count("\n") == 1
    assert json.loads(hostile)["reason"] == 'a\n"b"\u2028'
