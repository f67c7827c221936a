"""Which clips follow each other in a scene."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from itertools import pairwise

from turnover.core.clip import Clip, Place


def neighbours(clips: Iterable[Clip]) -> list[tuple[Clip, Clip]]:
    """Each segment with the one after it: of one scene, by their index, without a gap.

    Where two clips claim one place, nobody knows which of them is shown, and neither has a neighbour.
    """
    scenes: dict[tuple[object, ...], dict[int, list[Clip]]] = defaultdict(lambda: defaultdict(list))
    for clip in clips:
        index = clip.place.segment_index
        if index is not None and _is_named(clip.place):
            scenes[_scene(clip)][index].append(clip)
    found: list[tuple[Clip, Clip]] = []
    for segments in scenes.values():
        for index, following in pairwise(sorted(segments)):
            earlier, later = segments[index], segments[following]
            if following == index + 1 and len(earlier) == len(later) == 1:
                found.append((earlier[0], later[0]))
    return found


def _is_named(place: Place) -> bool:
    """A number alone says nothing of which scene it counts in."""
    return any((place.scene, place.scene_type, place.character))


def _scene(clip: Clip) -> tuple[object, ...]:
    place = clip.place
    return clip.root, place.project, place.character, place.scene_type, place.scene
