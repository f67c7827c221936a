"""Which faces of a clip are worth a picture: good ones, from all over the clip, of everybody in it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import count, groupby

from turnover.core.measurement import Box, Face

SAME = 0.3
"""Of what two boxes cover together, the share that both cover, from which on they are one face."""

# A crowd in each frame of a long clip would take minutes to be told apart.
_MOST_PER_FRAME = 8
# Looks for which somebody may be hidden, and is still known after them.
_REMEMBERED = 4
# At this sharpness a face is worth half of what a perfectly sharp one is; blurred ones have 6 to 29.
_HALF_SHARP = 50.0
# What another picture of the same person, and another from the same frame, is worth beside the first.
_SAME_PERSON, _SAME_FRAME = 0.5, 0.25


def ranked(faces: Iterable[Face], *, up_to: int, most: int, side: float) -> tuple[Face, ...]:
    """Up to so many faces, the one to take first in front.

    Each is the best beside those before it: sure, sharp, large, far from them in time, of another person, in a frame of
    its own. `most` of them are to cover the clip; `side` is the size in pixels from which on larger is no better.
    """
    candidates = _candidates(faces)
    if not candidates:
        return ()
    persons = _persons(candidates)
    values = [_worth(face, side) for face in candidates]
    gap = max(1.0, (candidates[-1].frame - candidates[0].frame) / max(1, most))
    nearness = [1.0] * len(candidates)
    left = set(range(len(candidates)))
    taken: list[int] = []
    while left and len(taken) < up_to:
        best = min(left, key=lambda place: (-values[place] * nearness[place], place))
        left.remove(best)
        taken.append(best)
        for place in left:
            distance = abs(candidates[place].frame - candidates[best].frame)
            nearness[place] = min(nearness[place], distance / gap) if distance else nearness[place]
            values[place] *= _SAME_FRAME if distance == 0 else 1.0
            values[place] *= _SAME_PERSON if persons[place] == persons[best] else 1.0
    return tuple(candidates[place] for place in taken)


def overlap(one: Box, other: Box) -> float:
    """Area of both over area of either, 0 to 1."""
    across = min(one.x + one.width, other.x + other.width) - max(one.x, other.x)
    down = min(one.y + one.height, other.y + other.height) - max(one.y, other.y)
    shared = max(across, 0.0) * max(down, 0.0)
    whole = one.width * one.height + other.width * other.height - shared
    return shared / whole if whole > 0 else 0.0


def match(box: Box, faces: Iterable[Face]) -> Face | None:
    """The face of another look that lies where the box does; None where none does."""
    best = max(faces, key=lambda face: overlap(box, face.box), default=None)
    return best if best is not None and overlap(box, best.box) >= SAME else None


def _candidates(faces: Iterable[Face]) -> list[Face]:
    """In order of time, the surest of each frame."""
    in_order = sorted(faces, key=lambda face: (face.frame, -face.confidence, face.box.x, face.box.y))
    return [face for _, looked in groupby(in_order, lambda face: face.frame) for face in list(looked)[:_MOST_PER_FRAME]]


def _worth(face: Face, side: float) -> float:
    size = min(1.0, max(face.box.width, face.box.height) / side) if side > 0 else 1.0
    sharp = 0.5 if face.sharpness is None else face.sharpness / (face.sharpness + _HALF_SHARP)
    return face.confidence * size * sharp


def _persons(faces: Sequence[Face]) -> list[int]:
    """A number for each face, in order of time: the same where its box lies on that of somebody seen shortly before."""
    persons: list[int] = []
    numbers = count()
    seen: dict[int, tuple[int, Box]] = {}
    for look, (_, looked) in enumerate(groupby(faces, lambda face: face.frame)):
        seen = {person: place for person, place in seen.items() if look - place[0] <= _REMEMBERED}
        free = {person: box for person, (_, box) in seen.items()}
        for face in looked:
            near = max(free, key=lambda person: (overlap(free[person], face.box), -person), default=None)
            if near is None or overlap(free[near], face.box) < SAME:
                near = next(numbers)
            free.pop(near, None)
            seen[near] = look, face.box
            persons.append(near)
    return persons
