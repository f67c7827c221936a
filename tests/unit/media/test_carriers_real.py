"""The texts of real files: a table looked through by eye, and ExifTool's word for them."""

from __future__ import annotations

import hashlib
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from turnover.core.carrier import Carrier
from turnover.core.clip import JsonValue
from turnover.media.carriers import carriers

if TYPE_CHECKING:
    from tests.conftest import Golden, Tool

FOLDERS = ("comfy_image", "comfy_video", "derived", "faces", "other_tools", "provenance", "technical")
# ExifTool's groups of texts that it shows as they stand; it takes XMP and C2PA apart.
GROUPS = ("PNG:", "Keys:", "ItemList:", "UserData:", "Matroska:", "IFD0:", "ExifIFD:", "Flash:")
SHORTEST = 60


def files(shared_media: Path) -> Iterator[Path]:
    for folder in FOLDERS:
        yield from sorted((shared_media / folder).iterdir())


def row(file: Path, shared_media: Path, carrier: Carrier) -> str:
    digest = hashlib.sha256(carrier.text.encode()).hexdigest()[:16]
    named = (file.relative_to(shared_media).as_posix(), carrier.place, carrier.key)
    return "\t".join((*named, str(len(carrier.text)), digest))


def test_table(shared_media: Path, golden: Golden) -> None:
    """Place, name, length and digest of each text of each file."""
    rows = [row(file, shared_media, carrier) for file in files(shared_media) for carrier in carriers(file)]
    golden("carriers_of_real_files.tsv", "".join(f"{line}\n" for line in rows).encode())


def test_graphs_are_json(shared_media: Path) -> None:
    """Every graph is JSON up to its last sign, but for two in which the file itself has NUL over a sign."""
    broken = []
    for file in files(shared_media):
        for carrier in carriers(file):
            head, _, graph = carrier.text.strip("\0").partition(":")
            is_prefixed = head in ("prompt", "workflow")
            if is_prefixed or carrier.key.lower() in ("prompt", "workflow", "wflo"):
                try:
                    json.loads(graph if is_prefixed else carrier.text)
                except ValueError:
                    broken.append((file.name, carrier.place))
    assert broken == [("v1_robot.webp", "EXIF without an entry"), ("wan2.1_flf2v_720_f16.webp", "EXIF Model")]


def test_as_exiftool_says(shared_media: Path, tool: Tool) -> None:
    """Every long text that ExifTool shows is among ours, sign for sign; NUL ends a text for it."""
    paths = [str(file.relative_to(shared_media)) for file in files(shared_media)]
    command = [str(tool("exiftool")), "-b", "-G1", "-a", "-j", *paths]
    done = subprocess.run(command, cwd=shared_media, capture_output=True, check=False)
    reports: list[dict[str, JsonValue]] = json.loads(done.stdout)
    assert paths == [report["SourceFile"] for report in reports]
    shown = [pair for report in reports for pair in long_texts(report)]
    ours = {path: {carrier.text.partition("\0")[0] for carrier in carriers(shared_media / path)} for path in paths}
    assert [(path, text[:80]) for path, text in shown if text not in ours[path]] == []
    assert len(shown) > 60


def long_texts(report: dict[str, JsonValue]) -> Iterator[tuple[str, str]]:
    """File and text of what ExifTool does not rewrite by its meaning, as it does with places on earth."""
    path = str(report["SourceFile"])
    for tag, text in report.items():
        if not isinstance(text, str) or len(text) < SHORTEST or text.startswith("base64:"):
            continue
        if tag.startswith(GROUPS) and not tag.endswith(("Coordinates", "LocationInformation")):
            yield path, text
