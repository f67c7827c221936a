"""What a person asks of a dataset: which clips, how captioned, how split, what goes along."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any

from turnover.core.clip import JsonValue
from turnover.datasets.caption_format import CaptionFormat
from turnover.datasets.layout import FrameRule
from turnover.datasets.near import DISTANCE
from turnover.datasets.ratios import ALL_TRAIN, Ratios, ratios_of
from turnover.datasets.recipe_fields import EXPORT_FIELDS, RECIPE_FIELDS
from turnover.datasets.recipe_parts import Bound, Changed, Cuts, FaceCrops, Leak, Reencode, Role, Stills, Trait
from turnover.datasets.recipe_reading import Node, nearest, read_fields, schema_of, written_fields
from turnover.errors import RecipeError, UsageError

_CAPTION = CaptionFormat.parse("{caption}")
_WITH_TRIGGER = CaptionFormat.parse("{trigger}, {caption}")
# Sides for which a template says where eyes and mouth lie.
_ALIGNED_SIZES = (112, 224, 256, 512)


@dataclass(frozen=True, slots=True)
class Recipe:
    """Everything that decides what is in a dataset; `RECIPE_FIELDS` says what each means. None is "not asked"."""

    name: str | None = None
    version: str = "1.0.0"
    description: str | None = None
    licence: str | None = None
    min_quality: float | None = None
    metrics: tuple[Bound, ...] = ()
    scene_types: tuple[str, ...] | None = None
    characters: tuple[str, ...] | None = None
    statuses: tuple[str, ...] | None = None
    required_tags: tuple[str, ...] = ()
    forbidden_tags: tuple[str, ...] = ()
    cuts: Cuts = "keep"
    min_width: int | None = None
    min_height: int | None = None
    min_frames: int | None = None
    min_seconds: float | None = None
    include_not_allowed: bool = False
    on_changed: Changed = "exclude"
    caption: CaptionFormat | None = None
    trigger: str | None = None
    caption_fallback: str | None = None
    clean_prompts: bool = True
    max_caption_tokens: int = 226
    """The shortest that a video trainer reads (CogVideoX); others read 256 (Hunyuan) or 512 (Wan)."""
    splits: Ratios = ALL_TRAIN
    assign_file: str | None = None
    assign_key: str = "split"
    leakage_keys: tuple[Leak, ...] = ("source_image", "batch", "near_duplicate")
    near_distance: int = DISTANCE
    stratify: tuple[Trait, ...] = ("scene_type",)
    min_per_split: int = 1
    faces: FaceCrops = FaceCrops()
    pairs: tuple[Role, ...] = ()
    trim: FrameRule | None = None
    frames: Stills | None = None
    reencode: Reencode = "never"

    @property
    def caption_format(self) -> CaptionFormat:
        """The one asked for; else the caption, behind the trigger word where there is one."""
        return self.caption or (_WITH_TRIGGER if self.trigger else _CAPTION)

    @property
    def near_bits(self) -> int | None:
        """How far apart near duplicates may be; None where looks do not count."""
        return self.near_distance if "near_duplicate" in self.leakage_keys else None

    def to_json(self) -> dict[str, JsonValue]:
        """Every field; null is "not asked". `recipe_from` makes the same recipe of it."""
        return written_fields(self, RECIPE_FIELDS)


assert [row.name for row in RECIPE_FIELDS] == [one.name for one in fields(Recipe)], "table and dataclass agree"


def recipe_from(value: JsonValue, *, metrics: Collection[str] = ()) -> Recipe:
    """The recipe of a JSON object; null and missing members are "not asked".

    `metrics` are the metrics there are; without them any name will do. Raises RecipeError with every mistake.

    >>> recipe_from({"min_quality": 0.5, "splits": "train=80,test=20"}).splits.shares["test"]
    Fraction(1, 5)
    """
    node = Node(value, "$", [])
    return _made(node, read_fields(node, RECIPE_FIELDS), metrics)


def recipe_from_export(
    value: JsonValue, *, characters: Mapping[str, str] | None = None, metrics: Collection[str] = ()
) -> Recipe:
    """The recipe of a request for an export: the short form with fractions of 1, a whole recipe, or some of both.

    `characters` gives the name of each character's id as text; without it the ids are the names. Raises RecipeError.

    >>> recipe_from_export({"train_split": 0.7, "validation_split": 0.15, "test_split": 0.15}).to_json()["splits"]
    'train=70,validation=15,test=15'
    """
    node = Node(value, "$", [])
    values = read_fields(node, (*RECIPE_FIELDS, *EXPORT_FIELDS))
    short = {row.name: values.pop(row.name) for row in EXPORT_FIELDS if row.name in values}
    parts = {name.removesuffix("_split"): part for name, part in short.items() if name.endswith("_split")}
    given = {
        "min_quality": ("quality_threshold", short.get("quality_threshold")),
        "characters": ("character_ids", _named(node, short.get("character_ids"), characters)),
        "splits": ("train_split", _as_percentages(node, parts)),
    }
    for name, (short_name, one) in given.items():
        if one is not None and name in values:
            node.at(short_name, None).wrong(f"{short_name} and {name} say the same", "give one of them")
        elif one is not None:
            values[name] = one
    return _made(node, values, metrics)


def recipe_schema() -> dict[str, JsonValue]:
    """The JSON Schema (2020-12) of a recipe, made of the same table that reads it."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:turnover:schema:recipe",
        "title": "Recipe of a dataset",
        "description": "What a person asks of a dataset. Every key may be missing or null. The program also refuses "
        "splits that do not sum to exactly 100, and what contradicts itself: a least above its most, a tag both "
        "required and forbidden, {trigger} without a trigger, trim or cuts split without re-encoding.",
        **schema_of(RECIPE_FIELDS, Recipe()),
    }


