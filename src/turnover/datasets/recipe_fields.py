"""The table of all that a recipe may ask: name, kind of value, meaning. Reader, schema and docs are made of it."""

from __future__ import annotations

import re
from typing import get_args

from turnover.core.clip import JsonValue
from turnover.datasets import caption_format
from turnover.datasets.caption_format import CaptionFormat
from turnover.datasets.layout import FrameRule
from turnover.datasets.near import MAX_DISTANCE
from turnover.datasets.ratios import MAX_SPLITS, WEIGHTS, Ratios, parse_splits, ratios_of
from turnover.datasets.recipe_parts import (
    Bound,
    Changed,
    Cuts,
    FaceCrops,
    Leak,
    Reencode,
    Role,
    Statistic,
    Stills,
    Trait,
)
from turnover.datasets.recipe_reading import FLAG, Field, Kind, Node, choice, many, nested, number, read_fields, whole
from turnover.datasets.recipe_reading import text as plain
from turnover.errors import RecipeError, UsageError

STATISTICS: tuple[Statistic, ...] = get_args(Statistic)
METRIC = r"[A-Za-z_][A-Za-z0-9_]{0,63}"

_STATISTIC: dict[str, Statistic] = {"": "mean", **{one: one for one in STATISTICS}}
_BOUND_NAME = rf"{METRIC}(?:\.(?:{'|'.join(STATISTICS)}))?"
_RULE = r"([1-9][0-9]{0,3})n\+([0-9]{1,3})"
_FORMAT = rf"(?=[\s\S]*\S)(?:[^{{}}]|\{{\{{|\}}\}}|\{{(?:{'|'.join(caption_format.FIELDS)})\}})*"
_MOST_NUMBER = 1e15
_LONGEST_SPLITS = 2_000
_MOST_BOUNDS = 100


# ------------------------------------------------------------------------------------------- kinds of their own


def _read_splits(node: Node) -> Ratios | None:
    value = node.value
    try:
        if isinstance(value, str) and len(value) <= _LONGEST_SPLITS:
            return parse_splits(value)
        if isinstance(value, dict) and all(_is_number(part) for part in value.values()):
            return ratios_of({split: part for split, part in value.items() if isinstance(part, str | int | float)})
    except UsageError as error:
        node.wrong(error.message.removeprefix("splits: "), error.hint)
        return None
    node.expected("text such as train=80,validation=10,test=10, or an object of split and percentage")
    return None


def _is_number(part: JsonValue) -> bool:
    return isinstance(part, str | int | float) and not isinstance(part, bool)


def _written_splits(ratios: Ratios) -> str | None:
    """As a person writes them; None where nobody asked."""
    parts = ",".join(f"{split}={part}" for split, part in ratios.asked.items())
    return None if not ratios.is_chosen else (WEIGHTS if ratios.form == "weights" else "") + parts


SPLITS = Kind(
    _read_splits,
    {
        "anyOf": [
            {"type": "string", "maxLength": _LONGEST_SPLITS, "pattern": "="},
            {
                "type": "object",
                "additionalProperties": {"type": ["number", "string"]},
                "minProperties": 1,
                "maxProperties": MAX_SPLITS,
            },
        ]
    },
    _written_splits,
)

_BOUND_FIELDS = (
    Field("min", number(-_MOST_NUMBER, _MOST_NUMBER), "the least that is kept"),
    Field("max", number(-_MOST_NUMBER, _MOST_NUMBER), "the most that is kept"),
)


def _read_bounds(node: Node) -> tuple[Bound, ...]:
    members = node.members()
    if len(members) > _MOST_BOUNDS:
        node.wrong(f"{len(members)} metrics; at most {_MOST_BOUNDS}")
    bounds = []
    for name, member in members[:_MOST_BOUNDS]:
        if not re.fullmatch(_BOUND_NAME, name):
            member.wrong(f"{name[:60]!r} is no metric", f"write a name, or name.{'|'.join(STATISTICS)}")
        elif member.value is not None:
            bounds.append(_bound(name, member))
    for bound in bounds:
        if sum(bound.name == other.name for other in bounds) > 1:
            node.wrong(f"{bound.metric} and {bound.metric}.mean are one number", "write one of them")
    return tuple(bounds)


