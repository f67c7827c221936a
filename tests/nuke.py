"""Nuke scripts read back by a Tcl interpreter that has no commands, so that a test sees whatever would have run."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

READER = Path(__file__).parent / "readers" / "nk_reader.tcl"


@dataclass(frozen=True, slots=True)
class Text:
    """A value of a knob."""

    stored: str
    """As it is after the script is loaded."""
    evaluated: str
    """As it is when Nuke has evaluated it for a frame."""


@dataclass(slots=True)
class ReadNode:
    """One node of a script."""

    kind: str
    knobs: dict[str, Text] = field(default_factory=dict)
    user_knobs: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Name → the words of `addUserKnob`, its number first."""
    metadata: dict[str, Text] = field(default_factory=dict)

    def __getitem__(self, knob: str) -> str:
        return self.knobs[knob].evaluated


@dataclass(slots=True)
class ReadScript:
    """What a script says."""

    head: dict[str, str] = field(default_factory=dict)
    """The statements outside nodes."""
    nodes: list[ReadNode] = field(default_factory=list)
    called: list[tuple[str, ...]] = field(default_factory=list)
    """Commands that would have run."""

    def of(self, kind: str) -> list[ReadNode]:
        return [node for node in self.nodes if node.kind == kind]

    def one(self, kind: str) -> ReadNode:
        (node,) = self.of(kind)
        return node


def read_script(script: bytes, tclsh: Path) -> ReadScript:
    """The script as Tcl reads it; a script that is no Tcl fails the test."""
    run = subprocess.run([tclsh, READER], input=script, capture_output=True, check=False, timeout=60)
    assert (run.returncode, run.stderr) == (0, b""), run.stderr.decode(errors="replace")
    read = ReadScript()
    for line in run.stdout.decode("ascii").splitlines():
        kind, *words = line.split(" ")
        texts = ["" if word == "-" else bytes.fromhex(word[1:]).decode() for word in words]
        _take(read, kind, texts)
    return read


def _take(read: ReadScript, kind: str, texts: list[str]) -> None:
    if kind == "NODE":
        read.nodes.append(ReadNode(texts[0]))
    elif kind == "CALLED":
        read.called.append(tuple(texts))
    elif kind == "USER":
        assert texts[1] not in read.nodes[-1].user_knobs, f"the knob {texts[1]} is added twice"
        read.nodes[-1].user_knobs[texts[1]] = (texts[0], *texts[2:])
    elif kind == "META":
        assert texts[0] == "set"
        assert texts[1] not in read.nodes[-1].metadata
        read.nodes[-1].metadata[texts[1]] = Text(texts[2], texts[3])
    elif read.nodes:
        assert texts[0] not in read.nodes[-1].knobs, f"the knob {texts[0]} is set twice"
        read.nodes[-1].knobs[texts[0]] = Text(texts[1], texts[2])
    else:
        read.head[texts[0]] = texts[1]


def keys(curve: str) -> dict[int, str]:
    """Frame → number of a curve such as `{curve K x1001 0.5 0.6 x1005 0.4}`."""
    return dict(_keys(curve))


def _keys(curve: str) -> Iterator[tuple[int, str]]:
    assert curve.startswith("{curve K ")
    assert curve.endswith("}")
    words = iter(curve[len("{curve K ") : -1].split(" "))
    frame: int | None = None
    for word in words:
        if word.startswith("x"):
            frame = int(word[1:])
            word = next(words)
        assert frame is not None, "the first number has no frame"
        yield frame, word
        frame += 1
