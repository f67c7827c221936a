"""The page of each trainer shows what the program writes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY, Golden
from tests.trainers_made import configuring, dataset, example, face, sample
from turnover.datasets.configuration import trainers

PAGES = REPOSITORY / "docs" / "how-to" / "train"
ROOT = "/sets/demo-1.0.0"

_BLOCK = re.compile(r"^```\w+ (\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def written(trainer: str) -> dict[str, str]:
    """What the pages' dataset gives; the picture trainer's has faces."""
    faces = dataset([sample(number, faces=(face(),)) for number in range(4)])
    return dict(trainers()[trainer].configuration(configuring(faces if trainer == "kohya" else example(), ROOT)))


def blocks(trainer: str) -> dict[str, str]:
    """The marked blocks of its page."""
    return dict(_BLOCK.findall((PAGES / f"{trainer}.md").read_text(encoding="utf-8")))


@pytest.mark.parametrize("trainer", sorted(trainers()))
def test_configuration_is_as_it_was_reviewed(trainer: str, golden: Golden) -> None:
    """Every file of a configuration, byte for byte."""
    for name, text in written(trainer).items():
        golden(f"trainers/{name}", text.encode())


@pytest.mark.parametrize("trainer", sorted(trainers()))
def test_page_shows_what_is_written(trainer: str) -> None:
    """The block marked `config` is the first file; the block marked `command` is the command line."""
    files = written(trainer)
    command = trainers()[trainer].command.format(config=next(iter(files)), dataset=ROOT)

    assert {"config": next(iter(files.values())), "command": f"{command}\n"} == blocks(trainer)


@pytest.mark.parametrize("trainer", sorted(trainers()))
def test_page_says_what_is_kept_and_lost(trainer: str) -> None:
    """A person reads first what is kept, what is lost, how to start and where it goes wrong."""
    text = (PAGES / f"{trainer}.md").read_text(encoding="utf-8")

    assert all(mark in text for mark in ("✔", "✖", f"turnover config {trainer} ", "## Traps"))


def test_index_has_every_trainer() -> None:
    """Each page is linked from the index, and none is there for a trainer that is gone."""
    index = (PAGES / "README.md").read_text(encoding="utf-8")

    assert set(trainers()) == {Path(link).stem for link in re.findall(r"\]\(([\w-]+\.md)\)", index)}
    assert set(trainers()) == {page.stem for page in PAGES.glob("*.md")} - {"README"}
    for trainer in trainers().values():
        assert trainer.title in index
        assert trainer.sentence in index
