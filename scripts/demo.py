"""The main job on real files: look, measure, write sidecars and a dataset, read both back. `make demo` runs it."""

from __future__ import annotations

import argparse
import csv
import io
import json
import math
import os
import re
import shutil
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

from lxml import etree
from pyarrow import parquet

REPOSITORY = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(REPOSITORY))

from tests.comfy import comfy_tags  # noqa: E402  # the recipes stand beside the tests
from tests.recipes import NTSC_30, REC709, Recipe  # noqa: E402
from tests.videos import broken, write  # noqa: E402
from turnover.core.rate import Rate  # noqa: E402

FOLDER = REPOSITORY / "demo"
TEMPLATES = (
    "nuke-script", "resolve-fcpxml", "resolve-metadata-csv", "premiere-xml", "after-effects-mgjson", "frames-csv",
    "clip-json", "nuke-xml", "after-effects-csv",
)  # fmt: skip
TURNOVER = Path(sys.executable).with_name("turnover")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clips", type=Path, help="a folder of your own clips; nothing is written beside them")
    own = parser.parse_args().clips
    out = FOLDER / "sidecars"
    shutil.rmtree(out, ignore_errors=True)
    environment = {**os.environ, "TURNOVER_DATA": str(FOLDER / "data")}
    clips = made_clips() if own is None else own.expanduser().absolute()
    if not clips.exists():
        sys.stderr.write(f"{clips}: no such folder\n")
        return 2

    step("1. Look at the clips", run("turnover", clips, environment=environment))
    report = FOLDER / "report.html"
    step("2. Measure them", run("turnover", "measure", clips, "--report", report, environment=environment))
    names = [word for template in TEMPLATES for word in ("-t", template)]
    step("3. Write sidecars", run("turnover", "sidecar", clips, *names, "--out", out, environment=environment, shown=6))
    combined = ("-t", "resolve-fcpxml", "-t", "edl", "--combine", "--out", out, "--set", "timeline_rate=24")
    step("4. One timeline for all of them", run("turnover", "sidecar", clips, *combined, environment=environment))
    dataset = FOLDER / "dataset.zip"
    recipe = FOLDER / "recipe.json"
    recipe.write_text(json.dumps({"caption_fallback": "a clip"}), encoding="utf-8")
    words = ("--out", dataset, "--splits", "train=80,test=20", "--recipe", recipe, "--overwrite")
    step("5. Make a dataset", run("turnover", "dataset", clips, *words, environment=environment))
    step("6. Compare every byte of it", run("turnover", "verify", dataset, environment=environment))
    print("\n7. Read all of it back with other readers\n")
    problems = read_back(out) + read_dataset(dataset)
    print(f"\nClips:    {clips}\nReport:   {report}\nSidecars: {out}\nDataset:  {dataset}")
    print("Now try:  open a .nk in Nuke, import a .resolve.fcpxml into Resolve, a .premiere.xml into Premiere.")
    if own is None:
        print("Your own: make demo CLIPS=/path/to/folder")
    return 1 if problems else 0


def made_clips() -> Path:
    """Clips as AI tools leave them: ComfyUI's recipe inside, a face, odd rates, a timecode, one broken."""
    folder = FOLDER / "clips"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    plain = Recipe(width=320, height=192, frames=48, colour=REC709)
    for index, (rate, colour) in enumerate(((16, None), (16, REC709), (24, REC709)), start=1):
        tags = comfy_tags(f"a red kite over the harbour, take {index}", 2**63 + index, loras=[("kite_style", 0.8)])
        drawn = replace(plain, rate=Rate(rate), colour=colour, picture="landscape")
        write(replace(drawn, name=f"harbour_{index:03}.mp4", tags=tags, use_metadata_tags=True), folder)
    write(replace(plain, name="Mara close-up.mp4", rate=Rate(25), picture="face", audio=True), folder)
    write(replace(plain, name="plate_010.mov", rate=NTSC_30, timecode="01:00:00;00", reel="A001"), folder)
    broken(folder, "cut_off.mp4")
    write_values(folder / "harbour_003.mp4", 48)
    return folder


def write_values(clip: Path, frames: int) -> None:
    """What a generating platform hands over beside a clip: its values and numbers per frame."""
    values = {
        "prompt": 'a red kite over the harbour, "golden hour"', "seed": "9223372036854775811",
        "model": "wan2.2_t2v_14B", "lora_weights": {"kite_style": 0.8}, "character": "Mara", "scene_type": "walk",
        "quality_score": 0.82,
        "markers": [{"name": "gust", "start": 20, "stop": 26, "color": "red", "comment": "the kite folds"}],
    }  # fmt: skip
    clip.with_suffix(".json").write_text(json.dumps(values, indent=2), encoding="utf-8")
    rows = [(frame, 0.9 - 0.5 * (20 <= frame < 26), abs(math.sin(frame / 6))) for frame in range(frames)]
    text = "frame,face_confidence,motion_score\n" + "".join(f"{f},{a:.4f},{b:.4f}\n" for f, a, b in rows)
    clip.with_name(clip.stem + ".frames.csv").write_text(text, encoding="utf-8")


