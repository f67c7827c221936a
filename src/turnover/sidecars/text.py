"""Text that every format can hold, whatever a prompt contains."""

from __future__ import annotations

import re

# XML 1.0 has no other C0 controls than tab, line feed and carriage return (https://www.w3.org/TR/xml/#charsets), and
# no host shows them. They become their control pictures (U+2400 …), which people can read and nothing executes.
_PICTURES = {code: 0x2400 + code for code in range(0x20) if code not in (0x09, 0x0A, 0x0D)} | {0x7F: 0x2421}
_NOT_TEXT = re.compile("[\ud800-\udfff\ufffe\uffff]")
_BREAKS = re.compile(r"[\t\r\n\x85\u2028\u2029]+ *")


def clean(text: str) -> str:
    """Text without C0 controls, DEL, lone surrogates, U+FFFE and U+FFFF; all else is untouched.

    >>> clean("a\\x0bb\\ud800")
    'a␋b\ufffd'
    """
    return _NOT_TEXT.sub("\ufffd", text.translate(_PICTURES))


def single_line(text: str) -> str:
    """Cleaned text on one line: every run of breaks and tabs becomes one space.

    >>> single_line("a\\r\\n\\tb")
    'a b'
    """
    return _BREAKS.sub(" ", clean(text)).strip()
