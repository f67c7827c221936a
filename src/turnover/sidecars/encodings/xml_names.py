"""Names, namespaces and escaping of XML 1.0 (https://www.w3.org/TR/xml/, https://www.w3.org/TR/xml-names/)."""

from __future__ import annotations

import re
from collections.abc import Mapping

from turnover.core.clip import JsonValue
from turnover.sidecars.reading import SOME_TEXT, Node
from turnover.sidecars.text import clean

_START = (
    "A-Z_a-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c-\u200d\u2070-\u218f\u2c00-\u2fef"
    "\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_NCNAME = f"[{_START}][{_START}\\-.0-9\u00b7\u0300-\u036f\u203f-\u2040]*"
_NAME = re.compile(f"{_NCNAME}\\Z")
_QNAME = re.compile(f"(?:({_NCNAME}):)?({_NCNAME})\\Z")

# The attributes that need no declaration (https://www.w3.org/TR/xml/#sec-white-space, #sec-lang-tag; xmlbase).
_OF_XML = ("xml:lang", "xml:space", "xml:base")

# An absolute URI (RFC 3986, section 4.3) with or without a fragment; parsers refuse, or warn of, anything else.
_URI_LETTERS = r"(?:[A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})*"
_URI = re.compile(
    r"[A-Za-z][A-Za-z0-9+.-]*:"
    r"(?://[A-Za-z0-9._~-]*(?::[0-9]{0,5})?(?=[/?#]|\Z)|(?!//))" + _URI_LETTERS + "(?:#" + _URI_LETTERS + r")?\Z"
)
# Name letters of XML 1.0 in its fourth edition as in its fifth: expat and most of Java know the fourth.
_OLD_START = "A-Z_a-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u00ff\u3041-\u3094\u30a1-\u30fa\u4e00-\u9fa5\uac00-\ud7a3"
_OLD_NAME = re.compile(f"[{_OLD_START}][{_OLD_START}\\-.0-9]*\\Z")

RESERVED_URIS = ("http://www.w3.org/XML/1998/namespace", "http://www.w3.org/2000/xmlns/")

_ELEMENT_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"})
_ATTRIBUTE_ESCAPES = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\t": "&#9;", "\n": "&#10;", "\r": "&#13;"}
)


def element_text(text: str) -> str:
    """Text between tags: nothing in it opens a tag, an entity or a section, and carriage returns survive."""
    return clean(text).translate(_ELEMENT_ESCAPES)


def attribute_text(text: str) -> str:
    """Text between double quotes; breaks and tabs survive as character references."""
    return clean(text).translate(_ATTRIBUTE_ESCAPES)


def parse_name(node: Node, prefixes: frozenset[str]) -> str:
    """An element's name; mistakes are noted."""
    name = node.text(matching=SOME_TEXT, what="an XML name")
    if name:
        check_name(node, name, prefixes)
    return name


def check_name(node: Node, name: str, prefixes: frozenset[str], *, is_attribute: bool = False) -> None:
    """Note what is wrong with a name: its letters, its prefix, that it is reserved."""
    match = _QNAME.match(name)
    if match is None:
        node.wrong(f"{name!r} is no XML name")
        return
    prefix, local = match.groups()
    if prefix is None and local.lower().startswith("xml"):
        node.wrong(f"{name!r} is reserved: names may not start with xml")
    elif prefix is not None and prefix not in prefixes and not (is_attribute and name in _OF_XML):
        node.wrong(f"the prefix {prefix!r} is not declared", "declare it under namespaces")


def parse_namespaces(node: Node) -> tuple[tuple[str, str], ...]:
    """Prefix → address; the empty prefix is the default namespace."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    for prefix, child in node.entries():
        uri = child.text(what="the address of a namespace")
        if prefix and (not _NAME.match(prefix) or prefix.lower().startswith("xml")):
            child.wrong(f"{prefix!r} cannot be a prefix")
        elif not _URI.match(uri) or uri in RESERVED_URIS:
            child.wrong(f"{uri!r} cannot be the address of a namespace")
        elif uri in taken:
            child.wrong(f"two prefixes stand for {uri!r}")
        else:
            found[prefix] = uri
            taken.add(uri)
    return tuple(found.items())


def is_plain_name(name: str) -> bool:
    """Whether a key of a tree can be an element's name, without a prefix, for parsers old and new."""
    return bool(_OLD_NAME.match(name)) and not name.lower().startswith("xml")


def tree_xml(value: JsonValue, indent: str, end: str, depth: int) -> str:
    """A JSON tree as elements: a key that is no XML name stands in `<entry name="…">`, list items in `<item>`."""
    pad = indent * depth
    children = value.items() if isinstance(value, Mapping) else (("item", item) for item in value or ())  # type: ignore[union-attr]
    lines = [end]
    for key, child in children:
        if child is None:
            continue
        name = key if is_plain_name(key) else "entry"
        attribute = "" if name == key else f' name="{attribute_text(key)}"'
        if isinstance(child, dict | list):
            inner = tree_xml(child, indent, end, depth + 1) + pad if child else ""
        else:
            inner = element_text(_scalar(child))
        lines.append(f"{pad}<{name}{attribute}>{inner}</{name}>{end}")
    return "".join(lines)


def _scalar(value: str | int | float | bool) -> str:
    return ("true" if value else "false") if isinstance(value, bool) else str(value)