def run(*words: str | Path, environment: dict[str, str], shown: int | None = None) -> str:
    """The command and what it prints; of long lists only the first lines."""
    command = [str(TURNOVER), *map(str, words[1:])]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    if done.returncode not in (0, 1):
        raise SystemExit(done.stderr)
    lines = done.stdout.splitlines()
    if shown is not None and len(lines) > shown:
        rest = [line for line in lines if "written" in line]
        lines = [*lines[:shown], f"… {len(lines) - shown} more lines", *rest]
    typed = " ".join(f"'{word}'" if " " in str(word) else str(word) for word in words).replace(
        str(REPOSITORY) + "/", ""
    )
    return "\n".join([f"$ {typed}", *lines, done.stderr.rstrip()]).replace(str(REPOSITORY) + "/", "").rstrip()


def step(heading: str, text: str) -> None:
    print(f"\n{heading}\n\n{text}")


def read_back(folder: Path) -> int:
    """Read every sidecar with a reader that is not this program's; count those that it refuses."""
    problems = 0
    kinds: dict[str, int] = {}
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        kind = "".join(path.suffixes[-2:]) if path.suffix in (".csv", ".xml", ".fcpxml", ".json") else path.suffix
        try:
            readable(path)
            kinds[path.suffix] = kinds.get(path.suffix, 0) + 1
        except (ValueError, etree.XMLSyntaxError, csv.Error) as error:
            problems += 1
            print(f"✗ {path.name} ({kind}): {error}")
    for suffix, count in sorted(kinds.items()):
        print(f"✓ {count:3} {suffix:<9} {READERS.get(suffix, ('', 'not empty'))[1]}")
    return problems


def read_dataset(path: Path) -> int:
    """Read the archive with Python's own reader and its tables with pyarrow; count what disagrees."""
    if not path.exists():
        print(f"✗ {path.name} was not written")
        return 1
    problems = 0
    with zipfile.ZipFile(path) as archive:
        damaged = archive.testzip()
        manifest = json.loads(archive.read("manifest.json"))
        for split, samples in manifest["splits"].items():
            if samples:
                table = parquet.read_table(io.BytesIO(archive.read(f"data/{split}/metadata.parquet")))
                problems += table.num_rows != len(samples)
    problems += damaged is not None or manifest["version"] != "1.0"
    counts = ", ".join(f"{split} {len(samples)}" for split, samples in manifest["splits"].items())
    print(f"{'✗' if problems else '✓'} {manifest['total_samples']:3} samples   {counts} (zipfile, pyarrow)")
    return problems


def readable(path: Path) -> None:
    """Raise where an independent parser refuses the file."""
    content = path.read_bytes()
    if not content:
        raise ValueError("it is empty")
    how = READERS.get(path.suffix, ("", ""))[0]
    if how == "xml":
        etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True))
    elif how == "json":
        json.loads(content, parse_constant=_no_constant)
    elif how == "edl":
        lines = content.decode().splitlines()
        if not lines[0].startswith("TITLE:") or not all(EDL_LINE.match(line) for line in lines):
            raise ValueError("a line is none of an edit list's")
    elif how == "nk":
        if content.count(b"{") - content.count(b"\\{") != content.count(b"}") - content.count(b"\\}"):
            raise ValueError("its braces do not match")
    elif how == "csv":
        text = content.decode("utf-16" if content.startswith(b"\xff\xfe") else "utf-8")
        widths = {len(row) for row in csv.reader(io.StringIO(text, newline=""), strict=True)}
        if len(widths) != 1:
            raise ValueError(f"rows of {sorted(widths)} cells")


def _no_constant(token: str) -> float:
    raise ValueError(f"{token} is no JSON")


EDL_LINE = re.compile(r"TITLE: |FCM: |\*|\d{3,} +\w+ +(V|A|AA|AA/V|B) +C +(\d\d[:;]){3}\d\d| |$")
READERS = {
    ".xml": ("xml", "well-formed XML (lxml)"),
    ".fcpxml": ("xml", "well-formed XML (lxml)"),
    ".json": ("json", "JSON (json)"),
    ".mgjson": ("json", "JSON (json)"),
    ".edl": ("edl", "every line is one of an edit list"),
    ".nk": ("nk", "its braces match"),
    ".csv": ("csv", "every row equally wide (csv)"),
}

if __name__ == "__main__":
    sys.exit(main())
