"""mgJSON, read back by a program in another language and held against Adobe's schema."""

from __future__ import annotations

import json
import math
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import jsonschema
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.clips import GENERATED, clip, job, sheet, view, written
from tests.conftest import Golden, Tool
from turnover.core.clip import Clip, JsonValue
from turnover.core.rate import Rate
from turnover.core.series import Series
from turnover.errors import RefusedError
from turnover.sidecars.builtin import builtin_template
from turnover.sidecars.template import render
from turnover.sidecars.text import clean, single_line
from turnover.sidecars.values import fixed
from turnover.sidecars.writer import Meta, OptionValue, Sheet
from turnover.sidecars.writers.mgjson import WRITER

READER = Path(__file__).parents[3] / "readers" / "mgjson_reader.mjs"
LARGEST = 2**31

RATES = tuple(
    Rate(n, d)
    for n, d in (
        (8, 1), (25, 2), (16, 1), (24000, 1001), (24, 1), (25, 1), (30000, 1001), (30, 1), (50, 1), (60000, 1001),
        (60, 1), (179, 6), (87169000, 2905633),
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ReadStream:
    """One stream as the reader gives it."""

    label: str
    match_name: str
    interpolation: str
    samples: tuple[tuple[int, float], ...]
    """(milliseconds, number)."""


@dataclass(frozen=True, slots=True)
class ReadDocument:
    statics: Mapping[str, JsonValue]
    streams: tuple[ReadStream, ...]

    @property
    def samples(self) -> tuple[tuple[int, float], ...]:
        """The samples of the only stream."""
        (stream,) = self.streams
        return stream.samples


@pytest.fixture(scope="session")
def node(tool: Tool) -> Path:
    return tool("node")


def read_document(document: bytes, node: Path) -> ReadDocument:
    """The document as the reader in JavaScript sees it; what breaks a rule fails the test."""
    run = subprocess.run([node, READER], input=document, capture_output=True, check=False, timeout=120)
    assert run.returncode == 0, run.stderr.decode()
    found = json.loads(run.stdout)
    labels = [static["label"] for static in found["statics"]]
    assert len(set(labels)) == len(labels)
    return ReadDocument(
        {static["label"]: static["value"] for static in found["statics"]},
        tuple(
            ReadStream(s["label"], s["matchName"], s["interpolation"], tuple(zip(s["times"], s["values"], strict=True)))
            for s in found["streams"]
        ),
    )


def document_of(node: Path, one: Sheet, **options: OptionValue) -> ReadDocument:
    return read_document(written(WRITER, one, title="shot", **options), node)


def warnings_of(one: Sheet) -> list[str]:
    asked = job(WRITER, one)
    for _ in WRITER.write(asked):
        pass
    return list(asked.findings.warnings)


def test_only_a_name(node: Path) -> None:
    """A clip about which nothing is known gives a document with its name and no dynamic part."""
    document = written(WRITER, sheet(clip()))

    assert list(json.loads(document)) == ["version", "creator", "dynamicSamplesPresentB", "dataOutline"]
    assert read_document(document, node) == ReadDocument({"File name": "shot_010.mp4"}, ())


def test_generated_clip(node: Path, golden: Golden) -> None:
    """Text stays text, numbers are numbers, and each known number of a series is a sample at its frame's time."""
    one = sheet(
        clip(
            rate=Rate(24000, 1001), generation=GENERATED,
            series={"face_confidence": [0.5, None, 0.75, 1], "motion_score": [-12.25, 3]},
        ),
        {"Prompt": GENERATED.prompt, "Seed": GENERATED.seed, "Steps": 30, "CFG": 5.5, "Zoom": -0.25, "Tags": ["a"]},
    )  # fmt: skip
    document = written(WRITER, one)

    golden("after_effects_generated_clip.mgjson", document)
    assert read_document(document, node) == ReadDocument(
        {
            "File name": "shot_010.mp4", "Prompt": GENERATED.prompt, "Seed": "18446744073709551615", "Steps": 30,
            "CFG": 5.5, "Zoom": -0.25, "Tags": "['a']",
        },
        (
            ReadStream("face_confidence", "faceconfidence", "hold", ((0, 0.5), (83, 0.75), (125, 1.0))),
            ReadStream("motion_score", "motionscore", "hold", ((0, -12.25), (41, 3.0))),
        ),
    )  # fmt: skip


@pytest.mark.parametrize("rate", RATES, ids=str)
def test_a_sample_never_comes_after_its_frame(node: Path, rate: Rate) -> None:
    """Each time is its frame's own, floored to a millisecond, exactly."""
    count = 1000
    read = document_of(node, sheet(clip(rate=rate, frames=count, series={"i": list(range(count))})), decimals=0)

    assert read.samples == tuple((math.floor(rate.seconds(i) * 1000), float(i)) for i in range(count))


def test_longer_than_a_day(node: Path) -> None:
    """Times go past midnight, and blocks of samples leave no trace."""
    count = 800_000
    values = [None] * (count - 3) + [1.0, 2.0, 3.0]
    read = document_of(node, sheet(clip(rate=Rate(8), frames=count, series={"i": values})))

    assert read.samples == tuple((math.floor(Fraction(count - 3 + i, 8) * 1000), 1.0 + i) for i in range(3))
    assert read.samples[0][0] > 24 * 60 * 60 * 1000


def test_many_samples(node: Path) -> None:
    """A stream of several blocks comes back whole, in pieces of a size."""
    values = [i / 8 for i in range(50_000)]
    one = sheet(clip(frames=50_000, series={"i": values}))
    pieces = list(WRITER.write(job(WRITER, one)))

    read = read_document(b"".join(pieces), node)

    assert read.samples == tuple((i * 1000 // 24, value) for i, value in enumerate(values))
    assert min(map(len, pieces[:-1])) >= 1 << 16
    assert b"".join(pieces) == written(WRITER, one)


numbers = st.floats(-LARGEST, LARGEST) | st.floats(-2, 2) | st.integers(-3, 3).map(float) | st.floats(-1e300, 1e300)


@given(values=st.lists(st.none() | numbers, max_size=30), decimals=st.integers(0, 6))
def test_any_series(values: list[float | None], decimals: int, node: Path) -> None:
    """Known numbers that After Effects can read come back, rounded; the others leave no sample."""
    one = sheet(clip(rate=Rate(25), frames=30, series={"q": values}))

    read = document_of(node, one, decimals=decimals)

    kept = [(i * 40, float(fixed(v, decimals))) for i, v in enumerate(values) if v is not None and abs(v) <= LARGEST]
    assert [sample for stream in read.streams for sample in stream.samples] == kept
    lost = sum(v is not None and abs(v) > LARGEST for v in values)
    assert [w for w in warnings_of(one) if "left out" in w] == warnings_of(one)
    assert bool(warnings_of(one)) is bool(lost)


@given(
    texts=st.dictionaries(
        st.text(min_size=1, max_size=20).filter(lambda key: WRITER.key_problem(key) is None),
        st.text() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.booleans(),
        max_size=5,
    ),
    name=st.text(min_size=1).filter(lambda text: "/" not in text and text not in (".", "..")),
)
def test_any_text(texts: dict[str, str | int | float | bool], name: str, node: Path) -> None:
    """Every text comes back clean; numbers come back as numbers where they fit, else as their text."""
    assume("File name" not in texts)
    metas = tuple(
        Meta(key, clean(str(value)), clean(value) if isinstance(value, str) else value) for key, value in texts.items()
    )

    read = document_of(node, Sheet(view(clip(path=f"/show/{name}")), metas))

    def expected(value: str | int | float | bool) -> JsonValue:
        if isinstance(value, str | bool) or abs(value) > LARGEST:
            return clean(str(value))
        return float(fixed(value, 12))

    values = {"File name": single_line(name), **{key: expected(value) for key, value in texts.items()}}
    assert read.statics == values


@pytest.mark.parametrize("value", [2**31, -(2**31), 2**31 + 1, 2**63, 0, 0.1, 1e-7, 1e-20, 23.976, True])
def test_numbers_that_do_not_change(node: Path, value: float | bool) -> None:
    """A number stays a number without an exponent, or becomes text where After Effects could not read it."""
    document = written(WRITER, sheet(clip(), {"n": value}))

    is_number = not isinstance(value, bool) and abs(value) <= LARGEST
    read = read_document(document, node).statics["n"]
    assert read == (float(fixed(value, 12)) if is_number else str(value))
    assert b"e-" not in document


def test_own_file_name(node: Path) -> None:
    """A template that maps the file's name itself gets no second one."""
    assert document_of(node, sheet(clip(), {"File name": "x"})).statics == {"File name": "x"}


def test_names_that_would_be_one(node: Path) -> None:
    """Match names are letters and digits of ASCII, never twice; the labels stay as they are."""
    labels = ("a b", "ab", "A-B", "1st", "車", "🚗", "é_x")
    metas = tuple(Meta(label, "v", "v") for label in labels)
    curves = tuple(Series.of(name, [1.0]) for name in ("ab", "_x"))

    document = written(WRITER, Sheet(view(clip()), metas, (), curves))

    names = [entry["matchName"] for entry in json.loads(document)["dataOutline"]]
    assert names == ["Filename", "ab", "abx2", "ABx3", "m1st", "m", "mx2", "x", "abx4", "xx2"]
    read = read_document(document, node)
    assert list(read.statics) == ["File name", *labels]
    assert [stream.label for stream in read.streams] == ["ab", "_x"]


def test_length_of_text() -> None:
    """Lengths count UTF-16 units, so a sign outside the basic plane counts two."""
    document = json.loads(written(WRITER, sheet(clip(), {"t": "é車🚗"})))

    properties = document["dataOutline"][1]["dataType"]["paddedStringProperties"]
    assert properties == {"maxLen": 4, "maxDigitsInStrLength": 1, "eventMarkerB": False}


def varying(times: Sequence[float | None] | None) -> Clip:
    """A clip whose rate varies, with the times of its frames where somebody read them."""
    return clip(
        rate=None, frames=4, series={"q": [0.0, 1.0, 2.0, 3.0]} | ({} if times is None else {"pts_seconds": times})
    )


def curves_of(one: Clip, *names: str) -> Sheet:
    return replace(sheet(one), curves=tuple(s for s in one.series if s.name in names))


def test_varying_rate(node: Path) -> None:
    """Where the rate varies, samples stand at the times that were read; a frame without a time has no sample."""
    one = curves_of(varying([0.0, 0.58, None, 2.9999]), "q")

    assert document_of(node, one).samples == ((0, 0.0), (580, 1.0), (2999, 3.0))


def test_times_that_were_read_for_some_frames(node: Path) -> None:
    """Frames past the end of the times have no sample."""
    assert document_of(node, curves_of(varying([0.0, 0.1]), "q")).samples == ((0, 0.0), (100, 1.0))


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=4), st.sampled_from([1000, 600, 15360, 90000, 24000]))
def test_times_of_any_time_base(ticks: list[int], base: int) -> None:
    """A time that is exact in the file's time base is floored exactly, though a double holds it."""
    times = sorted(Fraction(tick, base) for tick in ticks)
    one = curves_of(varying([float(time) for time in times]), "q")

    samples = json.loads(written(WRITER, one))["dataDynamicSamples"][0]["samples"]

    milliseconds = [math.floor(time * 1000) for time in times]
    seconds = [
        f"1970-01-01T{m // 3600000:02}:{m // 60000 % 60:02}:{m // 1000 % 60:02}.{m % 1000:03}Z" for m in milliseconds
    ]
    assert [sample["time"] for sample in samples] == seconds


@pytest.mark.parametrize(
    ("one", "code"),
    [
        (varying(None), "variable_frame_rate"),
        (replace(varying(None), probe=clip(rate=None, is_variable_frame_rate=False).probe), "no_frame_rate"),
        (varying([0.0, 2.0, 1.0, 3.0]), "bad_frame_times"),
        (varying([-1.0, 2.0, 3.0, 3.5]), "bad_frame_times"),
    ],
    ids=["nobody read the times", "no rate told", "backwards", "before zero"],
)
def test_refused_before_the_first_piece(one: Clip, code: str) -> None:
    """Curves whose frames have no true times are not written."""
    pieces = WRITER.write(job(WRITER, curves_of(one, "q")))

    with pytest.raises(RefusedError) as refused:
        next(pieces)
    assert refused.value.code == code


def test_varying_rate_without_curves(node: Path) -> None:
    """What does not change needs no times."""
    assert document_of(node, sheet(clip(rate=None, frames=None), {"a": 1})).statics["a"] == 1


def test_linear(node: Path) -> None:
    """A template may ask for ramps between samples."""
    read = document_of(node, sheet(clip(series={"q": [0, 1]})), interpolation="linear")

    assert read.streams[0].interpolation == "linear"


def test_number_that_rounds_to_zero() -> None:
    """Zero has a plus, whatever side it was rounded from."""
    document = written(WRITER, sheet(clip(series={"q": [-0.0000001, 0.0, -0.5]})), decimals=3)

    assert [s["value"] for s in json.loads(document)["dataDynamicSamples"][0]["samples"]] == [
        "+0.000",
        "+0.000",
        "-0.500",
    ]


@pytest.mark.parametrize("key", ["", " ", "a\nb", "a\tb", "a\x00", " a", "x" * 101])
def test_labels_that_are_not(key: str) -> None:
    """A label is one short line."""
    assert WRITER.key_problem(key)


@pytest.mark.parametrize("key", ["Model", "Negative prompt", "車 🚗", "a[b]{c}", "x" * 100])
def test_labels_that_are_fine(key: str) -> None:
    """Anything on one line is a label."""
    assert WRITER.key_problem(key) is None


@pytest.mark.parametrize(
    "one",
    [
        sheet(clip()),
        sheet(clip(), {"Text": "x" * 100_000, "Empty": "", "Number": -1.5, "Large": 2**70}),
        sheet(clip(series={"q": [1.0, None, -2.5], "r": [1e12], "s": [0.0]}), {"Prompt": GENERATED.prompt}),
    ],
    ids=["name", "statics", "streams"],
)
def test_schema(shared_reference: Path, one: Sheet) -> None:
    """Documents follow Adobe's schema, as mended so that it accepts Adobe's own files."""
    schema = json.loads((shared_reference / "mgjson" / "MGJSON_Schema2.0.0.patched.json").read_text())
    validator = jsonschema.Draft4Validator(schema)

    assert [error.message for error in validator.iter_errors(json.loads(written(WRITER, one)))] == []


def test_schema_has_teeth(shared_reference: Path) -> None:
    """The schema refuses a document with the one key spelt as it should have been."""
    schema = json.loads((shared_reference / "mgjson" / "MGJSON_Schema2.0.0.patched.json").read_text())
    document = written(WRITER, sheet(clip(series={"q": [1.0]}))).replace(
        b"hasExpectedFrequecyB", b"hasExpectedFrequencyB"
    )

    assert list(jsonschema.Draft4Validator(schema).iter_errors(json.loads(document)))


@pytest.mark.parametrize("name", ["demo.mgjson", "from-csv.mgjson"])
def test_reader_reads_the_files_of_others(shared_reference: Path, node: Path, name: str) -> None:
    """The reader that judges our documents takes the streams of those After Effects is known to open."""
    document = json.loads((shared_reference / "mgjson" / name).read_text())
    # One of them has ranges that are not what occurs; the times, numbers and counts are what matters here.
    document["dataOutline"] = [entry for entry in document["dataOutline"] if entry["objectType"] == "dataDynamic"]
    for entry in document["dataOutline"]:
        samples = next(s for s in document["dataDynamicSamples"] if s["sampleSetID"] == entry["sampleSetID"])["samples"]
        values = [float(sample["value"]) for sample in samples]
        entry["dataType"]["numberStringProperties"]["range"]["occuring"] = {"min": min(values), "max": max(values)}

    read = read_document(json.dumps(document).encode(), node)

    assert [len(stream.samples) for stream in read.streams] == [e["sampleCount"] for e in document["dataOutline"]]


def test_built_in(node: Path) -> None:
    """The built-in has every series as a stream, and how the clip was made as values with their types."""
    one = clip(rate=Rate(24000, 1001), generation=GENERATED, series={"face_confidence": [0.5], "own_metric": [None, 2]})
    seen = view(replace(one, failure_tags=("flicker", "blur"), quality_score=0.625), shot="sh010")

    rendering = render(builtin_template("after-effects-mgjson"), [seen])
    read = read_document(rendering.content(), node)

    expected = {
        "File name": "shot_010.mp4", "Shot": "sh010", "Model": "wan2.2_t2v.safetensors", "LoRAs": "detail:0.8",
        "Seed": "18446744073709551615", "Prompt": GENERATED.prompt, "Steps": 30, "CFG": 5, "Quality score": 0.625,
        "Failure tags": "flicker, blur", "Width": 1280, "Frame rate": "24000/1001", "Duration": 2.002,
        "Color space": "untagged", "Reel": "shot_010",
    }  # fmt: skip
    assert {label: read.statics.get(label) for label in expected} == expected
    assert {stream.label: stream.samples for stream in read.streams} == {
        "face_confidence": ((0, 0.5),),
        "own_metric": ((41, 2.0),),
    }
    assert list(rendering.findings.warnings) == []
