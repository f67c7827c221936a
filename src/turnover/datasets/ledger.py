"""The record of who is in which split, `splits.lock.jsonl`: one JSON object a line, read strictly, kept for ever."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from turnover.datasets.dataset import LedgerLine
from turnover.datasets.ratios import name_mistake
from turnover.errors import UsageError, ValuesError

NAME = "splits.lock.jsonl"
KEYS = ("sample_id", "group_id", "split", "since", "reason")

MAX_LINE = 4096
"""Bytes of a line; one is about 150."""
MAX_LINES = 5_000_000
MAX_TEXT = 200
MAX_TOLD = 20

_HINT = "restore the file from the version before; splits cannot be kept without it"


def json_line(line: LedgerLine) -> str:
    """One line of the file, with its line feed."""
    values = {key: getattr(line, key) for key in KEYS}
    return json.dumps(values, ensure_ascii=False, separators=(",", ":")) + "\n"


def read_ledger(chunks: Iterable[bytes], *, name: str = NAME) -> dict[str, LedgerLine]:
    """Sample id → line, by id, from a file's bytes in pieces of any size. Raises ValuesError with every mistake."""
    lines: dict[str, LedgerLine] = {}
    numbers: dict[str, int] = {}
    told: list[str] = []
    count = 0
    for number, raw in _lines(chunks, name):
        if not raw.strip():
            continue
        found = _line(raw)
        if isinstance(found, LedgerLine) and found.sample_id in lines:
            found = [f"sample {found.sample_id!r} stands in line {numbers[found.sample_id]} already"]
        if isinstance(found, LedgerLine):
            lines[found.sample_id] = found
            numbers[found.sample_id] = number
            continue
        count += len(found)
        told += [f"line {number}: {mistake}" for mistake in found][: MAX_TOLD - len(told)]
    if count:
        more = f"; and {count - len(told)} more" if count > len(told) else ""
        mistakes = f"{count} mistake" + ("s" if count > 1 else "")
        raise ValuesError(f"{name}: {mistakes}: {'; '.join(told)}{more}", hint=_HINT)
    return dict(sorted(lines.items()))


def merged(
    earlier: Mapping[str, LedgerLine],
    *,
    splits: Mapping[str, str],
    groups: Mapping[str, str],
    reasons: Mapping[str, str],
    version: str,
) -> tuple[LedgerLine, ...]:
    """Earlier lines as they were, also of samples that are gone, and one for each new sample; by sample id.

    Raises UsageError where a sample would move.
    """
    moved = [
        f"{name} from {earlier[name].split} to {split}"
        for name, split in sorted(splits.items())
        if name in earlier and earlier[name].split != split
    ]
    if moved:
        more = f" and {len(moved) - MAX_TOLD} more" if len(moved) > MAX_TOLD else ""
        raise UsageError(
            f"the ledger does not let samples move: {', '.join(moved[:MAX_TOLD])}{more}",
            hint="start anew without the ledger",
        )
    new = {
        name: LedgerLine(name, groups[name], split, version, reasons[name])
        for name, split in splits.items()
        if name not in earlier
    }
    return tuple(line for _, line in sorted({**earlier, **new}.items()))


def _lines(chunks: Iterable[bytes], name: str) -> Iterator[tuple[int, bytes]]:
    """Lines with their numbers from 1; a file that cannot be a ledger ends here, before it fills the memory."""
    number, rest = 1, b""
    for chunk in chunks:
        *whole, rest = (rest + chunk).split(b"\n")
        if any(len(line) > MAX_LINE for line in (*whole, rest)):
            raise ValuesError(f"{name}: a line from line {number} on is longer than {MAX_LINE} bytes", hint=_HINT)
        if number + len(whole) > MAX_LINES:
            raise ValuesError(f"{name}: more than {MAX_LINES} lines", hint=_HINT)
        yield from enumerate(whole, number)
        number += len(whole)
    yield number, rest


def _line(raw: bytes) -> LedgerLine | list[str]:
    """The line, or what is wrong with it."""
    try:
        pairs: Any = json.loads(raw.decode("utf-8"), object_pairs_hook=_Pairs)
    except (UnicodeDecodeError, ValueError, RecursionError):
        return [f"no JSON in UTF-8: {_seen(raw.decode('utf-8', 'replace'))}"]
    if not isinstance(pairs, _Pairs):
        return [f"{_seen(pairs)} is no object of {', '.join(KEYS)}"]
    keys = [key for key, _ in pairs]
    mistakes = [f"no {key}" for key in KEYS if key not in keys]
    mistakes += [f"unknown key {_seen(key)}" for key in dict.fromkeys(keys) if key not in KEYS]
    mistakes += [f"{key} is there twice" for key in KEYS if keys.count(key) > 1]
    values = dict(pairs)
    mistakes += [
        f"{key} is {_seen(values[key])}, not a text of 1 to {MAX_TEXT} letters"
        for key in KEYS
        if key in values and not _is_text(values[key])
    ]
    if not mistakes and (mistake := name_mistake(values["split"])):
        mistakes.append(mistake)
    return mistakes or LedgerLine(**values)


class _Pairs(list[tuple[str, Any]]):
    """An object's pairs as written, so that a key given twice shows."""


def _is_text(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= MAX_TEXT and value.isprintable()


def _seen(value: object) -> str:
    return ascii(value)[:60]
