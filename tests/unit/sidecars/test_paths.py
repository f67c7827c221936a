"""Paths are mapped, spelled and encoded so that the file is found again."""

from __future__ import annotations

import os
import re
from pathlib import Path
from urllib.parse import unquote, unquote_to_bytes, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turnover.sidecars.paths import PathRule, forward, url

# Bytes that a POSIX name may have, as Python spells them: what is no UTF-8 becomes lone surrogates.
names = st.binary(min_size=1, max_size=20).filter(lambda b: b"/" not in b and b"\0" not in b).map(os.fsdecode)


@pytest.mark.parametrize(
    ("maps", "path", "spelled"),
    [
        ((), "/mnt/show/a.mp4", "/mnt/show/a.mp4"),
        ((("/mnt/show", "/vol/show"),), "/mnt/show/a/b.mp4", "/vol/show/a/b.mp4"),
        ((("/mnt/show/", "/vol/show/"),), "/mnt/show/a.mp4", "/vol/show/a.mp4"),
        ((("/mnt/show", "/vol"),), "/mnt/showreel/a.mp4", "/mnt/showreel/a.mp4"),
        ((("/mnt/show", "/vol"),), "/mnt/show", "/vol"),
        ((("/mnt/show", "Z:\\show"),), "/mnt/show/a/b.mp4", "Z:\\show\\a\\b.mp4"),
        ((("/mnt/show", "Z:"),), "/mnt/show/a/b.mp4", "Z:\\a\\b.mp4"),
        ((("/mnt/show", "Z:\\"),), "/mnt/show/a.mp4", "Z:\\a.mp4"),
        ((("/mnt/show", "Z:/"),), "/mnt/show/a.mp4", "Z:\\a.mp4"),
        ((("/mnt/show", "\\\\nas\\show"),), "/mnt/show/a/b.mp4", "\\\\nas\\show\\a\\b.mp4"),
        ((("/mnt", "/a"), ("/mnt/show", "/b")), "/mnt/show/x.mp4", "/a/show/x.mp4"),
        ((("/", "/root"),), "/mnt/a.mp4", "/root/mnt/a.mp4"),
        ((("/mnt", "/"),), "/mnt/a.mp4", "/a.mp4"),
        ((("/mnt", "/vol"),), "/mnt/a\\b.mp4", "/vol/a\\b.mp4"),
        ((("Z:\\show", "/mnt/show"),), "Z:\\show\\a\\b.mp4", "/mnt/show/a/b.mp4"),
        ((("Z:/show", "/mnt/show"),), "Z:\\show\\a\\b.mp4", "/mnt/show/a/b.mp4"),
        ((("Z:", "/mnt"),), "Z:\\show\\a.mp4", "/mnt/show/a.mp4"),
        ((("\\\\nas\\show", "Z:\\"),), "\\\\nas\\show\\a\\b.mp4", "Z:\\a\\b.mp4"),
    ],
)
def test_path_maps(maps: tuple[tuple[str, str], ...], path: str, spelled: str) -> None:
    """The first prefix of whole folders that fits moves the path, with the separators of where it goes."""
    assert PathRule(maps).spell(Path(path)) == spelled


@pytest.mark.parametrize(
    ("folder", "spelled"),
    [("/show/a", "clip.mp4"), ("/show", "a/clip.mp4"), ("/show/b", "../a/clip.mp4"), ("/", "show/a/clip.mp4")],
)
def test_relative_to_the_sidecar(folder: str, spelled: str) -> None:
    """A relative path starts at the sidecar's folder and has forward slashes."""
    assert PathRule(relative_to=Path(folder)).spell(Path("/show/a/clip.mp4")) == spelled


def test_folders_withheld() -> None:
    """With folders withheld the name is all there is, whatever maps say."""
    rule = PathRule((("/show", "/vol"),), Path("/show"), name_only=True)
    assert rule.spell(Path("/show/secret/clip.mp4")) == "clip.mp4"


@given(segments=st.lists(names.filter(lambda n: n not in (".", "..")), min_size=1, max_size=4))
def test_url_round_trip(segments: list[str]) -> None:
    """Any POSIX path comes back byte for byte from its URL, names that are no UTF-8 as well."""
    path = "/" + "/".join(segments)

    made = url(path)

    assert made.isascii()
    assert unquote(urlsplit(made).path, errors="surrogateescape") == path
    assert unquote_to_bytes(made.removeprefix("file://")) == os.fsencode(path)


@given(text=st.text(st.characters(codec=None)))
def test_url_of_any_text(text: str) -> None:
    """Any text has a URL of unreserved characters, percent signs and slashes, be it folder, share or neither."""
    for path in (text, "/" + text, "//" + text, "\\\\" + text, "C:\\" + text):
        assert re.fullmatch(r"(file://)?[/%A-Za-z0-9._~-]*", url(path))


@pytest.mark.parametrize(
    ("path", "host", "expected"),
    [
        ("/a b/100%.mov", "", "file:///a%20b/100%25.mov"),
        ("/a b/c.mov", "localhost", "file://localhost/a%20b/c.mov"),
        ("C:\\x\\y&z.mov", "localhost", "file://localhost/C%3A/x/y%26z.mov"),
        ("C:/x/y.mov", "", "file:///C%3A/x/y.mov"),
        ("\\\\nas\\show\\a b.mov", "localhost", "file://nas/show/a%20b.mov"),
        ("a b/c#d?.mov", "", "a%20b/c%23d%3F.mov"),
        ("../a/c.mov", "", "../a/c.mov"),
        ("/日本/🎬.mov", "", "file:///%E6%97%A5%E6%9C%AC/%F0%9F%8E%AC.mov"),
        ("/a\\b.mov", "", "file:///a%5Cb.mov"),
        ("/\ud800.mov", "", "file:///%3F.mov"),
    ],
)
def test_urls(path: str, host: str, expected: str) -> None:
    """Each kind of path, as a file: URL."""
    assert url(path, host=host) == expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("C:\\a\\b.mov", "C:/a/b.mov"),
        ("\\\\nas\\show\\a.mov", "//nas/show/a.mov"),
        ("/a/b\\c.mov", "/a/b\\c.mov"),
        ("/a/b.mov", "/a/b.mov"),
    ],
)
def test_forward_slashes(path: str, expected: str) -> None:
    """Backslashes turn only where they separate folders."""
    assert forward(path) == expected
