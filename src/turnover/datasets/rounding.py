"""A table of fractions in whole numbers: every cell and every column's sum becomes its floor or its ceiling.

Rounding row by row starves small columns: twelve kinds of four samples at 80/10/10 would give 36/12/0. Here each row
hands out the samples that its floors leave over, one to a cell, and a column takes no more than its ceiling: a flow
from rows to columns, which always exists because the fractions are one. Cox, "Controlled random rounding" (1987),
states the problem; the flow is found by augmenting paths over the few columns.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from fractions import Fraction
from math import ceil, floor


def controlled_rounding(table: Sequence[Sequence[Fraction]]) -> list[list[int]]:
    """Rows of whole numbers; rows keep their sums, which must be whole. Columns are the nearest to theirs that fit.

    >>> controlled_rounding([[Fraction(16, 5), Fraction(2, 5), Fraction(2, 5)]] * 2)
    [[3, 1, 0], [3, 0, 1]]
    """
    if not table:
        return []
    floors = [[floor(cell) for cell in row] for row in table]
    supplies = [int(sum(row)) - sum(low) for row, low in zip(table, floors, strict=True)]
    open_cells = [
        [cell != low for cell, low in zip(row, lows, strict=True)] for row, lows in zip(table, floors, strict=True)
    ]
    flow = _Flow(open_cells)
    sums = [sum(column, Fraction()) for column in zip(*table, strict=True)]
    bases = [sum(column) for column in zip(*floors, strict=True)]
    # Paths never take from a column what it has, so floors are met first, then the nearest sums, then whatever fits.
    for aims in ([floor(s) for s in sums], _nearest(sums), [ceil(s) for s in sums]):
        room = [aim - base for aim, base in zip(aims, bases, strict=True)]
        for row in range(len(table)):
            while supplies[row] and flow.place(row, room):
                supplies[row] -= 1
    return [[low + (column in flow.held[row]) for column, low in enumerate(lows)] for row, lows in enumerate(floors)]


def _nearest(sums: Sequence[Fraction]) -> list[int]:
    """Largest remainder, earlier columns first among equals."""
    floors = [floor(s) for s in sums]
    by_remainder = sorted(range(len(sums)), key=lambda column: floors[column] - sums[column])
    raised = set(by_remainder[: int(sum(sums)) - sum(floors)])
    return [low + (column in raised) for column, low in enumerate(floors)]


class _Flow:
    """Units handed out so far: `held[row]` are the columns where a row has put one."""

    def __init__(self, open_cells: Sequence[Sequence[bool]]) -> None:
        width = len(open_cells[0])
        self.open_cells = open_cells
        self.held: list[set[int]] = [set() for _ in open_cells]
        self.loads = [0] * width
        # Rows that could move their unit from one column to another; dicts, because sets have no order.
        self.movable: list[list[dict[int, None]]] = [[{} for _ in range(width)] for _ in range(width)]

    def place(self, row: int, room: Sequence[int]) -> bool:
        """Hand out one unit of a row, moving others' units where that makes room; False where nothing helps."""
        came: dict[int, int | None] = {column: None for column in range(len(room)) if self._may_take(row, column)}
        waiting = deque(came)
        while waiting:
            column = waiting.popleft()
            if self.loads[column] < room[column]:
                self.loads[column] += 1
                self._shift(row, column, came)
                return True
            for target, rows in enumerate(self.movable[column]):
                if rows and target not in came:
                    came[target] = column
                    waiting.append(target)
        return False

    def _shift(self, row: int, column: int, came: dict[int, int | None]) -> None:
        while (source := came[column]) is not None:
            mover = next(iter(self.movable[source][column]))
            self._set(mover, source, False)
            self._set(mover, column, True)
            column = source
        self._set(row, column, True)

    def _may_take(self, row: int, column: int) -> bool:
        return self.open_cells[row][column] and column not in self.held[row]

    def _set(self, row: int, column: int, is_held: bool) -> None:
        (self.held[row].add if is_held else self.held[row].remove)(column)
        for other in range(len(self.loads)):
            for source, target in ((column, other), (other, column)):
                if source in self.held[row] and self._may_take(row, target):
                    self.movable[source][target][row] = None
                else:
                    self.movable[source][target].pop(row, None)
