"""The JSON Schema (2020-12) of templates, made from the same tables that check them."""

from __future__ import annotations

from turnover.core.clip import JsonValue
from turnover.sidecars import mapping
from turnover.sidecars.cells import CELL_KEYS, CELL_KINDS
from turnover.sidecars.fields import FIELDS, KNOWN_SERIES
from turnover.sidecars.template import FORMATS, SUFFIX, encoding_table, writer_table
from turnover.sidecars.values import ENCODERS, MAX_DECIMALS


def template_schema() -> dict[str, JsonValue]:
    """The schema of a template's file: a body alone, or an envelope with the body under `template_json`."""
    defs = _cell_defs()
    bodies: list[JsonValue] = []
    for encoding in encoding_table().values():
        schema = encoding.schema()
        own_defs = schema.pop("$defs", {})
        assert isinstance(own_defs, dict)
        defs |= own_defs
        bodies.append(schema)
    bodies += [mapping.schema(writer) for writer in writer_table().values()]
    defs["body"] = {"anyOf": bodies}
    defs["envelope"] = {
        "type": "object",
        "properties": {
            "name": {"type": "string", "description": "what people call it"},
            "description": {"type": "string"},
            "format": {"enum": list(FORMATS)},
            "target_tool": {"type": "string"},
            "suffix": {"type": "string", "pattern": "^" + SUFFIX.pattern.replace(r"\Z", "$")},
            "hosts": {"type": "array", "items": {"type": "string"}},
            "import_steps": {"type": "string"},
            "template_json": {"$ref": "#/$defs/body"},
        },
        "required": ["template_json"],
        "additionalProperties": False,
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "turnover sidecar template",
        "if": {"required": ["template_json"]},
        "then": {"$ref": "#/$defs/envelope"},
        "else": {"$ref": "#/$defs/body"},
        "$defs": defs,
    }


def _cell_defs() -> dict[str, JsonValue]:
    encoders = sorted({name for table in ENCODERS.values() for name in table})
    scalar: JsonValue = {"type": ["string", "number", "boolean"]}
    properties: dict[str, JsonValue] = {
        "field": {"$ref": "#/$defs/field"},
        "value": scalar,
        "join": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/cell"}},
        "separator": {"type": "string"},
        "encoder": {"enum": list(encoders)},
        "decimals": {"type": "integer", "minimum": 0, "maximum": MAX_DECIMALS},
        "default": scalar,
        "map": {"type": "object", "additionalProperties": {"type": "string"}},
        "prefix": {"type": "string"},
        "suffix": {"type": "string"},
        "max_length": {"type": "integer", "minimum": 1, "maximum": 1_000_000},
    }
    assert tuple(properties) == CELL_KEYS, "the schema lists what a cell may have"
    return {
        "field": {
            "description": "a name of `turnover templates fields`, or series.NAME for any per-frame series",
            "anyOf": [
                {"enum": [*FIELDS, *KNOWN_SERIES]},
                {"type": "string", "pattern": "^series\\.[A-Za-z_][A-Za-z0-9_]{0,63}$"},
            ],
        },
        "cell_object": {"type": "object", "properties": properties, "oneOf": CELL_KINDS, "additionalProperties": False},
        "cell": {"anyOf": [{"$ref": "#/$defs/field"}, {"$ref": "#/$defs/cell_object"}]},
        "single_condition": {
            "anyOf": [
                {"$ref": "#/$defs/field"},
                {
                    "type": "object",
                    "properties": {**properties, "equals": {"type": "string"}, "not": {"type": "boolean"}},
                    "oneOf": CELL_KINDS,
                    "additionalProperties": False,
                },
            ]
        },
        "condition": {
            "anyOf": [
                {"$ref": "#/$defs/single_condition"},
                {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/single_condition"}},
            ]
        },
    }