def _bound(name: str, node: Node) -> Bound:
    metric, _, statistic = name.partition(".")
    limits = read_fields(node, _BOUND_FIELDS)
    if isinstance(node.value, dict) and not limits:
        node.wrong("neither min nor max is given")
    if limits.get("min", -_MOST_NUMBER) > limits.get("max", _MOST_NUMBER):
        node.wrong(f"min {limits['min']:g} is above max {limits['max']:g}")
    return Bound(metric, _STATISTIC[statistic], limits.get("min"), limits.get("max"))


def _written_bounds(bounds: tuple[Bound, ...]) -> JsonValue:
    written: dict[str, JsonValue] = {}
    for bound in bounds:
        limits: dict[str, JsonValue] = {"min": bound.least, "max": bound.most}
        written[bound.name] = {end: value for end, value in limits.items() if value is not None}
    return written


_LIMIT: JsonValue = {"type": ["number", "null"], "minimum": -_MOST_NUMBER, "maximum": _MOST_NUMBER}
BOUNDS = Kind(
    _read_bounds,
    {
        "type": "object",
        "propertyNames": {"pattern": f"^(?:{_BOUND_NAME})$"},
        "maxProperties": _MOST_BOUNDS,
        "additionalProperties": {
            "type": ["object", "null"],
            "properties": {"min": _LIMIT, "max": _LIMIT},
            "minProperties": 1,
            "additionalProperties": False,
        },
    },
    _written_bounds,
)


def _read_format(node: Node) -> CaptionFormat | None:
    before = len(node.mistakes)
    text = plain(most=caption_format.MOST_SIGNS, what="text such as {trigger}, {caption}").read(node)
    if len(node.mistakes) > before:
        return None
    try:
        return CaptionFormat.parse(text)
    except RecipeError as error:
        for mistake in error.mistakes:
            node.wrong(mistake.message, mistake.hint)
    return None


FORMAT = Kind(
    _read_format,
    {"type": "string", "maxLength": caption_format.MOST_SIGNS, "pattern": f"^{_FORMAT}$"},
    lambda form: form.text,
)


def _read_rule(node: Node) -> FrameRule | None:
    match = re.fullmatch(_RULE, node.value) if isinstance(node.value, str) else None
    if match is None:
        node.expected("a rule such as 4n+1, 8n+1, 24n+1 or 17n+5")
        return None
    return FrameRule(int(match[1]), int(match[2]))


RULE = Kind(_read_rule, {"type": "string", "pattern": f"^(?:{_RULE})$"}, lambda rule: f"{rule.step}n+{rule.plus}")

_METRIC = plain(most=64, pattern=METRIC, what="the name of a metric, such as sharpness")
_TEXT = plain()
_SIDE = whole(16, 2048)


def _read_side(node: Node) -> int | str:
    return "frame" if node.value == "frame" else int(_SIDE.read(node))


SIDE = Kind(_read_side, {"anyOf": [dict(_SIDE.schema), {"const": "frame"}]})
_TAGS = many(_TEXT)
_NAMES = many(_TEXT, least=1)


# --------------------------------------------------------------------------------------------------------- tables

FACE_FIELDS = (
    Field("most", whole(0, 100), "face crops of one clip, at most; 0 for none"),
    Field("size", SIDE, "side of a crop in pixels, or frame to keep the pixels of the frame"),
    Field("aligned", FLAG, "turned and scaled so that eyes, nose and mouth lie where recognition models expect them"),
    Field("margin", number(1, 4), "side of the square cut out, as a multiple of the face's longer side"),
    Field("min_confidence", number(0, 1), "the least confidence of the detector"),
    Field("min_sharpness", number(0, 1e6), "the least sharpness of the face; 0 takes all"),
    Field("format", choice(("png", "jpg")), "png loses nothing, jpg is smaller"),
)

STILL_FIELDS = (
    Field("every", whole(1, 1_000_000), "the first frame and each so many after it"),
    Field("best", whole(1, 1_000), "so many frames with the best number of a metric, at most"),
    Field("by", _METRIC, "the metric that says which frames are best"),
)

