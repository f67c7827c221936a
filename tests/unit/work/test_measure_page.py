"""The report page: one file that opens anywhere, whatever the clips are called."""

from __future__ import annotations

import base64
import hashlib
import io
import re
import tracemalloc
from array import array
from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree, html
from PIL import Image

from tests.clips import GENERATED, clip
from tests.hostile import hostile_clips, texts
from turnover.core.clip import Clip, Segment
from turnover.core.measurement import Gate, Measurement
from turnover.core.ranges import FrameRange
from turnover.core.rate import Rate
from turnover.core.series import Series
from turnover.errors import ProbeError
from turnover.work.look import Failed
from turnover.work.measure_page import ClipOnPage, pages

INJECTED = "</script></style><script>alert(1)</script><img src=x onerror=alert(1)>\"'&amp;]]>-->"
FLICKER = Gate("flicker", "fail", 0.5, 0.3, "light flickers by 0.50 %", (FrameRange(3, 9),))
STATIC = Gate("static", "warn", 0.02, 0.05, "hardly anything moves")
SHARP = Gate("blurred", "pass", 0.2, 0.6, "sharp enough")


def entry(
    one: Clip | None = None,
    *gates: Gate,
    quality: float | None = 0.75,
    strip: bytes | None = None,
    series: Iterable[Series] = (),
    failure: ProbeError | None = None,
) -> ClipOnPage:
    """A clip of 48 frames with a curve of its own."""
    motion = Series.of("motion_score", [None, *(frame / 48 for frame in range(1, 48))])
    measured = Measurement("0" * 64, "metrics-1", 48, (motion, *series), quality_score=quality, sizes=((1280, 720),))
    return ClipOnPage(one or clip(), None if failure else measured, gates, strip, failure)


def page(*entries: ClipOnPage | Failed) -> bytes:
    return b"".join(pages(entries))


def read(*entries: ClipOnPage | Failed) -> html.HtmlElement:
    """The page as a browser reads it."""
    return html.fromstring(page(*entries).decode())


def words(element: html.HtmlElement) -> str:
    """Its texts, single spaces between and in them."""
    return " ".join(" ".join(map(str, element.itertext())).split())


def strip_of(width: int = 240, height: int = 20) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), "teal").save(out, "JPEG")
    return out.getvalue()


# -------------------------------------------------------------------------------------------------------- content


def test_one_clip_is_told_whole() -> None:
    """Name, facts, recipe, score, gates with their sentences and curves of a clip all stand on the page."""
    (article,) = read(entry(clip(generation=GENERATED), FLICKER, STATIC, SHARP, strip=strip_of())).findall(".//article")
    told = words(article)
    for part in (
        "shot_010.mp4", "1280×720 · 24 fps · 48 frames · 2.00 s · h264 yuv420p", "quality 0.75",
        "ComfyUI", "wan2.2_t2v.safetensors", str(2**64 - 1), "detail 0.80", "[exec rm -rf /]",
        "fail flicker light flickers by 0.50 %", "warn static hardly anything moves", "1 passed",
        "blurred sharp enough", "motion_score", "0.50 0.02 – 0.98",
    ):  # fmt: skip
        assert part in told
    assert "off" not in told.split()
    assert article.get("data-state") == "fail"
    assert [image.get("alt", "")[:8] for image in article.iter("img")] == ["Pictures"]


def test_the_summary_counts() -> None:
    """The top counts clips by state and tags by level."""
    root = read(
        entry(clip(), FLICKER),
        entry(clip(), FLICKER, STATIC),
        entry(clip(), STATIC, quality=None),
        entry(clip(), SHARP),
        entry(clip(), quality=0.1),
        entry(failure=ProbeError("the decoder stopped")),
        Failed(Path("/show/notes.mp4"), ProbeError("no video", hint="remove it")),
    )
    (top,) = root.find_class("summary")
    (tiles,) = top.find_class("tiles")
    assert [words(tile) for tile in tiles] == ["2 fail", "2 broken", "1 warn", "1 pass", "1 not judged"]
    (tags,) = top.find_class("tags")
    assert [words(row) for row in tags.iter("tr")][1:] == ["flicker 2", "static 2"]
    (histogram,) = top.find_class("histogram")
    assert histogram.find("svg").get("aria-label") == "Clips by quality. 0.10 to 0.15: 1, 0.75 to 0.80: 3"
    assert words(histogram).endswith("2 without a score")


