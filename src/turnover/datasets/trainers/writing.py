"""TOML, YAML and shell texts of configurations; only the forms that configurations here have.

Strings are quoted the same way in TOML and YAML: double quotes, with the escapes that both know.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

Scalar: TypeAlias = "str | int | float | bool"
Value: TypeAlias = "Scalar | Sequence[Value]"
Table: TypeAlias = Mapping[str, Value]
Tree: TypeAlias = "Scalar | None | Sequence[Tree] | Mapping[str, Tree]"


def quoted(text: str) -> str:
    r"""A string in TOML and in YAML.

    >>> quoted('C:\\sets\\demo "1"')
    '"C:\\\\sets\\\\demo \\"1\\""'
    """
    return f'"{"".join(map(_spelled, text))}"'


def toml(tables: Iterable[tuple[str, Table]], *, comment: str) -> str:
    """Tables in order: `""` is the top, `[name]` a table, `[[name]]` one of several; each after an empty line."""
    parts = [f"{line}\n" for line in _remarks(comment)]
    for header, table in tables:
        parts.append("\n")
        if header:
            parts.append(f"{header}\n")
        parts += [f"{key} = {_toml_value(value)}\n" for key, value in table.items()]
    return "".join(parts)


def yaml(tree: Mapping[str, Tree], *, comment: str) -> str:
    """A mapping in block form; lists of scalars stand on one line."""
    return "".join(f"{line}\n" for line in (*_remarks(comment), *_yaml_lines(tree)))


def script(words: Sequence[str], *, comment: str, needs: Mapping[str, str] | None = None) -> str:
    """A shell script of one command, an option a line; `needs` are its variables: name → what it is to be set to.

    `$NAME`, alone or before a slash, stands for one of them.
    """
    variables = needs or {}
    head = ["#!/bin/sh", *_remarks(comment), "set -eu"]
    asked = [f': "${{{name}:?set it to {what}}}"' for name, what in variables.items()]
    groups: list[str] = []
    for word in words:
        spelled = f'"{word}"' if word[:1] == "$" and word[1:].partition("/")[0] in variables else shlex.quote(word)
        if not groups or word.startswith("--"):
            groups.append(spelled)
        else:
            groups[-1] += f" {spelled}"
    return "\n".join([*head, *asked, "", " \\\n  ".join(groups)]) + "\n"


def _remarks(comment: str) -> list[str]:
    """Each line as a comment, with nothing in it that could end it."""
    return [f"# {''.join(c if c.isprintable() else ' ' for c in line)}" for line in comment.splitlines()]


def _spelled(sign: str) -> str:
    if sign in '"\\':
        return f"\\{sign}"
    if "\ud800" <= sign <= "\udfff":  # half of a surrogate pair, which neither language has
        return "\ufffd"
    return sign if sign.isprintable() else f"\\U{ord(sign):08X}"


def _toml_value(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, int | float):
        return repr(value)
    return f"[{', '.join(map(_toml_value, value))}]"


def _yaml_scalar(value: Tree) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, float):  # YAML 1.1 has no number like 1e-05
        return f"{value:.12f}".rstrip("0") + ("0" if value == int(value) else "")
    if isinstance(value, int):
        return repr(value)
    if isinstance(value, Sequence):
        return f"[{', '.join(map(_yaml_scalar, value))}]"
    return "{}"


def _yaml_lines(tree: Mapping[str, Tree]) -> list[str]:
    lines: list[str] = []
    for key, value in tree.items():
        if isinstance(value, Mapping) and value:
            lines += [f"{key}:", *(f"  {line}" for line in _yaml_lines(value))]
        elif isinstance(value, Sequence) and not isinstance(value, str) and any(isinstance(v, Mapping) for v in value):
            lines.append(f"{key}:")
            for item in value:
                first, *rest = _yaml_lines(item) if isinstance(item, Mapping) else [_yaml_scalar(item)]
                lines += [f"  - {first}", *(f"    {line}" for line in rest)]
        else:
            lines.append(f"{key}: {_yaml_scalar(value)}")
    return lines
