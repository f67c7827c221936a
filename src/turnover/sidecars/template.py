"""A template: parsed with every mistake at once, then filled for clips."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from turnover.core.clip import JsonValue
from turnover.discovery import offered
from turnover.errors import Mistake, TemplateError, UsageError
from turnover.sidecars import encodings, writers
from turnover.sidecars.cells import field_named
from turnover.sidecars.encoding import EncodedBody, Encoding, Findings
from turnover.sidecars.mapping import WriterBody, parse_writer_body
from turnover.sidecars.reading import Node, bounded, note_unsound, parsed_json
from turnover.sidecars.view import View
from turnover.sidecars.writer import Job, Writer

FORMATS = ("xml", "csv", "json", "text", "timeline")
SUFFIX = re.compile(r"(\.[A-Za-z0-9_]+)+\Z")
ENVELOPE = (
    "name", "description", "format", "target_tool", "suffix", "hosts", "import_steps", "template_json",
)  # fmt: skip


@cache
def encoding_table() -> Mapping[str, Encoding[Any]]:
    """Every encoding by name."""
    return offered(encodings, "ENCODING")


@cache
def writer_table() -> Mapping[str, Writer]:
    """Every writer by name."""
    return offered(writers, "WRITER")


@dataclass(frozen=True, slots=True)
class Template:
    """What goes into a sidecar and how it is laid out."""

    slug: str
    """Short name for commands and file names."""
    name: str
    description: str | None
    format: str
    """One of FORMATS."""
    target_tool: str | None
    suffix: str
    """What follows the video's stem, dot included."""
    body: EncodedBody[Any] | WriterBody
    source: JsonValue
    """The body as its author wrote it."""
    hosts: tuple[str, ...] = ()
    """For which hosts `--for` chooses it."""
    import_steps: str | None = None
    """How to import the file, in one line."""
    is_builtin: bool = False

    @property
    def holds_many(self) -> bool:
        """Whether one file can hold several clips."""
        if isinstance(self.body, WriterBody):
            return self.body.writer.holds_many
        return self.body.encoding.holds_many(self.body.body)

    @property
    def uses_series(self) -> bool:
        """Whether anything per frame may go into the file."""
        if isinstance(self.body, WriterBody):
            return self.body.uses_series
        return _names_series(self.source)

    @property
    def asks_quality(self) -> bool:
        """Whether anything that is measured may go into the file: numbers per frame, the score, failure tags."""
        return self.uses_series or _names_one_of(self.source, _MEASURED)


def parse_template(source: JsonValue, *, slug: str, is_builtin: bool = False) -> Template:
    """A template from its JSON: a body alone, or an envelope with the body under `template_json`.

    Raises TemplateError with every mistake.
    """
    bounded(source, name=slug)
    mistakes: list[Mistake] = []
    root = Node(source, "$", mistakes)
    note_unsound(root)
    if mistakes:
        raise TemplateError(tuple(mistakes), name=slug)
    is_envelope = isinstance(source, dict) and "template_json" in source
    members = root.members(ENVELOPE, required=("template_json",)) if is_envelope else {}
    body_node = members["template_json"] if is_envelope else root
    body, natural_format, natural_suffix = _parse_body(body_node)
    if "format" in members:
        _check_format(members["format"], natural_format if body is not None else None)
    template = Template(
        slug=slug,
        name=members["name"].text() if "name" in members else slug,
        description=members["description"].text() if "description" in members else None,
        format=natural_format,
        target_tool=members["target_tool"].text() if "target_tool" in members else None,
        suffix=members["suffix"].text(matching=SUFFIX, what="a suffix such as .xml")
        if "suffix" in members
        else natural_suffix,
        body=body or EncodedBody(encoding_table()["json"], None),
        source=body_node.value,
        hosts=tuple(h.text() for h in members["hosts"].items()) if "hosts" in members else (),
        import_steps=members["import_steps"].text() if "import_steps" in members else None,
        is_builtin=is_builtin,
    )
    if mistakes:
        raise TemplateError(tuple(mistakes), name=slug)
    return template


def _check_format(node: Node, natural_format: str | None) -> None:
    stated = node.choice(FORMATS)
    if stated == node.value and natural_format not in (None, stated):
        node.wrong(f"the body is {natural_format}, not {stated}")


def read_template(text: str | bytes, *, slug: str, is_builtin: bool = False) -> Template:
    """A template from the text of its file; raises TemplateError with every mistake."""
    return parse_template(parsed_json(text, name=slug), slug=slug, is_builtin=is_builtin)


def _parse_body(node: Node) -> tuple[EncodedBody[Any] | WriterBody | None, str, str]:
    """The body, its format and its natural suffix."""
    if not isinstance(node.value, dict):
        node.expected("an object")
        return None, "json", ".json"
    if "writer" in node.value:
        body = parse_writer_body(node, writer_table())
        return (body, body.writer.format, body.writer.suffix) if body is not None else (None, "text", ".txt")
    kinds = [encoding for encoding in encoding_table().values() if encoding.key in node.value]
    if len(kinds) != 1:
        keys = ", ".join(sorted(encoding.key for encoding in encoding_table().values()))
        found = "none" if not kinds else " and ".join(encoding.key for encoding in kinds)
        node.wrong(f"expected exactly one of writer, {keys}; found {found}")
        return None, "json", ".json"
    (encoding,) = kinds
    return EncodedBody(encoding, encoding.parse(node)), encoding.name, f".{encoding.name}"


@dataclass(slots=True)
class Rendering:
    """A document being made: read `chunks` to the end, then `findings` is complete."""

    chunks: Iterator[bytes]
    findings: Findings = field(default_factory=Findings)

    def content(self) -> bytes:
        """The whole document."""
        return b"".join(self.chunks)


def render(
    template: Template, views: Sequence[View], *, title: str = "", options: Mapping[str, str] | None = None
) -> Rendering:
    """The document of a template for one clip, or for several where its format holds many.

    `options` overrides options of a writer, as text. Nothing is computed until the chunks are read; RefusedError
    comes before the first of them.
    """
    if not views:
        raise UsageError("no clip to write about")
    if len(views) > 1 and not template.holds_many:
        raise UsageError(f"{template.slug} holds one clip a file", hint="leave out --combine for it")
    findings = Findings()
    body = template.body
    if isinstance(body, WriterBody):
        job = Job(title or views[0].clip.stem, body.sheets(views, findings), body.options_with(options or {}), findings)
        return Rendering(body.writer.write(job), findings)
    if options:
        raise UsageError(f"{template.slug} has no option {next(iter(options))!r}", hint="only writers have options")
    return Rendering(body.encoding.encode(body.body, views, findings), findings)


_MEASURED = frozenset(("clip.quality_score", "clip.failure_tags", "failure_tags", "failure_tag.name"))


def _names_one_of(source: JsonValue, names: frozenset[str]) -> bool:
    """Whether one of the names stands anywhere in a body, as a value or within a text that is filled in."""
    if isinstance(source, str):
        return any(name in source for name in names)
    children = source.values() if isinstance(source, dict) else source if isinstance(source, list) else ()
    return any(_names_one_of(child, names) for child in children)


def _names_series(source: JsonValue) -> bool:
    """Whether a body names a per-frame number or walks frames or series."""
    if isinstance(source, str):
        found = field_named(source)
        return found is not None and found.collection == "frames" and found.type == "number"
    if isinstance(source, dict):
        return source.get("each") in ("series",) or any(map(_names_series, source.values()))
    return isinstance(source, list) and any(map(_names_series, source))