def test_files_that_failed_are_named_with_their_reason() -> None:
    """A file that did not open, and a clip that was not measured, are listed with reason and next step."""
    failed = Failed(Path("/show/notes.mp4"), ProbeError("it begins with text", hint="give it its own suffix"))
    root = read(failed, entry(failure=ProbeError("the decoder stopped")))
    rows = [words(row) for row in root.findall(".//section[@class='broken']//tbody/tr")]
    assert rows == [
        "/show/notes.mp4 it begins with text → give it its own suffix", "shot_010.mp4 the decoder stopped"
    ]  # fmt: skip
    (article,) = root.findall(".//article")
    assert "the decoder stopped" in words(article)


def test_no_clips() -> None:
    """Nothing measured is said in a sentence, without tables and controls."""
    root = read()
    assert "No clips were found" in words(root)
    assert not root.findall(".//table")
    assert not root.findall(".//form")


def test_names_are_relative_to_the_folder_that_was_named() -> None:
    """One folder named shortens every name, also of what failed; without one a clip is named from its own."""
    one = clip("/show/sq/a.mp4")
    failed = Failed(Path("/show/sq/b.mp4"), ProbeError("no video"))
    text = b"".join(pages([entry(one), failed], roots=[Path("/show")])).decode()
    assert ("<bdi>sq/a.mp4</bdi>" in text, "<bdi>sq/b.mp4</bdi>" in text) == (True, True)
    assert "<bdi>a.mp4</bdi>" in page(entry(one)).decode()


def test_pictures_that_are_no_photographs() -> None:
    """A clip whose quality cannot be judged has no number, and says why."""
    one = entry(clip(), SHARP, quality=None)
    assert one.measurement is not None
    root = read(replace(one, measurement=replace(one.measurement, is_photographic=False)))
    (article,) = root.findall(".//article")
    assert ("not a photograph" in words(article), article.get("data-quality")) == (True, None)


# ------------------------------------------------------------------------------------------------------ one file


def test_nothing_is_fetched() -> None:
    """The page has no address in it: pictures are part of it, and links stay inside."""
    given_strip = strip_of()
    text = page(entry(clip(), FLICKER, strip=given_strip), entry(clip())).decode()
    assert re.findall(r"https?:|//[a-z]", re.sub(r"base64,[^\"]*", "", text).replace("// ", "")) == []
    root = html.fromstring(text)
    addresses = [str(e.get(key)) for e in root.iter() for key in ("src", "href", "srcset", "action") if key in e.attrib]
    assert addresses
    assert all(address.startswith(("#", "data:")) for address in addresses)
    pictures = [image.get("src", "").partition("base64,")[2] for image in root.iter("img")]
    assert [base64.b64decode(one) for one in pictures] == [given_strip]


def test_the_policy_allows_this_script_only() -> None:
    """The content security policy carries the hash of the one script that the page has."""
    root = read(entry(), entry())
    (script,) = root.findall(".//script")
    assert script.text
    digest = base64.b64encode(hashlib.sha256(script.text.encode()).digest()).decode()
    (policy,) = (m.get("content", "") for m in root.iter("meta") if m.get("http-equiv") == "Content-Security-Policy")
    assert policy.startswith(
        f"default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-{digest}'"
    )
    scripted = [key for element in root.iter() for key in map(str, element.keys()) if key.startswith("on")]
    assert scripted == []


def test_a_filmstrip_that_is_no_jpeg() -> None:
    """Bytes that are no JPEG do not reach the page."""
    assert read(entry(strip=b"<svg onload=alert(1)>")).findall(".//img") == []


def test_the_same_clips_give_the_same_bytes() -> None:
    """Twice the same input is twice the same page."""
    entries = (entry(clip(generation=GENERATED), FLICKER, STATIC), Failed(Path("/x.mp4"), ProbeError("no")))
    assert page(*entries) == page(*entries)


def test_memory_stays_flat() -> None:
    """Twenty times as many clips need no more memory: they do not stay."""
    strip = bytes.fromhex("ffd8ff") + bytes(200_000)

    def most(count: int) -> int:
        tracemalloc.start()
        size = sum(map(len, pages(entry(clip(f"/show/{n}.mp4"), FLICKER, strip=strip) for n in range(count))))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert size > count * 200_000
        return peak

    most(1)  # what is loaded once
    assert most(40) < most(2) + 500_000