RECIPE_FIELDS: tuple[Field, ...] = (
    Field(
        "name",
        plain(pattern=r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,78}[A-Za-z0-9_-])?", what="a name of letters, digits, - _ ."),
        "what the dataset is called; splits are drawn by it, so keep it from version to version",
    ),
    Field(
        "version",
        plain(pattern=r"(?:0|[1-9][0-9]{0,8})(?:\.(?:0|[1-9][0-9]{0,8})){2}", what="a version such as 1.0.0"),
        "MAJOR.MINOR.PATCH: samples moved or removed, samples added, only what is told of them changed",
    ),
    Field("description", plain(most=10_000), "what it is for, in the card"),
    Field("licence", _TEXT, "under which licence it may be used"),
    Field("min_quality", number(0, 1), "the least quality score that is kept; one without a score is left out"),
    Field("metrics", BOUNDS, "metric, or metric.p10, .low, .high, to the least and the most that is kept"),
    Field("scene_types", _NAMES, "only these kinds of scene"),
    Field("characters", _NAMES, "only these characters"),
    Field("statuses", _NAMES, "only clips of these statuses"),
    Field("required_tags", _TAGS, "failure tags that a clip must have, all of them: for a pool of rejected clips"),
    Field("forbidden_tags", _TAGS, "failure tags that a clip must not have; * stands for any"),
    Field("cuts", choice(get_args(Cuts)), "a clip of several shots: keep it, exclude it, or split it at its cuts"),
    Field("min_width", whole(1, 100_000), "the least width in pixels, as shown"),
    Field("min_height", whole(1, 100_000), "the least height in pixels, as shown"),
    Field("min_frames", whole(1, 10_000_000), "the least number of frames"),
    Field("min_seconds", number(0, 1e6), "the least duration in seconds"),
    Field("include_not_allowed", FLAG, "keep clips whose rights say that nobody may train on them"),
    Field("on_changed", choice(get_args(Changed)), "a source that changed or vanished meanwhile: exclude it, or fail"),
    Field("caption", FORMAT, "how captions are put together; by itself {caption}, behind the trigger if there is one"),
    Field("trigger", plain(most=100), "the word that calls up what is trained"),
    Field("caption_fallback", plain(most=2_000), "the caption of clips with neither caption nor prompt"),
    Field("clean_prompts", FLAG, "take LoRA tags, weights and BREAK out of prompts"),
    Field("max_caption_tokens", whole(1, 100_000), "warn of captions that are longer, by a count of words and signs"),
    Field("splits", SPLITS, "percentages that sum to exactly 100, or weights:train=2,test=1; all train if not given"),
    Field("assign_file", plain(most=4_096), "a file that says which clip goes into which split"),
    Field("assign_key", _TEXT, "the key of the values beside a clip that names its split"),
    Field("leakage_keys", many(choice(get_args(Leak))), "what clips of two splits never share"),
    Field("near_distance", whole(0, MAX_DISTANCE), "bits of 64 that near duplicates may differ in, per frame"),
    Field("stratify", many(choice(get_args(Trait))), "what is shared out evenly among the splits"),
    Field("min_per_split", whole(0, 1_000_000), "samples that each split gets at least, where there are enough"),
    Field("faces", nested(FACE_FIELDS, FaceCrops, FaceCrops()), "which face crops go along"),
    Field("pairs", many(choice(get_args(Role))), "what else goes along with a clip, where it is known"),
    Field("trim", RULE, "cut clips to the most frames that a rule allows; needs re-encoding"),
    Field("frames", nested(STILL_FIELDS, Stills, Stills()), "single frames in place of clips"),
    Field("reencode", choice(get_args(Reencode)), "whether clips may be encoded anew: never, where needed, always"),
)


def _read_id(node: Node) -> str:
    if isinstance(node.value, int) and not isinstance(node.value, bool):
        return str(whole(0, 2**63 - 1).read(node))
    return str(_TEXT.read(node))


_ID = Kind(_read_id, {"type": ["integer", "string"]})

EXPORT_FIELDS: tuple[Field, ...] = (
    Field("quality_threshold", number(0, 1), "as min_quality"),
    Field(
        "character_ids", many(Kind(_read_id, {"type": ["integer", "string"]}), least=1), "as characters, by their ids"
    ),
    Field("train_split", number(0, 1), "part of 1 for training"),
    Field("validation_split", number(0, 1), "part of 1 for validation"),
    Field("test_split", number(0, 1), "part of 1 for the test"),
)
"""The short form of the HTTP interface, beside the recipe's own names."""
