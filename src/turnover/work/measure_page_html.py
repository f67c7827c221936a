"""HTML that is safe by default: plain text is escaped, and only what was made here is markup."""

from __future__ import annotations

import re
from collections.abc import Iterable

from turnover.sidecars.text import clean

# C1 controls, and the marks that turn the direction of text around: a name could look like another one.
_UNSEEN_POWERS = re.compile("[\x80-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
# Elements that hold nothing; they are closed at once, so that the page is well-formed XML too.
_ALONE = frozenset({"br", "img", "line", "link", "meta", "path", "rect", "use"})


class Html(str):
    """Markup that needs no escaping any more."""

    __slots__ = ()


def escaped(text: str) -> Html:
    """Text as it may stand between tags and in double quotes; markup comes back as it is.

    >>> escaped('<b title="x">')
    '&lt;b title=&quot;x&quot;&gt;'
    """
    if isinstance(text, Html):
        return text
    visible = _UNSEEN_POWERS.sub("\ufffd", clean(text))
    for sign, spelling in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;")):
        visible = visible.replace(sign, spelling)
    return Html(visible)


def joined(parts: Iterable[str], between: str = "") -> Html:
    """The parts in a row, what is no markup escaped."""
    return Html(escaped(between).join(map(escaped, parts)))


def element(name: str, /, *content: str, **attributes: str | int | None) -> Html:
    """One element; `data_level` is the attribute data-level, `class_` is class, and None leaves an attribute out.

    >>> element("a", "1 < 2", href="#x", class_="big", title=None)
    '<a href="#x" class="big">1 &lt; 2</a>'
    """
    spelled = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escaped(str(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    if name in _ALONE:
        return Html(f"<{name}{spelled}/>")
    return Html(f"<{name}{spelled}>{joined(content)}</{name}>")


def outside(text: str, *, most: int) -> Html:
    """Text that a person or another program wrote, in a direction of its own, cut after `most` characters."""
    is_cut = len(text) > most
    return element("bdi", text[:most].rstrip() + " …" if is_cut else text)


def icon(name: str) -> Html:
    """A sign of the page's own set, for the eye only: a word stands beside it."""
    return element("svg", element("use", href=f"#i-{name}"), class_="icon", aria_hidden="true")
