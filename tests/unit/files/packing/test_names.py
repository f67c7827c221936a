"""Which names a volume takes."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turnover.errors import WriteError
from turnover.files.packing.names import Names, fault_of
from turnover.files.packing.seen import Seen

BAD = [
    "", "/etc/passwd", "../x", "a/../b", "a//b", "./a", "a/", "a\\b", "C:/x", "a\0b", "a\nb", "a:b", "a?", "a|b", "x.",
    "x ", "dir./x", "CON", "con.txt", "a/aux", "Nul.tar.gz", "com1", "LPT9.mp4", "com¹", "e\u0301.mp4", "\udcff.mp4",
    "x" * 256, "狐" * 90, "a/" * 3000 + "b",
]  # fmt: skip
GOOD = [
    "manifest.json", "data/train/videos/v13f244b3545cab53.mp4", "samples/13/v.json", "README.md", "a b.txt", ".hidden",
    "console.txt", "com", "lpt", "com10.txt", "狐/é.mp4", "x" * 255, "auxiliary/nullable/prn_1",
]  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_unsafe_name(name: str) -> None:
    """A name that some system cannot hold, or that leads out of its folder, is refused with the reason."""
    with pytest.raises(WriteError, match="cannot be the name of a file") as caught:
        Names().check(name)
    assert caught.value.code == "bad_name"


@pytest.mark.parametrize("name", GOOD)
def test_safe_name(name: str) -> None:
    """Names that only look like trouble are taken."""
    Names().check(name)


def test_folders_are_shared() -> None:
    """Any number of files lie in one folder, whatever comes between."""
    names = Names()
    for name in ("a/b/1", "a/2", "a/b/3", "4", "a/b/c/5"):
        names.check(name)
    assert [name in names for name in ("A/B/1", "a/b", "a/b/9")] == [True, False, False]


@given(st.text(st.sampled_from("abcdeCONAUXprnlt0129_-./ é"), max_size=12))
def test_quick_look_agrees(name: str) -> None:
    """No name passes that has a device, an empty part or a part of dots alone."""
    parts = name.split("/")
    stems = [part.split(".")[0].lower() for part in parts]
    is_bad = any(
        part == "" or part.endswith((".", " ")) or re.fullmatch("con|prn|aux|nul|(com|lpt)[0-9]", stem)
        for part, stem in zip(parts, stems, strict=True)
    )
    assert is_bad == (fault_of(name) is not None)


@given(
    st.lists(st.lists(st.sampled_from(["a", "b", "A", "é", "É"]), min_size=1, max_size=4).map("/".join), max_size=30)
)
def test_any_order_of_names(wanted: list[str]) -> None:
    """A name is refused exactly where it, or one of its folders, is a file already, or where it is a folder."""
    names, files, folders = Names(), set[str](), set[str]()
    for name in wanted:
        key = name.casefold()
        above = {key[:at] for at, sign in enumerate(key) if sign == "/"}
        if key in files | folders or above & files:
            with pytest.raises(WriteError, match="is there twice"):
                names.check(name)
            return
        names.check(name)
        files.add(key)
        folders |= above


@given(st.lists(st.text(max_size=3), max_size=2000))
def test_seen(texts: list[str]) -> None:
    """It says of each text what a set would."""
    seen, known = Seen(), set[str]()
    for text in texts:
        assert (text in known) == (text in seen)
        assert (text not in known) == seen.add(text)
        known.add(text)
    assert len(known) == len(seen)
