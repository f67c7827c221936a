"""Objects with typed members (RFC 8259): numbers stay numbers, integers of any size exact."""

from __future__ import annotations

from collections import Counter
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
from turnover.sidecars.columns import Part, constant, part_column, read_out
from turnover.sidecars.encoding import Findings
from turnover.sidecars.fields import series_field
from turnover.sidecars.item_fields import ITEMS
from turnover.sidecars.reading import Node
from turnover.sidecars.scope import Collection, Scope
from turnover.sidecars.values import MAX_DECIMALS, How, json_text
from turnover.sidecars.view import View

NullPolicy = Literal["null", "omit"]
NULL_POLICIES = ("null", "omit")


@dataclass(frozen=True, slots=True)
class Member:
    """One member of an object."""

    name: str
    cell: Cell | None = None
    members: tuple[Member, ...] = ()
    each: Collection | Literal["series"] | None = None
    """What it is a list of; for `series` an object of lists, one number a frame."""
    when: tuple[Condition, ...] = ()
    decimals: int = How().decimals
    """Of the series."""


@dataclass(frozen=True, slots=True)
class JsonBody:
    """A parsed body of `{"object": …}`."""

    members: tuple[Member, ...] = ()
    null: NullPolicy = "null"


class JsonEncoding:
    """Objects."""

    name = "json"
    key = "object"

    def parse(self, node: Node) -> JsonBody:
        members = node.members(("object", "null"), required=("object",))
        null: NullPolicy = "omit" if "null" in members and members["null"].choice(NULL_POLICIES) == "omit" else "null"
        return JsonBody(_parse_members(members["object"], frozenset()) if "object" in members else (), null)

    def holds_many(self, body: JsonBody) -> bool:
        return False

    def encode(self, body: JsonBody, views: Sequence[View], findings: Findings) -> Iterator[bytes]:
        (view,) = views
        if view.frame_count is None and _walks_frames(body.members, Scope(view)):
            view.frames()
        yield from _Writing(body.null, findings).members(body.members, Scope(view), 0)
        yield b"\n"

    def schema(self) -> dict[str, JsonValue]:
        shared: dict[str, JsonValue] = {"name": {"type": "string"}, "when": {"$ref": "#/$defs/condition"}}
        each: dict[str, JsonValue] = {"each": {"enum": list(COLLECTIONS)}}
        with_value: dict[str, JsonValue] = {
            "type": "object",
            "properties": {
                **shared,
                **each,
                **{key: {"$ref": f"#/$defs/cell_object/properties/{key}"} for key in CELL_KEYS},
            },
            "required": ["name"],
            "oneOf": CELL_KINDS,
            "additionalProperties": False,
        }
        with_object: dict[str, JsonValue] = {
            "type": "object",
            "properties": {**shared, **each, "object": {"type": "array", "items": {"$ref": "#/$defs/member"}}},
            "required": ["name", "object"],
            "additionalProperties": False,
        }
        series: dict[str, JsonValue] = {
            "type": "object",
            "properties": {
                **shared,
                "each": {"const": "series"},
                "decimals": {"$ref": "#/$defs/cell_object/properties/decimals"},
            },
            "required": ["name", "each"],
            "additionalProperties": False,
        }
        return {
            "type": "object",
            "properties": {
                "object": {"type": "array", "items": {"$ref": "#/$defs/member"}},
                "null": {"enum": list(NULL_POLICIES)},
            },
            "required": ["object"],
            "additionalProperties": False,
            "$defs": {"member": {"anyOf": [{"$ref": "#/$defs/field"}, with_value, with_object, series]}},
        }


def _parse_members(node: Node, inside: frozenset[Collection]) -> tuple[Member, ...]:
    items = node.items()
    names = Counter(name for item in items if (name := _name_of(item)) is not None)
    for name in (name for name, count in names.items() if count > 1):
        node.wrong(f"the member {name!r} stands twice")
    return tuple(_parse_member(item, inside) for item in items)


def _walks_frames(members: Sequence[Member], scope: Scope) -> bool:
    """Whether filling the members needs the number of frames."""
    for member in members:
        if member.each == "frames":
            return True
        scopes = [scope]
        if member.each == "series":
            if scope.view.clip.series and all_hold(member.when, scope):
                return True
        elif member.each is not None:
            scopes = [scope.inside(member.each, i, item) for i, item in enumerate(ITEMS[member.each](scope.view))]
        if any(all_hold(member.when, inner) and _walks_frames(member.members, inner) for inner in scopes):
            return True
    return False


