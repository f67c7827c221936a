"""What was measured of many clips as one HTML page, which opens anywhere and asks no host for anything."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Collection, Iterable, Iterator
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

from turnover.errors import TurnoverError
from turnover.version import VERSION
from turnover.work.look import Failed
from turnover.work.measure_page_clip import article, reason, row
from turnover.work.measure_page_html import Html, element, joined, outside
from turnover.work.measure_page_series import MOST_NAME
from turnover.work.measure_page_summary import Tally, controls, methods, summary
from turnover.work.measure_page_values import ClipOnPage, count_of
from turnover.work.report import relative_name

__all__ = ["ClipOnPage", "pages"]

_CHUNK_BYTES = 1 << 16
# Path data of each sign, on a square of 16 by 16.
_ICONS = {
    "pass": "M6.3 13.2 1.6 8.5l1.8-1.8 2.9 2.9 6.3-6.3 1.8 1.8z",
    "warn": "M8 .8 16 15H0zM7 5.8v4.8h2V5.8zm0 6.2v2h2v-2z",
    "fail": "M3.6 1.8 8 6.2l4.4-4.4 1.8 1.8L9.8 8l4.4 4.4-1.8 1.8L8 9.8l-4.4 4.4-1.8-1.8L6.2 8 1.8 3.6z",
    "broken": "M8 0a8 8 0 1 0 0 16A8 8 0 0 0 8 0zM4 6.9h8v2.2H4z",
    "unknown": "M2 7h12v2H2z",
}
_MEANING = (
    "Quality is technical: sharpness, noise, blocking, exposure and contrast, from 0 to 1. "
    "What a picture shows it cannot judge: a sharp hand with six fingers is sharp."
)

_READING = (
    "Along the curves a shaded stretch is what a gate speaks of, a dashed line a cut, a solid line a seam of two "
    "segments. Frames count from 0. A curve breaks where a frame has no number."
)


def pages(clips: Iterable[ClipOnPage | Failed], *, roots: Collection[Path] = ()) -> Iterator[bytes]:
    """The page in pieces; files are named as seen from the one folder in `roots`, else each clip from its own.

    The summary stands first and is known last. What follows it waits in files without a name, which vanish by
    themselves, so that memory holds one clip at a time. The same clips give the same bytes.
    """
    tally = Tally()
    with TemporaryFile() as broken, TemporaryFile() as rows, TemporaryFile() as articles:
        for one in clips:
            if isinstance(one, Failed):
                tally.unopened += 1
                _keep(broken, _broken_row(_named(relative_name(one.path, set(roots))), one.error))
                continue
            tally.add(one)
            name = relative_name(one.clip.path, set(roots) or {one.clip.root})
            _keep(rows, row(one, number=tally.clips, name=name))
            _keep(articles, article(one, number=tally.clips, name=name))
            if one.failure is not None:
                _keep(broken, _broken_row(element("a", _named(name), href=f"#clip-{tally.clips}"), one.failure))
        yield from _page(tally, broken, rows, articles)


def _page(tally: Tally, broken: IO[bytes], rows: IO[bytes], articles: IO[bytes]) -> Iterator[bytes]:
    """The page from its top to its end."""
    heading = "Measured clips"
    yield _head(f"{heading}: {count_of(tally.clips + tally.unopened, 'clip')}").encode()
    yield joined([Html("<body><main>"), element("h1", heading), summary(tally), "\n"]).encode()
    if tally.broken:
        yield from _table("Could not be measured", ("file", "reason"), broken, id_="broken")
    if tally.clips > 1:
        yield controls(tally).encode()
        yield from _table(
            "Overview", ("state", "clip", "quality", "tags", "size", "fps", "seconds"), rows, id_="overview"
        )
    if tally.clips:
        yield b'<section id="clips"><h2>Clips</h2>\n'
        yield from _kept(articles)
        yield b"</section>"
    yield joined([Html("</main>"), _foot(tally), _script(), Html("</body></html>\n")]).encode()


def _head(title: str) -> Html:
    """Everything before the body: only the page's own style and script run, and nothing is fetched."""
    digest = base64.b64encode(hashlib.sha256(_asset("js").encode()).digest()).decode()
    policy = (
        f"default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-{digest}'; "
        "base-uri 'none'; form-action 'none'"
    )
    lines = (
        Html('<!DOCTYPE html>\n<html lang="en"><head>'),
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=policy),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("meta", name="generator", content=f"turnover {VERSION}"),
        element("link", rel="icon", href="data:,"),
        element("title", title),
        element("style", Html("\n" + _asset("css"))),
        Html("</head>"),
    )
    return joined(lines, "\n")


def _script() -> Html:
    return element("script", Html(_asset("js")))


def _asset(suffix: str) -> str:
    """The style or the script, which stand beside this module."""
    return (files("turnover.work") / f"measure_page.{suffix}").read_text("utf-8").replace("\r\n", "\n")


def _foot(tally: Tally) -> Html:
    """What the words mean, and the signs that every clip uses."""
    symbols = (element("symbol", element("path", d=d), id=f"i-{n}", viewBox="0 0 16 16") for n, d in _ICONS.items())
    signs = element("svg", *symbols, class_="store", aria_hidden="true")
    by = element("p", f"turnover {VERSION}", *((" · measured by ", methods(tally)) if tally.methods else ()))
    return element("footer", signs, element("p", _MEANING), element("p", _READING), by)


def _broken_row(name: Html, error: TurnoverError) -> Html:
    return element("tr", element("th", name, scope="row"), element("td", reason(error)))


def _named(name: str) -> Html:
    return outside(name, most=MOST_NAME)


def _table(title: str, heads: tuple[str, ...], body: IO[bytes], *, id_: str) -> Iterator[bytes]:
    """A section with a table that scrolls by itself where it is long; the keyboard reaches it."""
    head = element("thead", element("tr", *(element("th", text, scope="col") for text in heads)))
    scroll = f'<div class="scroll" role="region" aria-labelledby="{id_}" tabindex="0"><table>'
    yield f'<section class="{id_}"><h2 id="{id_}">{title}</h2>{scroll}{head}<tbody>\n'.encode()
    yield from _kept(body)
    yield b"</tbody></table></div></section>\n"


def _keep(file: IO[bytes], piece: Html) -> None:
    file.write(piece.encode() + b"\n")


def _kept(file: IO[bytes]) -> Iterator[bytes]:
    """What was put aside, from its start."""
    file.seek(0)
    while piece := file.read(_CHUNK_BYTES):
        yield piece
