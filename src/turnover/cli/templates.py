"""`turnover templates`: list, show, check and preview templates; what fields there are; the schema."""

from __future__ import annotations

import sys
from importlib.resources import files
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from turnover.cli.chosen import template_named
from turnover.cli.place import FolderSettings, ledger
from turnover.cli.screen import err, out, plain, print_bytes, print_failure, print_json, print_warnings
from turnover.core.clip import Clip, JsonValue
from turnover.errors import ProbeError, RefusedError, TemplateError, UsageError
from turnover.files.finding import Found
from turnover.sidecars.builtin import builtin_template, builtin_templates
from turnover.sidecars.fields import every_field
from turnover.sidecars.schema import template_schema
from turnover.sidecars.template import Template, read_template
from turnover.work.look import Failed, Looking, look
from turnover.work.sidecar import preview as render_preview

app = typer.Typer(help="Templates: list, show, check, preview; fields and schema.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")]


@app.command("list")
def list_templates(json: AsJson = False) -> None:
    """Every built-in template."""
    if json:
        print_json([_row(template) for template in builtin_templates().values()])
        return
    table = Table(box=None, pad_edge=False, header_style="dim")
    for heading in ("slug", "file", "for", "what it is"):
        table.add_column(heading, no_wrap=heading != "what it is")
    for template in builtin_templates().values():
        host = ", ".join(template.hosts) or ("not imported by hosts" if _is_specifications(template) else "")
        table.add_row(template.slug, template.suffix, host, plain(template.description or ""))
    out().print(table)


def _is_specifications(template: Template) -> bool:
    return template.slug in ("nuke-xml", "after-effects-csv", "resolve-xml")


def _row(template: Template) -> dict[str, JsonValue]:
    return {
        "slug": template.slug,
        "name": template.name,
        "description": template.description,
        "format": template.format,
        "target_tool": template.target_tool,
        "suffix": template.suffix,
        "hosts": list(template.hosts),
        "import_steps": template.import_steps,
        "is_builtin": template.is_builtin,
    }


@app.command("show")
def show(slug: Annotated[str, typer.Argument(help="A built-in's slug.")]) -> None:
    """A built-in template as JSON, ready to be saved and changed."""
    template = builtin_template(slug)
    envelope = _row(template)
    for name in ("slug", "is_builtin"):
        del envelope[name]
    known = {name: value for name, value in envelope.items() if value not in (None, [])}
    print_json({**known, "template_json": template.source})


@app.command("check")
def check(
    files: Annotated[list[Path], typer.Argument(help="Template files.", show_default=False)], json: AsJson = False
) -> None:
    """Find every mistake in template files at once."""
    reports: list[JsonValue] = []
    has_mistakes = False
    for file in files:
        try:
            template = read_template(file.read_bytes(), slug=file.stem)
            reports.append({"path": str(file), "format": template.format, "mistakes": []})
            if not json:
                out().print(plain(f"{file}: right, gives {template.suffix}"))
        except TemplateError as error:
            has_mistakes = True
            rows: list[JsonValue] = [
                {"path": m.path, "message": m.message, "hint": m.hint or None} for m in error.mistakes
            ]
            reports.append({"path": str(file), "format": None, "mistakes": rows})
            for mistake in error.mistakes:
                err().print(plain(f"{file}: {mistake}"), soft_wrap=True)
        except OSError as error:
            has_mistakes = True
            usage = UsageError(f"{file}: {error.strerror}", hint="check the spelling")
            reports.append({"path": str(file), "error": dict(usage.as_dict())})
            print_failure(str(file), usage)
    if json:
        print_json(reports)
    if has_mistakes:
        raise typer.Exit(1)


@app.command("preview")
def preview(
    slug: Annotated[str, typer.Argument(help="A built-in's slug or a .json file.")],
    path: Annotated[Path, typer.Argument(help="A video.")],
) -> None:
    """What a template gives for one clip, on stdout; nothing is written."""
    template = template_named(slug)
    absolute = path.absolute()
    how = Looking(ledger().is_own, counts="missing")
    (seen,) = look([Found(absolute, absolute.parent)], how, workers=1)
    if template.asks_quality:
        (seen,) = _with_numbers([seen])
    if not isinstance(seen, Clip):
        print_failure(str(path), seen.error)
        raise typer.Exit(1)
    try:
        content, nulls, warnings = render_preview(template, seen, FolderSettings().of(seen))
    except (RefusedError, ProbeError) as error:
        print_failure(str(path), error)
        raise typer.Exit(1) from error
    print_bytes(content)
    print_warnings(warnings)
    if nulls and sys.stderr.isatty():
        err().print(plain(f"not known: {', '.join(nulls)}", "dim"))


def _with_numbers(seen: list[Clip | Failed]) -> list[Clip | Failed]:
    # The other commands about templates need no decoder and no database.
    from turnover.cli.measuring import with_numbers  # noqa: PLC0415

    return with_numbers(seen)


@app.command("fields")
def fields(json: AsJson = False) -> None:
    """Every name a template may use."""
    if json:
        names = ("name", "type", "unit", "sentence", "example")
        print_json([{n: getattr(f, n) for n in names} | {"inside": f.collection} for f in every_field()])
        return
    table = Table(box=None, pad_edge=False, header_style="dim")
    for heading in ("field", "type", "inside", "what it is", "example"):
        table.add_column(heading, no_wrap=heading != "what it is", overflow="ellipsis")
    for field in every_field():
        unit = f" ({field.unit})" if field.unit else ""
        table.add_row(
            field.name, field.type, field.collection or "", plain(field.sentence + unit), plain(field.example)
        )
    out().print(table)


# Schemas of the files that people and platforms write, of a dataset's manifest, and of the specification's XML.
_PUBLISHED = {
    "clip": "turnover/schemas/clip.schema.json",
    "metadata": "turnover/schemas/metadata.schema.json",
    "frames": "turnover/schemas/frames.schema.json",
    "recipe": "turnover/schemas/recipe.schema.json",
    "manifest": "turnover/schemas/manifest.schema.json",
    "xml": "turnover/sidecars/schemas/turnover-sidecar.xsd",
}


@app.command("schema")
def schema(
    kind: Annotated[
        str,
        typer.Argument(
            help="template, clip (clip.json), metadata, frames, recipe and manifest (of datasets), or xml (the XSD of "
            "nuke-xml and resolve-xml)."
        ),
    ] = "template",
) -> None:
    """The JSON Schema (2020-12) of templates, or another published schema."""
    if kind == "template":
        print_json(template_schema())
        return
    if kind not in _PUBLISHED:
        raise UsageError(f"no schema {kind!r}", hint=f"one of template, {', '.join(_PUBLISHED)}")
    package, _, path = _PUBLISHED[kind].partition("/")
    print_bytes(files(package).joinpath(path).read_bytes())
