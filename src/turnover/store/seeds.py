"""The rows that revision 0002 puts into its tables; a later revision brings its own."""

from __future__ import annotations

import json

from sqlalchemy import Connection, column, insert, table

from turnover.store.dialect import Flag, Json

STATUSES = ("pending", "running", "completed", "failed", "cancelled")
"""Their ids are 1 to 5, in this order."""

LOCAL_USER = 1
"""The id of who works where nobody logs in."""

_NUKE_XML = (
    '{"root_element": "clip", '
    '"fields": ["resolution", "framerate", "codec", "duration", "color_space", "generation_params"]}'
)
_AFTER_EFFECTS_CSV = '{"columns": ["frame", "face_confidence", "motion_score", "quality_metric", "boundary_ssim"]}'
_RESOLVE_XML = '{"root_element": "media", "fields": ["resolution", "framerate", "codec", "duration", "pixel_format"]}'
_TEMPLATES = (
    ("nuke-xml", "Nuke XML", "Foundry Nuke compatible XML sidecar", "xml", "nuke", _NUKE_XML),
    (
        "after-effects-csv",
        "After Effects CSV",
        "Adobe After Effects frame-level CSV",
        "csv",
        "after_effects",
        _AFTER_EFFECTS_CSV,
    ),
    ("resolve-xml", "Resolve XML", "DaVinci Resolve compatible XML sidecar", "xml", "resolve", _RESOLVE_XML),
)


def sow(connection: Connection) -> None:
    """Put the rows in, one after the other, so that each has the id that its place gives."""
    statuses = table("job_statuses", column("name"))
    for status in STATUSES:
        connection.execute(insert(statuses).values(name=status))
    users = table("users", column("name"), column("role"))
    connection.execute(insert(users).values(name="local", role="admin"))
    sow_templates(connection)


def sow_templates(connection: Connection) -> None:
    """Put the specification's three templates in."""
    names = ("slug", "name", "description", "format", "target_tool", "source_text")
    templates = table(
        "sidecar_templates",
        *(column(name) for name in names),
        column("template_json", Json()),
        column("is_builtin", Flag()),
    )
    for row in _TEMPLATES:
        values = dict(zip(names, row, strict=True))
        body = json.loads(values["source_text"])
        connection.execute(insert(templates).values(**values, template_json=body, is_builtin=True))
