"""Says whether a document is what its template says it is, by readers that are not ours."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pandas
from lxml import etree

from tests.readers.rfc4180 import read_rows
from turnover.sidecars.encodings.csv import CsvBody, Dialect
from turnover.sidecars.encodings.xml import XmlBody
from turnover.sidecars.mapping import WriterBody
from turnover.sidecars.template import Template

# What the writers' formats are made of.
_WRITTEN = {"fcpxml": "xml", "xmeml": "xml", "mgjson": "json", "otio": "json"}


def read_document(template: Template, content: bytes) -> None:
    """Raise when the document is not well-formed."""
    if isinstance(template.body, WriterBody):
        kind = _WRITTEN.get(template.body.writer.name)
        if kind == "xml":
            read_xml(content)
        elif kind == "json":
            read_json(content)
        else:
            content.decode()
    elif isinstance(template.body.body, CsvBody):
        read_csv(content, template.body.body.dialect)
    elif isinstance(template.body.body, XmlBody):
        # Without a prolog of XML the document has no byte order mark and is UTF-8 all the same.
        read_xml(content)
    else:
        read_json(content)


def read_xml(content: bytes) -> None:
    """XML 1.0 with namespaces, of which nothing is opened, fetched or put in."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, recover=False, huge_tree=True)
    root = etree.fromstring(content, parser)
    assert all(isinstance(node.tag, str) or isinstance(node, etree._Comment) for node in root.iter())


def read_json(content: bytes) -> None:
    """RFC 8259 with no key twice in one object."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        assert len({name for name, _ in pairs}) == len(pairs), "a key stands twice"
        return dict(pairs)

    def no_constant(token: str) -> Any:
        raise AssertionError(f"{token} is no JSON")

    json.loads(content.decode(), object_pairs_hook=once, parse_constant=no_constant)


def read_csv(content: bytes, dialect: Dialect) -> None:
    """A table on which three readers agree."""
    assert content.startswith(dialect.mark)
    text = content[len(dialect.mark) :].decode(dialect.codec)
    rows = read_rows(text, delimiter=dialect.delimiter, line_end=dialect.end)
    assert rows == list(csv.reader(io.StringIO(text, newline=""), delimiter=dialect.delimiter, strict=True))
    if not rows:
        return
    table = pandas.read_csv(
        io.StringIO(text, newline=""), delimiter=dialect.delimiter, header=None, dtype=str, keep_default_na=False
    )
    assert table.shape == (len(rows), len(rows[0]))
