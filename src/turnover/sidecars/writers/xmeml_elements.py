"""The elements that xmeml describes a clip with (Apple, Final Cut Pro XML Interchange Format, 2009)."""

from __future__ import annotations

from fractions import Fraction

from lxml import etree

from turnover.core.clip import Marker
from turnover.core.probe import AudioStream, VideoStream
from turnover.core.rate import Rate
from turnover.core.timecode import Timecode
from turnover.sidecars.paths import url
from turnover.sidecars.text import clean, single_line
from turnover.sidecars.writer import Sheet
from turnover.sidecars.writers.xmeml_grid import Item

LOGGING_KEYS = ("description", "scene", "shottake", "lognote", "good")
COMMENT_KEYS = ("mastercomment1", "mastercomment2", "mastercomment3", "mastercomment4", "clipcommenta", "clipcommentb")

# Places that hold one line.
_SHORT_KEYS = ("scene", "shottake")
_GOOD = {"true": "TRUE", "1": "TRUE", "yes": "TRUE", "false": "FALSE", "0": "FALSE", "no": "FALSE"}

# Pixel aspect → value of pixelaspectratio, and whether the picture is anamorphic. Each standard-definition sampling has
# several ratios in use: of the active picture, of ITU-R BT.601, and the rounded decimal.
_ASPECTS = {
    Fraction(1): ("square", False),
    **dict.fromkeys((Fraction(8, 9), Fraction(10, 11), Fraction(9, 10)), ("NTSC-601", False)),
    **dict.fromkeys((Fraction(32, 27), Fraction(40, 33), Fraction(6, 5)), ("NTSC-601", True)),
    **dict.fromkeys((Fraction(16, 15), Fraction(59, 54), Fraction(12, 11)), ("PAL-601", False)),
    **dict.fromkeys((Fraction(64, 45), Fraction(118, 81), Fraction(16, 11)), ("PAL-601", True)),
}
_SIZED_ASPECTS = {
    (960, 720, Fraction(4, 3)): ("HD-(960x720)", False),
    (1280, 1080, Fraction(3, 2)): ("HD-(1280x1080)", False),
    (1440, 1080, Fraction(4, 3)): ("HD-(1440x1080)", False),
}


def element(tag: str, *content: etree._Element | str | int | None, **attributes: str) -> etree._Element:
    """An element with text or children; None is left out."""
    made = etree.Element(tag, attributes)
    for part in content:
        if isinstance(part, str | int):
            made.text = str(part)
        elif part is not None:
            made.append(part)
    return made


def boolean(tag: str, value: bool) -> etree._Element:
    return element(tag, "TRUE" if value else "FALSE")


def rate_element(rate: Rate) -> etree._Element:
    """`24` and TRUE for 24000/1001."""
    return element("rate", element("timebase", str(rate.nominal)), boolean("ntsc", rate.is_ntsc))


def timecode_element(timecode: Timecode, rate: Rate, *, reel: str | None = None) -> etree._Element:
    """A start timecode: the label and the count of frames that it stands for."""
    label = timecode.with_separator(";") if timecode.is_drop_frame else str(timecode)
    return element(
        "timecode",
        rate_element(rate),
        element("string", label),
        element("frame", timecode.frame),
        element("displayformat", "DF" if timecode.is_drop_frame else "NDF"),
        None if reel is None else element("reel", element("name", single_line(reel))),
    )


def pixel_aspect(video: VideoStream) -> tuple[str, bool] | None:
    """The format's name of the pixel aspect, and whether it is anamorphic; None where it has no true name.

    A file that says no aspect has square pixels for every reader.
    """
    aspect = video.sample_aspect_ratio or Fraction(1)
    return _SIZED_ASPECTS.get((video.width, video.height, aspect)) or _ASPECTS.get(aspect)


def picture_element(video: VideoStream, rate: Rate, *, is_turned: bool = False) -> etree._Element:
    """The samplecharacteristics of a picture: as stored, or turned as it is shown."""
    width, height = video.width, video.height
    aspect = pixel_aspect(video)
    if is_turned and video.rotation in (90, 270):
        width, height = height, width
        aspect = aspect if aspect == ("square", False) else None
    return element(
        "samplecharacteristics",
        rate_element(rate),
        element("width", width),
        element("height", height),
        *([] if aspect is None else _aspect_elements(aspect)),
        _field_element(video),
    )


