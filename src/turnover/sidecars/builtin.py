"""The templates that come with the program: one JSON file each, never changed or deleted."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from turnover.errors import UsageError
from turnover.sidecars.template import Template, read_template

HOSTS = ("nuke", "resolve", "after-effects", "premiere", "fcp", "avid")


@cache
def builtin_templates() -> Mapping[str, Template]:
    """Slug → template, the specification's three first, then by slug."""
    folder = files("turnover.sidecars") / "templates"
    texts = {
        entry.name.removesuffix(".json"): entry.read_bytes()
        for entry in folder.iterdir()
        if entry.name.endswith(".json")
    }
    first = ("nuke-xml", "after-effects-csv", "resolve-xml")
    slugs = [*first, *sorted(texts.keys() - set(first))]
    return MappingProxyType({slug: read_template(texts[slug], slug=slug, is_builtin=True) for slug in slugs})


def builtin_template(slug: str) -> Template:
    """The built-in of that slug; raises UsageError with a near match."""
    table = builtin_templates()
    if slug not in table:
        near = get_close_matches(slug, table, n=1)
        hint = f"did you mean {near[0]!r}? " if near else ""
        raise UsageError(
            f"no template {slug!r}", hint=f"{hint}`turnover templates list` shows them; a file ends in .json"
        )
    return table[slug]


def templates_for(host: str) -> tuple[Template, ...]:
    """What a host really reads; raises UsageError for a host that is not known."""
    if host not in HOSTS:
        near = get_close_matches(host, HOSTS, n=1)
        raise UsageError(
            f"no host {host!r}", hint=f"did you mean {near[0]!r}?" if near else f"one of {', '.join(HOSTS)}"
        )
    return tuple(template for template in builtin_templates().values() if host in template.hosts)
