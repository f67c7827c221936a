"""Tags are kept as they are until they are too much, and always as text that can be written."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from turnover.media.tags import LONGEST, LONGEST_TOGETHER, MOST, merged

tags = st.dictionaries(st.text(max_size=20), st.text(alphabet=st.characters(), max_size=50), max_size=8)


@given(container=tags, stream=tags)
def test_any_tags(container: dict[str, str], stream: dict[str, str]) -> None:
    """What is kept is sorted, writes as UTF-8, holds no NUL, and the container's word comes first."""
    kept, cut = merged(container, stream)
    assert (0, len({**stream, **container})) == (cut, len(kept))
    assert json.dumps(kept, ensure_ascii=False).encode("utf-8")
    assert "\0" not in "".join(name + value for name, value in kept)


def test_both_have_a_name() -> None:
    """The container's value stays; the stream adds what the container does not say."""
    kept = merged({"encoder": "Lavf"}, {"encoder": "Lavc", "language": "und"})
    assert kept == ((("encoder", "Lavf"), ("language", "und")), 0)


def test_one_tag_is_too_long() -> None:
    """A tag of megabytes keeps its beginning, and is counted."""
    kept, cut = merged({"workflow": "x" * (LONGEST + 1), "prompt": "y"}, {})
    assert (kept, cut) == ((("prompt", "y"), ("workflow", "x" * LONGEST)), 1)


def test_all_tags_are_too_long() -> None:
    """Together they stay under the limit, and those without room are left out and counted."""
    kept, cut = merged({f"{place:02}": "x" * LONGEST for place in range(20)}, {})
    assert (sum(len(value) for _, value in kept), cut) == (LONGEST_TOGETHER, 16)


def test_too_many_tags() -> None:
    """A million empty tags are as bad as one long one."""
    kept, cut = merged({str(place): "" for place in range(MOST + 5)}, {})
    assert (len(kept), cut) == (MOST, 5)
