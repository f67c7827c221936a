"""Text in a script that Tcl reads twice: when the script is loaded, and when a knob is evaluated for a frame.

Texts that people and models wrote must survive both unchanged, whatever they hold. The first reading undoes escapes;
how many the second undoes differs from knob to knob, so escaping is not enough: what Tcl could take for its own becomes
a look-alike that it cannot.
"""

from __future__ import annotations

from turnover.sidecars.text import clean

SIGNS = '[]${}\\"'
"""What means something to Tcl inside a word."""

_TO_FULL_WIDTH = 0xFEE0  # from U+0021…U+007E to U+FF01…U+FF5E
_PICTURE_OF_A_BREAK = "␤"

_INERT: dict[int, str | int] = {code: 0x2400 + code for code in range(0x20)}
_INERT |= dict.fromkeys(range(0x80, 0xA0), "\ufffd") | dict.fromkeys((0x85, 0x2028, 0x2029), _PICTURE_OF_A_BREAK)
_INERT |= {ord(sign): ord(sign) + _TO_FULL_WIDTH for sign in SIGNS}
_INERT_LABEL = _INERT | {ord(sign): ord(sign) + _TO_FULL_WIDTH for sign in "<>&"}

_IN_QUOTES = str.maketrans({sign: "\\" + sign for sign in '\\"[${}'} | {"\n": "\\n", "\r": "\\r", "\t": "\\t"})
_IN_PATH = str.maketrans({sign: "\\" + sign for sign in "\\[$"})


def inert(text: str) -> str:
    """Text that stays itself on every evaluation: Tcl's signs in full width, controls and breaks as their pictures.

    >>> print(ascii(inert("a\\n[b]")))
    'a\\u240a\\uff3bb\\uff3d'
    """
    return clean(text).translate(_INERT)


def inert_label(text: str) -> str:
    """The same for a node's label, which is HTML as well: `<`, `>` and `&` in full width too."""
    return clean(text).translate(_INERT_LABEL)


def word(value: str) -> str:
    """A quoted word that Tcl reads back as the value.

    >>> print(word('[value file] "a"'))
    "\\[value file] \\"a\\""
    """
    # A closing bracket closes nothing here; Nuke writes it bare too.
    return f'"{value.translate(_IN_QUOTES)}"'


def evaluating_to(path: str) -> str:
    """A knob's value that Tcl's `subst` turns into the path.

    >>> print(evaluating_to("/a [1]/$b.mov"))
    /a \\[1]/\\$b.mov
    """
    return path.translate(_IN_PATH)
