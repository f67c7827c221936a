"""Many small sidecars: rendered in memory, and written through to the disk."""

from __future__ import annotations

import itertools
import json
import os
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

from lxml import etree

from benchmarks.measuring import Contender, Row, Table, compared
from tests.clips import GENERATED, clip
from turnover.core.clip import Clip
from turnover.files.ledger import Ledger
from turnover.settings import SidecarSettings
from turnover.sidecars.builtin import builtin_template
from turnover.sidecars.template import render
from turnover.sidecars.view import view_of
from turnover.work.naming import sidecar_outputs
from turnover.work.sidecar import SidecarRun, Written, write_sidecars

SLUGS = ("nuke-xml", "clip-json")


def tables(*, is_quick: bool) -> Iterator[Table]:
    count, rounds = (25, 1) if is_quick else (1_000, 7)
    with tempfile.TemporaryDirectory() as folder:
        clips = _clips(Path(folder) / "clips", count)
        # Milliseconds a sidecar: seconds of all of them, times 1000, by their number.
        scale = 1000 / count
        for slug in SLUGS:
            documents = rendered(slug, clips)
            peers = [Contender("build and serialize the same document", _peer(slug, documents))]
            ours = Contender("turnover", partial(rendered, slug, clips))
            yield Table(f"{count:,} × {slug}, in memory", "ms each", compared(ours, peers, rounds=rounds, scale=scale))
            rows = _to_disk(slug, clips, documents, Path(folder) / slug, rounds)
            yield Table(f"{count:,} × {slug}, to disk with fsync", "ms each", rows)


def _clips(folder: Path, count: int) -> list[Clip]:
    """Clips with a file of a few bytes each: a template with the digest reads it."""
    folder.mkdir()
    clips = []
    for number in range(count):
        path = folder / f"shot_{number:04}.mp4"
        path.write_bytes(str(number).encode())
        clips.append(clip(str(path), frames=121, generation=replace(GENERATED, seed=number)))
    return clips


def rendered(slug: str, clips: list[Clip]) -> list[bytes]:
    template = builtin_template(slug)
    return [render(template, [view_of(one, SidecarSettings())]).content() for one in clips]


def _peer(slug: str, documents: list[bytes]) -> Callable[[], object]:
    """What a script would do that has all values at hand already; it finds, checks and cleans nothing."""
    if slug == "clip-json":
        values = [json.loads(document) for document in documents]
        if [json.loads(_json(value)) for value in values] != values:
            raise ValueError("json: other values")
        return lambda: [_json(value) for value in values]
    trees = [_tree(etree.fromstring(document)) for document in documents]
    if [_tree(etree.fromstring(_xml(tree))) for tree in trees] != trees:
        raise ValueError("lxml: other values")
    return lambda: [_xml(tree) for tree in trees]


def _json(value: object) -> bytes:
    return json.dumps(value, indent=2, ensure_ascii=False).encode()


Tree = tuple[str, str, tuple[tuple[str, str], ...], tuple["Tree", ...]]


def _tree(element: etree._Element) -> Tree:
    attributes = tuple((str(name), str(value)) for name, value in element.attrib.items())
    return str(element.tag), (element.text or "").strip(), attributes, tuple(_tree(child) for child in element)


def _xml(tree: Tree) -> bytes:
    return etree.tostring(_element(tree), encoding="UTF-8", xml_declaration=True)


def _element(tree: Tree) -> etree._Element:
    name, text, attributes, children = tree
    element = etree.Element(name, dict(attributes))
    element.text = text or None
    element.extend([_element(child) for child in children])
    return element


def _to_disk(slug: str, clips: list[Clip], documents: list[bytes], folder: Path, rounds: int) -> tuple[Row, ...]:
    """A fresh folder for each run, so that nobody replaces what is there."""
    numbers = itertools.count()

    def fresh() -> Path:
        place = folder / str(next(numbers))
        place.mkdir(parents=True)
        return place

    peers = [
        Contender("write the same bytes, fsync, rename", lambda: _write_all(documents, fresh(), is_synced=True)),
        Contender("write the same bytes, rename", lambda: _write_all(documents, fresh(), is_synced=False)),
    ]
    ours = Contender("turnover", lambda: _write_ours(slug, clips, fresh()))
    return compared(ours, peers, rounds=rounds, scale=1000 / len(clips))


def _write_ours(slug: str, clips: list[Clip], folder: Path) -> None:
    outputs = sidecar_outputs(clips, [builtin_template(slug)], out=folder / "out", shares_stem=lambda path: False)
    run = SidecarRun(ledger=Ledger(folder / "data"), settings_of=lambda one: SidecarSettings())
    failed = [result for result in write_sidecars(outputs, run) if not isinstance(result, Written)]
    if failed:
        raise ValueError(f"not written: {failed[0].error}")


def _write_all(documents: list[bytes], folder: Path, *, is_synced: bool) -> None:
    for number, document in enumerate(documents):
        temporary = folder / f".{number}.part"
        with temporary.open("wb") as out:
            out.write(document)
            out.flush()
            if is_synced:
                os.fsync(out.fileno())
        temporary.replace(folder / str(number))