# ------------------------------------------------------------------------------------------------- hostile values


def parsed_strictly(text: str) -> etree._Element:
    """The page as XML, style and script left out: no tag may be left open, no attribute unquoted."""
    bare = re.sub(r"<(style|script)>.*?</\1>", "", text, flags=re.DOTALL)
    return etree.fromstring(bare.encode(), etree.XMLParser(resolve_entities=False, huge_tree=True))


@given(hostile_clips(), texts, texts)
def test_any_text_stays_text(one: Clip, sentence: str, hint: str) -> None:
    """Whatever names, recipes and sentences hold, the page keeps its own elements and is well formed."""
    one = replace(one, status=sentence, failure_tags=(hint,))
    gate = Gate(hint, "fail", None, None, sentence, (FrameRange(0, 1),))
    hostile_page = page(entry(one, gate), entry(one, failure=ProbeError(sentence, hint=hint))).decode()
    root = parsed_strictly(hostile_page)
    tame = page(entry(replace(one, path=Path("/show/x")), gate), entry(one, failure=ProbeError("x"))).decode()
    names = {element.tag for element in root.iter()}
    assert names <= {element.tag for element in parsed_strictly(tame).iter()} | {"p", "dl", "dt", "dd", "section"}
    assert hostile_page.count("<script") == 1


def test_markup_in_every_text() -> None:
    """Markup in names, prompts, sentences and reasons is shown as it is written and does nothing."""
    made = replace(GENERATED, tool=INJECTED, prompt=INJECTED)
    one = replace(clip("/show/" + INJECTED.replace("/", ":") + ".mp4", generation=made), status=INJECTED)
    gate = Gate(INJECTED, "fail", float("nan"), float("inf"), INJECTED, (FrameRange(0, 1),))
    error = ProbeError(INJECTED, hint=INJECTED)
    root = read(entry(one, gate), entry(one, failure=error), Failed(Path("/" + INJECTED), error))
    assert len(root.findall(".//script")) == 1
    assert root.findall(".//img") == []
    assert words(root.findall(".//article")[0]).count("<script>alert(1)</script>") >= 4


def test_marks_that_turn_text_around() -> None:
    """Marks of direction, controls and halves of characters become signs that are seen."""
    told = words(read(entry(clip("/show/a\u202egpj.exe\u2066\x1b\x9b\ud800.mp4"))))
    assert "a�gpj.exe�␛��.mp4" in told


def test_texts_without_end() -> None:
    """Long prompts, sentences and lists are cut, so that one clip cannot fill the page."""
    made = replace(GENERATED, prompt="word " * 100_000, loras=GENERATED.loras[:1] * 500)
    ranges = tuple(FrameRange(2 * n, 2 * n + 1) for n in range(20_000))
    gate = Gate("flicker", "fail", 1.0, 0.3, "x" * 100_000, ranges)
    text = page(entry(clip(generation=made), gate))
    assert len(text) < 60_000
    assert "and 492 more" in text.decode()


# --------------------------------------------------------------------------------------------------- a page for all


def test_headings_go_down_step_by_step() -> None:
    """There is one first heading, no level is left out, and each article is named by its own."""
    root = read(entry(clip(), FLICKER), entry(clip("/show/b.mp4")), Failed(Path("/x"), ProbeError("no")))
    levels = [int(element.tag[1]) for element in root.iter("h1", "h2", "h3", "h4")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    for article in root.findall(".//article"):
        (heading,) = article.findall(".//h3")
        assert article.get("aria-labelledby") == heading.get("id")


def test_every_picture_and_drawing_has_words() -> None:
    """Each drawing is named or hidden from those who cannot see it, and every reference has its target."""
    root = read(entry(clip(), FLICKER, STATIC, SHARP, strip=strip_of()), entry())
    for drawing in (*root.iter("svg"), *root.iter("img")):
        assert drawing.get("aria-label") or drawing.get("alt") or drawing.get("aria-hidden") == "true"
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    assert {element.get("href", "")[1:] for element in root.iter("use", "a")} <= set(ids)


def test_rows_and_clips_come_in_one_order() -> None:
    """The overview has a row for each clip in the order of the clips; the script relies on it."""
    names = [f"/show/{name}.mp4" for name in "cab"]
    root = read(*(entry(clip(name)) for name in names))
    (overview,) = root.find_class("overview")
    links = [link.get("href") for link in overview.iter("a")]
    assert links == [f"#{article.get('id')}" for article in root.findall(".//article")]
    assert [words(link) for link in overview.iter("a")] == ["c.mp4", "a.mp4", "b.mp4"]


def _luminance(colour: str) -> float:
    """WCAG 2.2, relative luminance of #rrggbb."""
    parts = (int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5))
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_contrast_of_every_text_colour(theme: int) -> None:
    """Each colour of text keeps 4.5 to 1 on every ground it stands on (WCAG 2.2, 1.4.3), curves 3 to 1 (1.4.11)."""
    style = str(read(entry()).findtext(".//style"))
    block = re.findall(r":root \{(.*?)\}", style, re.DOTALL)[theme]
    colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", block))

    def contrast(front: str, back: str) -> float:
        light, dark = sorted((_luminance(colours[front]), _luminance(colours[back])), reverse=True)
        return (light + 0.05) / (dark + 0.05)

    for ground in ("page", "card"):
        for text in ("text", "quiet", "pass", "warn", "fail", "unknown", "link"):
            assert contrast(text, ground) >= 4.5, (text, ground)
    for ground in ("well", "fail-wash", "warn-wash"):
        assert contrast("line", ground) >= 3, ground


