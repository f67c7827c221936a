"""The files that a clip was made from, where they are there: start picture, control and reference video."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import get_args

from turnover.core.clip import Clip
from turnover.core.entry import FileSource
from turnover.core.generation import InputMedia
from turnover.datasets.recipe_parts import Role
from turnover.datasets.sample import Companion
from turnover.errors import ProbeError

ROLES: tuple[Role, ...] = get_args(Role)
_SUFFIXES = frozenset((".png", ".jpg", ".jpeg", ".webp", ".mp4", ".mov", ".webm", ".mkv", ".gif"))
_NOTE = (" [input]", " [output]", " [temp]")


def companions_of(clip: Clip, roles: tuple[Role, ...], read: Callable[[Path], FileSource]) -> tuple[Companion, ...]:
    """One file for each of these roles that the clip's recipe names, in the order of the roles."""
    inputs = clip.generation.inputs if clip.generation else ()
    found = (
        _companion(one, role, clip, read)
        for role in ROLES
        if role in roles
        for one in [next((one for one in inputs if one.role == role), None)]
        if one is not None
    )
    return tuple(companion for companion in found if companion is not None)


def _companion(media: InputMedia, role: Role, clip: Clip, read: Callable[[Path], FileSource]) -> Companion | None:
    for path in _places(media.name, clip):
        suffix = path.suffix.lower()
        if suffix in _SUFFIXES and os.path.isfile(path):  # noqa: PTH113  # Path's own raises for long names
            try:
                return Companion(role, suffix, read(path))
            except ProbeError:
                continue
    return None


def _places(name: str, clip: Clip) -> Iterator[Path]:
    """Where a recipe's file may be: beside the clip, in the folder that was named, in ComfyUI's folder of inputs.

    A recipe comes from outside: nothing but a plain name is looked for, and nowhere else.
    """
    for note in _NOTE:
        name = name.removesuffix(note)
    base = PurePosixPath(name.replace("\\", "/")).name
    if not base or base in (".", ".."):
        return
    folders = (clip.path.parent, clip.root, *(folder / "input" for folder in (clip.path.parent, clip.root)))
    yield from (folder / base for folder in dict.fromkeys((*folders, clip.root.parent / "input")))
