"""A strict reader of RFC 4180, section 2, that takes nothing the grammar does not have.

What it takes beyond the grammar, and says so: a tab and any character outside ASCII count as TEXTDATA, since the RFC is
of 2005 and knows ASCII only; another delimiter and a bare line feed as line end where the caller asks for them. Each
line has its line end, the last one as well (the RFC leaves that one free).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto


class BadCsvError(Exception):
    """What the grammar does not have, with the place where it stands."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One field of a record."""

    text: str
    is_quoted: bool = False


class _State(Enum):
    START = auto()
    """Before the first character of a field."""
    BARE = auto()
    QUOTED = auto()
    CLOSED = auto()
    """After a quote inside a quoted field: its end, or the first of two."""
    ENDING = auto()
    """After a carriage return outside quotes."""


def read_cells(text: str, *, delimiter: str = ",", line_end: str = "\r\n") -> list[list[Cell]]:
    """Every record; raises BadCsvError for what is no CSV, or for records of different length."""
    records: list[list[Cell]] = [[]]
    letters: list[str] = []
    state = _State.START

    def bad(what: str, at: int) -> BadCsvError:
        return BadCsvError(f"{what} at character {at}: {text[max(0, at - 20) : at + 20]!r}")

    def end_field(*, is_quoted: bool) -> None:
        records[-1].append(Cell("".join(letters), is_quoted))
        letters.clear()

    for at, sign in enumerate(text):
        if state is _State.QUOTED:
            if sign == '"':
                state = _State.CLOSED
            else:
                letters.append(sign)
        elif state is _State.CLOSED and sign == '"':
            letters.append(sign)
            state = _State.QUOTED
        elif state is _State.ENDING:
            if sign != "\n":
                raise bad("a carriage return without a line feed", at)
            records.append([])
            state = _State.START
        elif sign == delimiter:
            end_field(is_quoted=state is _State.CLOSED)
            state = _State.START
        elif sign == line_end[0]:
            end_field(is_quoted=state is _State.CLOSED)
            if line_end == "\n":
                records.append([])
            state = _State.START if line_end == "\n" else _State.ENDING
        elif state is _State.CLOSED:
            raise bad("text after a closing quote", at)
        elif sign == '"':
            if state is not _State.START:
                raise bad("a quote inside a field without quotes", at)
            state = _State.QUOTED
        elif not _is_text(sign):
            raise bad(f"U+{ord(sign):04X}, which is no text,", at)
        else:
            letters.append(sign)
            state = _State.BARE
    if state is not _State.START or records[-1] or letters:
        raise bad("no line end", len(text))
    del records[-1]
    lengths = {len(record) for record in records}
    if len(lengths) > 1:
        raise BadCsvError(f"records of {sorted(lengths)} fields")
    return records


def read_rows(text: str, *, delimiter: str = ",", line_end: str = "\r\n") -> list[list[str]]:
    """The text of every cell."""
    return [[cell.text for cell in record] for record in read_cells(text, delimiter=delimiter, line_end=line_end)]


def _is_text(sign: str) -> bool:
    """TEXTDATA = %x20-21 / %x23-2B / %x2D-7E; the comma is the delimiter's business; tab and non-ASCII by our leave."""
    return sign == "\t" or " " <= sign <= "~" or sign >= "\x80"