# --------------------------------------------------------------------------------------------------------- curves


def test_curves_share_one_axis() -> None:
    """Every drawing is as wide as the clip has frames; flagged frames and seams lie behind each of them."""
    segments = (Segment(FrameRange(0, 20), 0), Segment(FrameRange(20, 48), 1))
    seam = Series.of("boundary_ssim", [None] * 19 + [0.9, 0.9])
    root = read(entry(replace(clip(), segments=segments), FLICKER, series=[seam]))
    (table,) = root.find_class("series")
    drawings = [d for d in table.iter("svg") if d.get("viewbox") or d.get("viewBox")]
    assert {d.get("viewbox") or d.get("viewBox") for d in drawings} == {"0 0 48 100"}
    (band,) = table.find_class("band")
    assert (band.get("x"), band.get("width")) == ("3", "6")
    (line,) = table.find_class("seam")
    assert line.get("x1") == "20"
    assert [use.get("href") for use in table.iter("use") if "marks" in use.get("href", "")] == ["#marks-1"]


def test_clip_of_no_known_rate() -> None:
    """Without a rate the axis counts frames, and no length in seconds is made up."""
    root = read(entry(clip(rate=None)))
    (axis,) = root.find_class("axis")
    assert [words(tick) for tick in axis] == ["0", "10", "20", "30", "40"]
    assert " s " not in words(root.find_class("facts")[0])


def test_seconds_stand_over_the_frame_that_shows_then() -> None:
    """At 23.976 frames per second frame 23 is still shown when one second has passed."""
    (axis,) = read(entry(clip(rate=Rate(24000, 1001)))).find_class("axis")
    assert [words(tick) for tick in axis] == ["0 s 0", "0.5 s 11", "1 s 23", "1.5 s 35"]


@pytest.mark.parametrize("count", [0, 1])
def test_clips_without_a_second_frame(count: int) -> None:
    """A clip of one frame, and one of none, have their place on the page."""
    measured = Measurement("0" * 64, "m", count, (Series.of("luma_mean", [100.0] * count),))
    root = read(ClipOnPage(clip(frames=count or None), measured, (), None, None))
    assert len(root.find_class("dots")) == count


def test_numbers_past_every_scale() -> None:
    """A curve stays inside its drawing, whatever numbers came."""
    wild = Series("quality_metric", array("d", [-1.7e308, 1.7e308, 0.5, float("inf")]))
    ((line,),) = ([p for p in read(entry(series=[wild])).find_class("line") if "quality" in p.get("class", "")],)
    assert line.get("d") == "M0.5 100 1.5 0 2.5 50"


@given(st.integers(0, 10**7), st.integers(1, 10**6))
def test_ticks_lie_inside(frame_count: int, rate: int) -> None:
    """Ticks stand inside the clip, from its first frame on, and are few."""
    from turnover.work.measure_page_curves import axis

    places = re.findall(r"left:([\d.]+)%", axis(frame_count + 1, Rate(rate, 1001)))
    assert 1 <= len(places) <= 7
    assert float(places[0]) == 0
    assert all(float(place) <= 100 for place in places)
