"""Elements with text, attributes and nested elements (XML 1.0)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from turnover.core.clip import JsonValue
from turnover.sidecars.cells import (
    CELL_KEYS,
    CELL_KINDS,
    COLLECTIONS,
    Cell,
    Condition,
    all_hold,
    cell_of,
    note_stray,
    parse_cell,
    parse_conditions,
    parse_each,
)  # fmt: skip
from turnover.sidecars.columns import Column, Part, constant, is_unknown_throughout, part_column, read_out
from turnover.sidecars.encoding import Findings
from turnover.sidecars.encodings import xml_names
from turnover.sidecars.encodings.xml_names import attribute_text, element_text, tree_xml
from turnover.sidecars.item_fields import ITEMS
from turnover.sidecars.reading import Node
from turnover.sidecars.scope import Collection, Scope
from turnover.sidecars.view import View

NullPolicy = Literal["omit", "empty"]
Prolog = Literal["xml", "xpacket", "none"]
NULL_POLICIES = ("omit", "empty")
# Before and after the document; the packet's marks are those of XMP specification part 1, section 7.3.2.
PROLOGS: Mapping[Prolog, tuple[str, str]] = {
    "xml": ('<?xml version="1.0" encoding="UTF-8"?>\n', ""),
    "xpacket": ('<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n', '<?xpacket end="w"?>\n'),
    "none": ("", ""),
}
MAX_INDENT = 8


@dataclass(frozen=True, slots=True)
class Element:
    """One element of a template."""

    name: str
    attributes: tuple[tuple[str, Cell], ...] = ()
    cell: Cell | None = None
    children: tuple[Element, ...] = ()
    each: Collection | None = None
    when: tuple[Condition, ...] = ()
    null: NullPolicy = "omit"
    """What happens to the element when its value is not known."""


@dataclass(frozen=True, slots=True)
class XmlBody:
    """A parsed body of `{"root_element": …}`."""

    root: Element
    namespaces: tuple[tuple[str, str], ...] = ()
    doctype: str | None = None
    indent: int = 2
    prolog: Prolog = "xml"


class XmlEncoding:
    """Trees."""

    name = "xml"
    key = "root_element"

    def parse(self, node: Node) -> XmlBody:
        allowed = ("root_element", "fields", "attributes", "namespaces", "doctype", "indent", "prolog", "null")
        members = node.members(allowed, required=("root_element", "fields"))
        namespaces = xml_names.parse_namespaces(members["namespaces"]) if "namespaces" in members else ()
        prefixes = frozenset(prefix for prefix, _ in namespaces)
        null = _null_policy(members["null"]) if "null" in members else "omit"
        inside: frozenset[Collection] = frozenset()
        root = Element(
            name=xml_names.parse_name(members["root_element"], prefixes) if "root_element" in members else "",
            attributes=_parse_attributes(members["attributes"], prefixes, inside) if "attributes" in members else (),
            children=_parse_children(members["fields"], prefixes, inside, null) if "fields" in members else (),
        )
        return XmlBody(
            root,
            namespaces,
            xml_names.parse_name(members["doctype"], prefixes) if "doctype" in members else None,
            members["indent"].whole(0, MAX_INDENT) if "indent" in members else 2,
            _prolog(members["prolog"]) if "prolog" in members else "xml",
        )

    def holds_many(self, body: XmlBody) -> bool:
        return False

    def encode(self, body: XmlBody, views: Sequence[View], findings: Findings) -> Iterator[bytes]:
        (view,) = views
        if view.frame_count is None and _walks_frames(body.root, Scope(view)):
            view.frames()
        head, tail = PROLOGS[body.prolog]
        if body.doctype is not None:
            head += f"<!DOCTYPE {body.doctype}>\n"
        yield head.encode()
        declared = "".join(
            f' xmlns{":" if prefix else ""}{prefix}="{attribute_text(uri)}"' for prefix, uri in body.namespaces
        )
        yield from _Writing(body.indent, findings).element(body.root, Scope(view), 0, declared)
        if tail:
            yield tail.encode()

    def schema(self) -> dict[str, JsonValue]:
        name: dict[str, JsonValue] = {"type": "string", "minLength": 1}
        attributes: dict[str, JsonValue] = {"type": "object", "additionalProperties": {"$ref": "#/$defs/cell"}}
        shared: dict[str, JsonValue] = {
            "element": name,
            "attributes": attributes,
            "each": {"enum": list(COLLECTIONS)},
            "when": {"$ref": "#/$defs/condition"},
            "null": {"enum": list(NULL_POLICIES)},
        }
        with_text: dict[str, JsonValue] = {
            "type": "object",
            "properties": {**shared, **{key: {"$ref": f"#/$defs/cell_object/properties/{key}"} for key in CELL_KEYS}},
            "required": ["element"],
            "oneOf": CELL_KINDS,
            "additionalProperties": False,
        }
        with_fields: dict[str, JsonValue] = {
            "type": "object",
            "properties": {**shared, "fields": {"type": "array", "items": {"$ref": "#/$defs/element"}}},
            "required": ["element"],
            "additionalProperties": False,
        }
        return {
            "type": "object",
            "properties": {
                "root_element": name,
                "fields": {"type": "array", "items": {"$ref": "#/$defs/element"}},
                "attributes": attributes,
                "namespaces": {"type": "object", "additionalProperties": {"type": "string", "minLength": 1}},
                "doctype": name,
                "indent": {"type": "integer", "minimum": 0, "maximum": MAX_INDENT},
                "prolog": {"enum": list(PROLOGS)},
                "null": {"enum": list(NULL_POLICIES)},
            },
            "required": ["root_element", "fields"],
            "additionalProperties": False,
            "$defs": {"element": {"anyOf": [{"$ref": "#/$defs/field"}, with_text, with_fields]}},
        }


def _null_policy(node: Node) -> NullPolicy:
    return "empty" if node.choice(NULL_POLICIES) == "empty" else "omit"


def _prolog(node: Node) -> Prolog:
    name = node.choice(tuple(PROLOGS))
    return next(prolog for prolog in PROLOGS if prolog == name)


def _parse_attributes(
    node: Node, prefixes: frozenset[str], inside: frozenset[Collection]
) -> tuple[tuple[str, Cell], ...]:
    for name, child in node.entries():
        xml_names.check_name(child, name, prefixes, is_attribute=True)
    return tuple((name, parse_cell(child, inside)) for name, child in node.entries())


def _parse_children(
    node: Node, prefixes: frozenset[str], inside: frozenset[Collection], null: NullPolicy
) -> tuple[Element, ...]:
    return tuple(_parse_element(item, prefixes, inside, null) for item in node.items())


def _parse_element(node: Node, prefixes: frozenset[str], inside: frozenset[Collection], null: NullPolicy) -> Element:
    if isinstance(node.value, str):
        return Element(node.value, cell=parse_cell(node, inside), null=null)
    allowed = ("element", "attributes", "fields", "each", "when", "null", *CELL_KEYS)
    members = node.members(allowed, required=("element",))
    if not members:
        return Element("")
    each, within = parse_each(members["each"], inside) if "each" in members else (None, inside)
    own_null = _null_policy(members["null"]) if "null" in members else null
    has_cell = any(key in members for key in ("field", "value", "join"))
    if has_cell and "fields" in members:
        node.wrong("an element has either text (field, value, join) or nested fields, not both")
    if not has_cell:
        note_stray(members)
    return Element(
        name=xml_names.parse_name(members["element"], prefixes) if "element" in members else "",
        attributes=_parse_attributes(members["attributes"], prefixes, within) if "attributes" in members else (),
        cell=cell_of(node, members, within) if has_cell else None,
        children=_parse_children(members["fields"], prefixes, within, own_null) if "fields" in members else (),
        each=each,
        when=parse_conditions(members["when"], within) if "when" in members else (),
        null=own_null,
    )


def _walks_frames(element: Element, scope: Scope) -> bool:
    """Whether filling the element needs the number of frames."""
    if element.each == "frames":
        return True
    scopes = [scope]
    if element.each is not None:
        scopes = [scope.inside(element.each, i, item) for i, item in enumerate(ITEMS[element.each](scope.view))]
    return any(
        all_hold(element.when, inner) and any(_walks_frames(child, inner) for child in element.children)
        for inner in scopes
    )


def _has_one_form(element: Element) -> bool:
    """Whether the element looks the same in every frame, so that frames can be written in blocks."""
    is_nested = element.cell is not None and _is_nested(element.cell)
    return not element.when and not is_nested and all(map(_has_one_form, element.children))


def _is_nested(cell: Cell) -> bool:
    """Whether the cell's value becomes elements instead of text."""
    return cell.field is not None and cell.field.type == "tree" and cell.how.encoder is None and cell.map is None