# -------------------------------------------------------------------------------------------------------- checking


def _made(node: Node, values: dict[str, Any], metrics: Collection[str]) -> Recipe:
    """The recipe; what clashes is told beside all other mistakes, as far as these leave it standing."""
    wrong = {re.split(r"[.\[]", mistake.path.removeprefix("$."))[0] for mistake in node.mistakes}
    recipe = Recipe(**values)
    for clash in _clashes(recipe, metrics):
        if not wrong.intersection(clash.keys):
            Node(None, clash.path, node.mistakes).wrong(clash.message, clash.hint)
    if node.mistakes:
        raise RecipeError(tuple(node.mistakes))
    return recipe


@dataclass(frozen=True, slots=True)
class _Clash:
    """What does not go together."""

    path: str
    keys: tuple[str, ...]
    """The members it is about; nothing is told of it where one of them is wrong by itself."""
    message: str
    hint: str


def _clashes(recipe: Recipe, metrics: Collection[str]) -> Iterator[_Clash]:
    for tag in recipe.required_tags:
        if tag in recipe.forbidden_tags or "*" in recipe.forbidden_tags:
            keys = ("required_tags", "forbidden_tags")
            yield _Clash("$.required_tags", keys, f"{tag!r} is required and forbidden", "remove it from one of them")
    if "trigger" in recipe.caption_format.fields and recipe.trigger is None:
        message = "{trigger} is in the format, and no trigger is given"
        yield _Clash("$.caption", ("caption", "trigger"), message, "give trigger, or take it out")
    for bound in recipe.metrics:
        if metrics and bound.metric not in metrics:
            message, hint = f"no metric {bound.metric!r}", nearest(bound.metric, metrics)
            yield _Clash(f"$.metrics.{bound.metric}", ("metrics",), message, hint)
    yield from _encoding_clashes(recipe)
    yield from _picture_clashes(recipe, metrics)


def _encoding_clashes(recipe: Recipe) -> Iterator[_Clash]:
    hint = "set reencode to auto"
    if recipe.trim and recipe.reencode == "never":
        message = "cutting clips to a rule needs re-encoding, and reencode is never"
        yield _Clash("$.trim", ("trim", "reencode"), message, hint)
    if recipe.cuts == "split" and recipe.reencode == "never":
        message = "splitting clips at their cuts needs re-encoding, and reencode is never"
        yield _Clash("$.cuts", ("cuts", "reencode"), message, hint)


def _picture_clashes(recipe: Recipe, metrics: Collection[str]) -> Iterator[_Clash]:
    stills, faces = recipe.frames, recipe.faces
    if recipe.trim and stills:
        message = "single frames are asked for, which have no length"
        yield _Clash("$.trim", ("trim", "frames"), message, "remove trim or frames")
    if stills and (stills.every is None) == (stills.best is None):
        hint = 'write {"every": 8} or {"best": 3}'
        yield _Clash("$.frames", ("frames",), "expected one of every and best", hint)
    if stills and metrics and stills.by not in metrics:
        yield _Clash("$.frames.by", ("frames",), f"no metric {stills.by!r}", nearest(stills.by, metrics))
    if faces.aligned and faces.size not in _ALIGNED_SIZES:
        hint = f"choose one of {', '.join(map(str, _ALIGNED_SIZES))}"
        yield _Clash("$.faces.size", ("faces",), f"aligned faces of size {faces.size} cannot be made", hint)


# --------------------------------------------------------------------------------------------- the form of exports


def _named(node: Node, ids: tuple[str, ...] | None, characters: Mapping[str, str] | None) -> tuple[str, ...] | None:
    if ids is None or characters is None:
        return ids
    for one in ids:
        if one not in characters:
            node.at("character_ids", None).wrong(f"no character has the id {one[:60]!r}")
    return tuple(dict.fromkeys(characters.get(one, "") for one in ids))


def _as_percentages(node: Node, parts: Mapping[str, float]) -> Ratios | None:
    """Exact percentages of fractions of 1 as they were written: 0.7 is 70. None where there are none, or wrong ones."""
    if not parts or any(mistake.path.endswith("_split") for mistake in node.mistakes):
        return None
    decimals = {split: Decimal(repr(part)) for split, part in parts.items()}
    try:
        ratios_of({split: f"{part:f}" for split, part in decimals.items()}, form="fractions")
        hundreds = {split: f"{part * 100:f}" for split, part in decimals.items()}
        return ratios_of({split: _trimmed(text) for split, text in hundreds.items()})
    except UsageError as error:
        node.at("train_split", None).wrong(error.message.removeprefix("splits: "), error.hint)
        return None


def _trimmed(text: str) -> str:
    return text.rstrip("0").rstrip(".") if "." in text else text
