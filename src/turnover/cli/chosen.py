"""Which templates a person names, and what is set for them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from turnover.cli.place import plain_settings, template_options
from turnover.errors import TemplateError, UsageError
from turnover.settings import sidecar_settings
from turnover.sidecars.builtin import builtin_template, templates_for
from turnover.sidecars.template import Template, read_template
from turnover.work.sidecar import check_options

NamePatterns = Annotated[
    list[str] | None,
    typer.Option("--name-pattern", help="What file names tell, such as '{prompt}_{seed}'; may be repeated."),
]
"""The option of every command that looks at clips."""


def template_named(name: str) -> Template:
    """A built-in by its slug, or the template of a `.json` file; raises UsageError or TemplateError."""
    if not name.endswith(".json"):
        return builtin_template(name)
    path = Path(name)
    try:
        return read_template(path.read_bytes(), slug=path.stem)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UsageError(f"{name}: {reason}", hint="a template is a built-in's slug or a .json file") from error
    except TemplateError as error:
        mistakes = (replace(mistake, path=f"{name}: {mistake.path}") for mistake in error.mistakes)
        raise TemplateError(tuple(mistakes), name=name) from error


def templates_named(names: Iterable[str], hosts: Iterable[str]) -> list[Template]:
    """The templates of these names and hosts, each once; raises UsageError when two of them have one slug."""
    by_place = {_place(name): template_named(name) for name in names}
    by_slug: dict[str, Template] = {}
    for template in by_place.values():
        if template.slug in by_slug:
            raise UsageError(f"two templates are called {template.slug!r}", hint="rename one of the files")
        by_slug[template.slug] = template
    for host in hosts:
        for template in templates_for(host):
            by_slug.setdefault(template.slug, template)
    if not by_slug:
        raise UsageError(
            "nothing to write: no template and no host", hint="for example --for resolve, or -t nuke-script"
        )
    return list(by_slug.values())


def _place(name: str) -> str:
    return str(Path(name).absolute()) if name.endswith(".json") else name


def texts_set(assignments: Sequence[str], templates: Iterable[Template]) -> dict[str, str]:
    """Name → text of `--set`; raises UsageError with everything that is wrong."""
    pairs = [(text, *text.partition("=")) for text in assignments]
    wrong = [f"{text!r} is not KEY=VALUE" for text, key, equals, _ in pairs if not key or not equals]
    texts = {key: value for _, key, equals, value in pairs if key and equals}
    wrong += _problems_of_settings(plain_settings(texts))
    wrong += _problems_of_options(template_options(texts), {template.slug: template for template in templates})
    if wrong:
        raise UsageError(f"--set {'; '.join(wrong)}", hint="`turnover sidecar --help` lists the settings")
    return texts


def _problems_of_settings(texts: Mapping[str, str]) -> list[str]:
    try:
        sidecar_settings(texts)
    except UsageError as error:
        return [error.message]
    return []


def _problems_of_options(options: Mapping[str, Mapping[str, str]], templates: Mapping[str, Template]) -> list[str]:
    problems = []
    for slug, texts in options.items():
        if slug not in templates:
            problems.append(f"{slug}.{next(iter(texts))}: {slug!r} is no template of this run ({', '.join(templates)})")
            continue
        for option, text in texts.items():
            try:
                check_options(templates[slug], {option: text})
            except UsageError as error:
                problems.append(f"{slug}.{option}: {error}")
    return problems