def _name_of(item: Node) -> str | None:
    name = item.value.get("name") if isinstance(item.value, dict) else item.value
    return name if isinstance(name, str) else None


def _parse_member(node: Node, inside: frozenset[Collection]) -> Member:
    if isinstance(node.value, str):
        return Member(node.value, parse_cell(node, inside))
    members = node.members(("name", "object", "each", "when", *CELL_KEYS), required=("name",))
    name = members["name"].text() if "name" in members else ""
    if "name" not in members:
        return Member("")
    if "each" in members and members["each"].value == "series":
        return _parse_series(name, members, inside)
    each, within = parse_each(members["each"], inside) if "each" in members else (None, inside)
    has_cell = any(key in members for key in ("field", "value", "join"))
    if has_cell == ("object" in members):
        node.wrong("a member has either a value (field, value, join) or an object")
    elif not has_cell:
        note_stray(members)
    return Member(
        name,
        cell_of(node, members, within) if has_cell else None,
        _parse_members(members["object"], within) if "object" in members else (),
        each,
        parse_conditions(members["when"], within) if "when" in members else (),
    )


def _parse_series(name: str, members: Mapping[str, Node], inside: frozenset[Collection]) -> Member:
    for key in ("object", *CELL_KEYS):
        if key in members and key != "decimals":
            members[key].wrong(f"{key!r} does not go with each series")
    return Member(
        name,
        each="series",
        when=parse_conditions(members["when"], inside) if "when" in members else (),
        decimals=members["decimals"].whole(0, MAX_DECIMALS) if "decimals" in members else How().decimals,
    )


class _Writing:
    """One document in the making; two spaces a level, one line a scalar."""

    def __init__(self, null: NullPolicy, findings: Findings) -> None:
        self.null = null
        self.findings = findings

    def members(self, members: Sequence[Member], scope: Scope, depth: int) -> Iterator[bytes]:
        pad = "  " * (depth + 1)
        is_first = True
        for member in members:
            if member.each in (None, "series") and not all_hold(member.when, scope):
                continue
            if member.cell is not None and member.each is None:
                value = member.cell.json(scope)
                if value is None:
                    self.findings.null(member.cell.name)
                    if self.null == "omit":
                        continue
            yield (("{\n" if is_first else ",\n") + f"{pad}{json_text(member.name)}: ").encode()
            is_first = False
            yield from self.value(member, scope, depth + 1)
        yield b"{}" if is_first else ("\n" + "  " * depth + "}").encode()

    def value(self, member: Member, scope: Scope, depth: int) -> Iterator[bytes]:
        if member.each == "series":
            yield from _series(scope, member.decimals, depth)
        elif member.each is not None:
            yield from self.list(member, member.each, scope, depth)
        elif member.cell is not None:
            yield json_text(member.cell.json(scope)).encode()
        else:
            yield from self.members(member.members, scope, depth)

    def list(self, member: Member, each: Collection, scope: Scope, depth: int) -> Iterator[bytes]:
        items = range(scope.view.frames()) if each == "frames" else ITEMS[each](scope.view)
        is_first = True
        for index, item in enumerate(items):
            inner = scope.inside(each, index, item)
            if not all_hold(member.when, inner):
                continue
            yield (("[\n" if is_first else ",\n") + "  " * (depth + 1)).encode()
            is_first = False
            if member.cell is not None:
                yield json_text(member.cell.json(inner)).encode()
            else:
                yield from self.members(member.members, inner, depth + 1)
        yield b"[]" if is_first else ("\n" + "  " * depth + "]").encode()


def _series(scope: Scope, decimals: int, depth: int) -> Iterator[bytes]:
    """An object of lists: each series of the clip with one number or null a frame."""
    pad = "  " * (depth + 1)
    names = list(dict.fromkeys(series.name for series in scope.view.clip.series))
    if not names:
        yield b"{}"
        return
    frame_count = scope.view.frames()
    for index, name in enumerate(names):
        yield (("{\n" if index == 0 else ",\n") + f"{pad}{json_text(name)}: [").encode()
        part = Part(Cell(name, series_field(name), how=How(decimals=decimals)), null=b"null")
        is_first = True
        for block in read_out([part_column(part, scope), constant(b",")], frame_count):
            # Each row ends with a comma; the very last one is taken back.
            yield block[:-1] if is_first else b"," + block[:-1]
            is_first = False
        yield b"]"
    yield ("\n" + "  " * depth + "}").encode()


ENCODING = JsonEncoding()