def _aspect_elements(aspect: tuple[str, bool]) -> list[etree._Element]:
    return [boolean("anamorphic", aspect[1]), element("pixelaspectratio", aspect[0])]


def _field_element(video: VideoStream) -> etree._Element | None:
    """The field that is shown first, which is the second letter of FFmpeg's name."""
    dominance = {"progressive": "none", "tt": "upper", "bt": "upper", "bb": "lower", "tb": "lower"}
    known = dominance.get(video.field_order or "")
    return None if known is None else element("fielddominance", known)


def sound_element(sound: AudioStream) -> etree._Element:
    """The samplecharacteristics of a sound."""
    return element(
        "samplecharacteristics",
        None if sound.bit_depth is None else element("depth", sound.bit_depth),
        None if sound.sample_rate is None else element("samplerate", sound.sample_rate),
    )


def file_element(item: Item) -> etree._Element:
    """The file where it is first used, a reference to it afterwards."""
    identity = f"file-{item.file_number}"
    if not item.is_first_of_file:
        return element("file", id=identity)
    view = item.cut.sheet.view
    rate = item.file_rate
    start = item.cut.start or Timecode.at(0, rate)
    return element(
        "file",
        element("name", item.cut.name),
        element("pathurl", url(view.path, host="localhost")),
        rate_element(rate),
        element("duration", item.file_duration),
        timecode_element(start, rate, reel=view.reel),
        element(
            "media",
            element("video", picture_element(view.clip.probe.video, rate)),
            *(
                element(
                    "audio",
                    sound_element(sound),
                    None if sound.channels is None else element("channelcount", sound.channels),
                )
                for sound in view.clip.probe.audio
            ),
        ),
        id=identity,
    )


def item_elements(item: Item) -> list[etree._Element]:
    """What picture and sound of a cut have in common: identity, rate, place, range."""
    return [
        element("masterclipid", f"masterclip-{item.file_number}"),
        element("name", item.cut.name),
        boolean("enabled", True),
        element("duration", item.media_duration),
        rate_element(item.rate),
        element("start", item.place.start),
        element("end", item.place.stop),
        element("in", item.source_in),
        element("out", item.source_out),
    ]


def picture_item_elements(item: Item, alpha: str) -> list[etree._Element]:
    """What only the picture of a cut has."""
    video = item.cut.sheet.view.clip.probe.video
    aspect = pixel_aspect(video)
    return [
        element("alphatype", alpha if video.has_alpha else "none"),
        *([] if aspect is None else reversed(_aspect_elements(aspect))),
    ]


def metadata_elements(sheet: Sheet) -> list[etree._Element]:
    """logginginfo, labels and comments, each only where something is known."""
    label = sheet.meta("label2")
    groups = (
        element("logginginfo", *(_meta_element(sheet, key) for key in LOGGING_KEYS)),
        element("labels", None if label is None else element("label2", single_line(label))),
        element("comments", *(_meta_element(sheet, key) for key in COMMENT_KEYS)),
    )
    return [group for group in groups if len(group)]


def _meta_element(sheet: Sheet, key: str) -> etree._Element | None:
    text = sheet.meta(key)
    if text is None:
        return None
    if key == "good":
        truth = good_word(text)
        return None if truth is None else element("good", truth)
    return element(key, single_line(text) if key in _SHORT_KEYS else text)


def good_word(text: str) -> str | None:
    """TRUE or FALSE for a word that means one of them; None for any other."""
    return _GOOD.get(text.strip().lower())


def marker_element(marker: Marker, start: int, stop: int | None) -> etree._Element:
    """A marker over [start, stop) of whatever holds it; None is a point."""
    return element(
        "marker",
        element("name", single_line(marker.name)),
        element("comment", clean(marker.comment or "")),
        element("in", start),
        element("out", -1 if stop is None else stop),
    )