class _Writing:
    """One document in the making."""

    def __init__(self, indent: int, findings: Findings) -> None:
        self.indent = indent
        self.findings = findings

    def pad(self, depth: int) -> str:
        return " " * (self.indent * depth)

    @property
    def end(self) -> str:
        return "\n" if self.indent else ""

    def each(self, element: Element, scope: Scope, depth: int) -> Iterator[bytes]:
        """The element once, or once for each item it walks."""
        if element.each is None:
            yield from self.element(element, scope, depth)
        elif element.each == "frames":
            self.note_unknown(element, scope)
            if _has_one_form(element):
                columns = self.frame_columns(element, scope, depth)
                yield from read_out(columns, scope.view.frames())
            else:
                for index in range(scope.view.frames()):
                    yield from self.element(element, scope.inside("frames", index, index), depth)
        else:
            for index, item in enumerate(ITEMS[element.each](scope.view)):
                yield from self.element(element, scope.inside(element.each, index, item), depth)

    def element(self, element: Element, scope: Scope, depth: int, declared: str = "") -> Iterator[bytes]:
        if not all_hold(element.when, scope):
            return
        start = self.pad(depth) + f"<{element.name}{declared}{self.attributes(element, scope)}"
        if element.cell is not None:
            content = self.content(element, scope, depth)
            if content is not None:
                yield f"{start}>{content}</{element.name}>{self.end}".encode()
            elif element.null == "empty" or element.attributes or element.each == "frames":
                yield f"{start}/>{self.end}".encode()
        elif element.children:
            yield f"{start}>{self.end}".encode()
            for child in element.children:
                yield from self.each(child, scope, depth + 1)
            yield f"{self.pad(depth)}</{element.name}>{self.end}".encode()
        else:
            yield f"{start}/>{self.end}".encode()

    def attributes(self, element: Element, scope: Scope) -> str:
        texts = ((name, cell.text(scope)) for name, cell in element.attributes)
        return "".join(f' {name}="{attribute_text(text)}"' for name, text in texts if text is not None)

    def content(self, element: Element, scope: Scope, depth: int) -> str | None:
        """What stands between the tags; None when not known."""
        cell = element.cell
        assert cell is not None
        if _is_nested(cell):
            value = cell.json(scope)
            if isinstance(value, dict | list) and value:
                pad = " " * self.indent
                return tree_xml(value, pad, self.end, depth + 1) + self.pad(depth)
        text = cell.text(scope)
        if text is None and "frames" not in scope.items:
            self.findings.null(cell.name)
        return None if text is None else element_text(text)

    def note_unknown(self, element: Element, scope: Scope) -> None:
        """Note each value inside an element that walks frames which no frame has."""
        if element.cell is not None and is_unknown_throughout(element.cell, scope):
            self.findings.null(element.cell.name)
        for child in element.children:
            self.note_unknown(child, scope)

    def frame_columns(self, element: Element, scope: Scope, depth: int) -> list[Column]:
        """The element of every frame as columns of bytes."""
        columns = [constant(f"{self.pad(depth)}<{element.name}".encode())]
        for name, cell in element.attributes:
            part = Part(cell, f' {name}="'.encode(), b'"', b"", lambda text: attribute_text(text).encode())
            columns.append(part_column(part, scope))
        if element.cell is not None:
            # An unknown number closes the tag at once: a frame is never left out, and its attributes stay true.
            part = Part(element.cell, b">", f"</{element.name}>".encode(), b"/>", _escaped)
            columns.append(part_column(part, scope))
        elif not element.children:
            columns.append(constant(b"/>"))
        else:
            columns.append(constant(f">{self.end}".encode()))
            for child in element.children:
                columns += self.child_columns(child, scope, depth + 1)
            columns.append(constant(f"{self.pad(depth)}</{element.name}>".encode()))
        columns.append(constant(self.end.encode()))
        return columns

    def child_columns(self, child: Element, scope: Scope, depth: int) -> list[Column]:
        if child.cell is None or child.attributes:
            return self.frame_columns(child, scope, depth)
        before, after = f"{self.pad(depth)}<{child.name}>", f"</{child.name}>{self.end}"
        null = f"{self.pad(depth)}<{child.name}/>{self.end}" if child.null == "empty" else ""
        return [part_column(Part(child.cell, before.encode(), after.encode(), null.encode(), _escaped), scope)]


def _escaped(text: str) -> bytes:
    return element_text(text).encode()


ENCODING = XmlEncoding()
