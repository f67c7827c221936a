"""Writes the generated pages of docs/reference from the tables they describe. `make docs` runs it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import typer.main

from turnover.cli.main import app
from turnover.compute.outcomes import TROUBLES
from turnover.datasets.caption import WARNINGS as CAPTION_WARNINGS
from turnover.datasets.keys import KEYS
from turnover.datasets.recipe import Recipe
from turnover.datasets.recipe_fields import RECIPE_FIELDS
from turnover.datasets.selecting import REASONS
from turnover.errors import ValuesError
from turnover.frames.measure import metrics
from turnover.frames.metric import Metric
from turnover.frames.thresholds import THRESHOLDS
from turnover.media.refusals import REFUSALS
from turnover.media.warnings import WARNINGS
from turnover.settings import SETTINGS
from turnover.sidecars.builtin import builtin_templates
from turnover.sidecars.fields import every_field
from turnover.sidecars.template import writer_table
from turnover.sidecars.writer import Writer
from turnover.work.beside import REMARKS_ON_VALUES
from turnover.work.making import REMARKS_ON_MAKING
from turnover.work.models import REMARKS_ON_MODELS

UNUSABLE = "A file of values beside the video cannot be used; a sidecar of that clip is not written."
FOLDER = Path(__file__).resolve().parent.parent / "docs" / "reference"


def pages() -> dict[str, str]:
    """File name → text of each generated page."""
    return {
        "fields.md": _fields(),
        "metrics.md": _metrics(),
        "recipe.md": _recipe(),
        "settings.md": _settings(),
        "templates.md": _templates(),
        "warnings-and-errors.md": _warnings(),
        "writers.md": _writers(),
        "command-line.md": _command_line(),
    }


def main() -> None:
    for name, text in pages().items():
        (FOLDER / name).write_text(text, encoding="utf-8")


def _page(title: str, intro: str, *parts: str) -> str:
    return "\n\n".join((f"# {title}", intro, *parts)) + "\n"


def _table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(headings) + " |", "|" + "---|" * len(headings)]
    lines += ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows]
    return "\n".join(lines)


def _fields() -> str:
    rows = (
        (f"`{f.name}`", f.type, f.collection or "", f.sentence + (f", in {f.unit}" if f.unit else ""), f"`{f.example}`")
        for f in every_field()
    )
    intro = (
        "Every name a template may use, as `turnover templates fields` prints it.\n"
        "A field with a collection stands only inside it."
    )
    return _page("Fields", intro, _table(("Field", "Type", "Inside", "What it is", "Example"), rows))


def _settings() -> str:
    rows = ((f"`{s.name}`", f"`{s.value}`", s.sentence) for s in SETTINGS)
    intro = (
        "What `--set KEY=VALUE` and `[set]` in `turnover.toml` take.\n"
        "`TEMPLATE.OPTION=VALUE` sets an option of a writer."
    )
    thresholds = ((f"`{t.name}`", f"{t.default:g}", t.unit, t.sentence) for t in THRESHOLDS)
    return _page(
        "Settings",
        intro,
        _table(("Key", "Example", "What it is"), rows),
        "## Thresholds",
        "What `[measure]` in `turnover.toml` takes: from where on a gate warns or fails.\n"
        "[What the gates mean](../explanation/quality.md).",
        _table(("Key", "Default", "Unit", "What it is"), thresholds),
    )


def _metrics() -> str:
    rows = (
        (f"`{m.name}`", m.sentence, m.unit, _range(m), m.source)
        for m in sorted(metrics().values(), key=lambda metric: metric.name)
        if not m.is_intermediate
    )
    intro = (
        "What `turnover measure` gives for each frame, each a series that templates reach by its name.\n"
        "Levels are on the scale 0 to 255 whatever the range of the file.\n"
        "`boundary_ssim` is given beside them, on the two frames at a seam: see [quality](../explanation/quality.md)."
    )
    return _page("Metrics", intro, _table(("Series", "What it tells", "Unit", "Range", "How"), rows))


def _recipe() -> str:
    defaults = Recipe().to_json()
    rows = ((f"`{f.name}`", f"`{json.dumps(defaults.get(f.name))}`", f.sentence) for f in RECIPE_FIELDS)
    intro = (
        "What `turnover dataset --recipe FILE` takes: a JSON object, every key optional.\n"
        "All mistakes are told at once. `turnover templates schema recipe` prints the JSON Schema."
    )
    return _page(
        "The recipe of a dataset",
        intro,
        _table(("Key", "Default", "What it is"), rows),
        "## Leakage keys",
        "Clips that share one are never parted. By default: "
        + ", ".join(f"`{key}`" for key in Recipe().leakage_keys)
        + ".",
        _table(("Key", "What two clips have in common"), ((f"`{key}`", text) for key, text in KEYS.items())),
        "## Why a clip is left out",
        _table(("Code", "Meaning"), ((f"`{code}`", text) for code, text in REASONS.items())),
        "## What a caption may be told of",
        _table(("Code", "Meaning"), ((f"`{code}`", text) for code, text in CAPTION_WARNINGS.items())),
    )


def _range(metric: Metric) -> str:
    return f"{metric.low:g} or more" if metric.high is None else f"{metric.low:g} to {metric.high:g}"


def _templates() -> str:
    rows = (
        (
            f"[`{t.slug}`](../sidecars/{t.slug}.md)",
            f"`{t.suffix}`",
            ", ".join(t.hosts),
            t.description or "",
            t.import_steps or "",
        )
        for t in builtin_templates().values()
    )
    intro = "The built-in templates. `--for HOST` writes what that host really reads."
    return _page("Templates", intro, _table(("Slug", "File", "`--for`", "What it is", "How to import it"), rows))


def _warnings() -> str:
    remarks = {**REMARKS_ON_MAKING, **REMARKS_ON_VALUES, **REMARKS_ON_MODELS}
    about = {**WARNINGS, **remarks, ValuesError.code: UNUSABLE}
    warnings = _table(("Code", "Meaning"), ((f"`{code}`", text) for code, text in about.items()))
    refusals = ((f"`{code}`", r.sentence, r.hint) for code, r in REFUSALS.items())
    return _page(
        "Warnings and errors",
        "Codes are stable; messages add the value seen.",
        "## Warnings: the file can be read",
        warnings,
        "## Errors: it cannot",
        _table(("Code", "Meaning", "Next step"), refusals),
        "## Errors of measuring",
        _table(("Code", "Meaning"), ((f"`{code}`", sentence) for code, sentence in TROUBLES.items())),
    )


def _writers() -> str:
    return _page("Writers", "Options and metadata keys of each writer.", *map(_writer, writer_table().values()))


def _writer(writer: Writer) -> str:
    holds = [name for name, held in (("markers", writer.has_markers), ("curves", writer.has_curves)) if held]
    many = "several clips a file" if writer.holds_many else "one clip a file"
    facts = [
        f"Format {writer.format}",
        f"suffix `{writer.suffix}`",
        many,
        f"holds {' and '.join(holds) or 'no markers'}",
    ]
    parts = [f"## `{writer.name}`", ", ".join(facts) + "."]
    if writer.options:
        rows = (
            (f"`{o.name}`", f"`{o.default}`", ", ".join(f"`{c}`" for c in o.choices), o.sentence)
            for o in writer.options
        )
        parts.append(_table(("Option", "Default", "Choices", "What it does"), rows))
    keys = writer.metadata_keys
    if keys is None:
        parts.append("Metadata keys are free.")
    else:
        parts.append(_table(("Metadata key", "Where it goes"), ((f"`{key}`", text) for key, text in keys.items())))
    return "\n\n".join(parts)


def _command_line() -> str:
    parts = []
    for path, command in _commands(typer.main.get_command(app()), "turnover"):
        options = [p for p in command.params if p.param_type_name == "option" and not p.hidden]
        arguments = [p.name.upper() + ("…" if p.nargs == -1 else "") for p in command.params if p not in options]
        parts.append(f"## `{' '.join((path, *arguments))}`")
        parts.append((command.help or "").strip())
        rows = [(", ".join(f"`{name}`" for name in (*p.opts, *p.secondary_opts)), p.help or "") for p in options]
        if rows:
            parts.append(_table(("Option", "What it does"), rows))
    intro = (
        "`turnover FOLDER` alone is `turnover scan FOLDER`.\n"
        "Findings go to stdout, progress and failures to stderr.\n"
        "Exit status: 0 done; 1 some of it failed, each failure named, the rest done; 2 wrong usage."
    )
    return _page("Command line", intro, *parts)


def _commands(command: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Every command with its words; groups are opened. Typer's own classes have no public types."""
    if hasattr(command, "commands"):
        for name, sub in command.commands.items():
            yield from _commands(sub, f"{path} {name}")
    else:
        yield path, command


if __name__ == "__main__":
    main()
