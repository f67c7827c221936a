"""What a dataset is called where nobody said."""

from __future__ import annotations

import re
from pathlib import Path

from turnover.datasets.recipe import Recipe

_NO_SLUG = re.compile(r"[^a-z0-9_.-]+")
_VERSION = re.compile(r"-\d+\.\d+\.\d+$")


def dataset_name(recipe: Recipe, target: Path) -> str:
    """The recipe's name, else the target's without suffix and version, as a slug.

    >>> dataset_name(Recipe(), Path("out/My clips-1.2.0.zip"))
    'my-clips'
    """
    if recipe.name is not None:
        return recipe.name
    name = target.name.removesuffix(".zip").removesuffix(".ZIP")
    slug = _NO_SLUG.sub("-", _VERSION.sub("", name).lower()).strip("-.")
    return slug or "dataset"
