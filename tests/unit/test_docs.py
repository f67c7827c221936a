"""What the documentation says is what the program does."""

from __future__ import annotations

import itertools
import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer.main

from scripts.reference import FOLDER, pages
from tests.clips import clip
from turnover.cli.main import app
from turnover.settings import SETTINGS
from turnover.sidecars.builtin import builtin_templates
from turnover.sidecars.template import parse_template
from turnover.work.given import with_given

REPOSITORY = Path(__file__).resolve().parent.parent.parent
DOCUMENTS = sorted([*(REPOSITORY / "docs").rglob("*.md"), REPOSITORY / "README.md"])

_BLOCK = re.compile(r"^```(\w*) ?(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
_INLINE_COMMAND = re.compile(r"`(turnover [^`]*)`")
_LINK = re.compile(r"\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)")


def _blocks(kind: str, label: str = "") -> list[tuple[Path, str]]:
    return [
        (document, block[2])
        for document in DOCUMENTS
        for block in _BLOCK.findall(document.read_text(encoding="utf-8"))
        if block[0] == kind and block[1] == label
    ]


@pytest.mark.parametrize("name", sorted(pages()))
def test_generated_page_is_current(name: str) -> None:
    """A generated page says what its table says; `make docs` rewrites it."""
    assert (FOLDER / name).read_text(encoding="utf-8") == pages()[name], f"run `make docs`: {name} is out of date"


@pytest.mark.parametrize(("document", "text"), _blocks("json", "template"))
def test_template_in_the_docs_parses(document: Path, text: str) -> None:
    """Every template that the docs show is a right one."""
    assert parse_template(json.loads(text), slug=document.stem).suffix.startswith(".")


@pytest.mark.parametrize(("document", "text"), _blocks("json", "clip"))
def test_values_in_the_docs_are_taken(document: Path, text: str) -> None:
    """Every clip.json that the docs show is taken without a word, with no key unknown."""
    assert with_given(clip(), json.loads(text), where=document.name).extra == {}


@pytest.mark.parametrize("slug", list(builtin_templates()))
def test_builtin_has_its_page(slug: str) -> None:
    """Each built-in has a page that says what is kept, what is lost, and how to import it."""
    text = (REPOSITORY / "docs" / "sidecars" / f"{slug}.md").read_text(encoding="utf-8")
    assert "✔" in text
    assert "✖" in text
    assert f"-t {slug}" in text


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(REPOSITORY)))
def test_links_lead_somewhere(document: Path) -> None:
    """A relative link names a file that is there."""
    targets = [document.parent / target for target in _LINK.findall(document.read_text(encoding="utf-8"))]
    assert [str(target) for target in targets if not target.exists()] == []


def _commands() -> Iterator[tuple[Path, str]]:
    for document in DOCUMENTS:
        text = document.read_text(encoding="utf-8")
        yield from ((document, command) for command in _INLINE_COMMAND.findall(text))
        for _, _, block in _BLOCK.findall(text):
            lines = (line.removeprefix("$ ").strip() for line in block.splitlines())
            yield from ((document, line) for line in lines if line.startswith(("turnover ", ".venv/bin/turnover ")))


@pytest.mark.parametrize(("document", "line"), sorted(set(_commands())))
def test_command_in_the_docs_exists(document: Path, line: str) -> None:
    """Every command that the docs show has only words, options, settings and templates that exist."""
    words = shlex.split(line.replace("…", ""))[1:]
    group = typer.main.get_command(app())
    commands = getattr(group, "commands")  # noqa: B009  # Typer's classes have no public types
    command = commands.get(words[0]) if words else None
    while command is not None and hasattr(command, "commands") and len(words) > 1:
        words = words[1:]
        command = command.commands.get(words[0])
        assert command is not None, f"{document.name}: {line}"
    known = {name for p in (command or commands["scan"]).params for name in p.opts} | {"--help", "--version"}
    assert [word for word in words if word.startswith("-") and word.partition("=")[0] not in known] == []
    for option, value in itertools.pairwise(words):
        if option == "-t" and not value.endswith(".json") and value.islower():
            assert value in builtin_templates()
        if option == "--set" and "." not in value.partition("=")[0]:
            assert value.partition("=")[0] in {setting.name for setting in SETTINGS} | {"KEY"}
