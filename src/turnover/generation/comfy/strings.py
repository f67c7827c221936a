"""Texts that nodes hold, join and rewrite."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from turnover.generation.comfy import words
from turnover.generation.comfy.graph import Graph, Input, Link, Node, is_named
from turnover.generation.comfy.literals import Found, Unknown, literal
from turnover.generation.comfy.values import text, truth


@dataclass(frozen=True, slots=True)
class Written:
    """A text and where it stands."""

    text: str
    where: str


Text: TypeAlias = "Written | Unknown"

MAX_LENGTH = 1_000_000
"""Signs; a longer text was made by joining texts to themselves and is not told."""

MAX_DEPTH = 64
"""How many nodes a text is followed through."""

# What holds the words for an encoder or for a node that hands text on, the surest first.
_FILLED = re.compile(r"populated_text")
_PLAIN = re.compile(
    r"text|prompt|string|value|str|caption|user_prompt|positive_text|multiline_text|text_multiline|raw_prompt"
)
_OTHER = re.compile(
    r"(text|prompt|string)_?([a-z]|\d+)|clip_[lgh]|t5(xxl)?|bert|mt5xl|llama|qwen\w*|gemma\w*|byt5\w*|tags|lyrics"
    r"|global_prompt|prompt_text|text_prompt|scene_prompt|user_input|wildcard_text|texts?_in|text_input|input_text"
)
# As a link these are encoders; as a text they are the words for one.
_ENCODER = re.compile(r"t5$|bert|llama|qwen|gemma|byt5")
_SEPARATORS = ("delimiter", "separator", "sep", "joiner", "seperator", "divider")
_NO_PARTS = (*_SEPARATORS, "action", "tidy_tags", "mode")
_JOINS = ("concat", "join", "append", "combine", "merge")
_REWRITES = re.compile(r"enhanc|rewrit|refine|expan|extend|upsampl|generate\w*prompt|promptgenerat|improve|magicprompt")
_WORKS = re.compile(r"(temperature|top_[kp]|max_(new_)?(tokens|length)|num_beams|repetition_penalty|system_prompt)$")
_WORKING = (
    "llm", "ollama", "florence", "caption", "gpt", "gemini", "claude", "deepseek", "interrogat", "tagger",
    "translat", "wildcard", "randomprompt", "describe", "vlm", "vision",
)  # fmt: skip
_FILES = re.compile(r"(^|_)(file|path|dir|directory|folder|csv|filename|prompt_file)(_|$)")
_REPLACING = (
    re.compile(r"(input_?)?(string|text)"),
    re.compile(r"find|search|old|target|find_?text"),
    re.compile(r"replace(ment|_with|_text)?|new"),
)


def written(graph: Graph, node: Node, name: str, *, role: str = "") -> Text:
    """The text at one input; `role` (`positive`, `negative`) chooses where a node holds one of each."""
    return _Reader(graph, role).written(node, name, MAX_DEPTH)


def handed(graph: Graph, node: Node, *, role: str = "") -> Text:
    """The text that comes out of a node."""
    return _Reader(graph, role).handed(node, MAX_DEPTH)


def texts_of(graph: Graph, node: Node, role: str = "") -> Iterator[Text]:
    """The texts that an encoder is given, in the order of its inputs."""
    reader = _Reader(graph, role)
    for name in text_names(node, role):
        yield reader.written(node, name, MAX_DEPTH)


def text_names(node: Node, role: str = "") -> tuple[str, ...]:
    """The inputs that hold the words of an encoder, or of a node that hands text on."""
    usable = [name for name, value in node.inputs.items() if isinstance(value, str | Link) and is_named(name)]
    is_role = {"positive": words.is_positive, "negative": words.is_negative}.get(role)
    named = [name for name in usable if is_role is not None and is_role(name)]
    filled = [name for name in usable if _FILLED.fullmatch(words.last(name))]
    plain = [name for name in usable if _PLAIN.fullmatch(words.last(name))]
    others = [name for name in usable if _OTHER.fullmatch(words.last(name)) and not _is_shown(node, name)]
    if plain:
        # Beside a text a link of another such name is an encoder.
        plain += [name for name in others if isinstance(node.inputs[name], str)]
    others = [n for n in others if not (isinstance(node.inputs[n], Link) and _ENCODER.match(words.last(n)))]
    return tuple(named or filled or plain or others)


def is_working(node: Node) -> bool:
    """Whether a node makes up text while running, as a language model does."""
    if "populated_text" in node.inputs or "encode" in node.words:
        return False
    return words.has_word(node, *_WORKING) or any(_WORKS.match(words.last(name)) for name in node.inputs)


def joins(node: Node) -> bool:
    """Whether a node joins texts."""
    says_so = words.has_word(node, *_JOINS) or node.inputs.get("action") == "append"
    return says_so and bool(_parts(node) or _gone(node))


@dataclass(slots=True)
class _Reader:
    """Reads texts of one role, each node once."""

    graph: Graph
    role: str
    told: dict[str, Text] = field(default_factory=dict)

    def written(self, node: Node, name: str, depth: int) -> Text:
        value = node.inputs[name]
        if isinstance(value, str):
            return Written(value, f"{node}.{name}")
        if isinstance(value, Link):
            return self.handed(self.graph.nodes[value.node], depth - 1)
        return Unknown(f"{node}.{name} holds no text that can be followed")

    def handed(self, node: Node, depth: int) -> Text:
        if node.id not in self.told:
            # Who comes here again before it is told goes round in a circle.
            self.told[node.id] = Unknown(f"{node} leads back to itself")
            self.told[node.id] = (
                self._told(node, depth) if depth > 0 else Unknown("it is handed through too many nodes")
            )
        return self.told[node.id]

    def _told(self, node: Node, depth: int) -> Text:
        if joins(node):
            return self._joined(node, depth)
        if _REWRITES.search(node.words):
            return self._rewritten(node, depth)
        if is_working(node):
            return Unknown(f"{node} writes it while running")
        if "replace" in node.words:
            return self._replaced(node, depth)
        names = text_names(node, self.role)
        if len(names) == 1 and not any(words.is_picture(link) for link in node.links):
            return self.written(node, names[0], depth)
        if not names and len(node.inputs) == 1 and node.links:
            return self.written(node, next(iter(node.inputs)), depth)
        return _untold(node)

    def _joined(self, node: Node, depth: int) -> Text:
        parts: list[str] = []
        for name in _parts(node):
            part = self.written(node, name, depth)
            if isinstance(part, Unknown):
                return Unknown(f"a part of it cannot be told: {part.reason}")
            parts.append(part.text)
        if _gone(node):
            return Unknown(f"a part of it is missing from {node}")
        if self._is_yes(node, "clean_whitespace"):
            parts = [part.strip() for part in parts]
        is_tidy = self._is_yes(node, "tidy_tags")
        joined = self._separator(node, is_tidy=is_tidy).join(part for part in parts if part or not is_tidy)
        if len(joined) > MAX_LENGTH:
            return Unknown(f"{node} joins it to more than {MAX_LENGTH} signs")
        return Written(_tidied(joined) if is_tidy else joined, f"{node}, joined")

    def _separator(self, node: Node, *, is_tidy: bool) -> str:
        separator = literal(self.graph, node, _SEPARATORS, text)
        if isinstance(separator, Found):
            # Some write the line break as two signs, since their box has one line.
            return str(separator.value).replace("\\n", "\n")
        return ", " if is_tidy else ""

    def _is_yes(self, node: Node, name: str) -> bool:
        found = literal(self.graph, node, (name,), truth)
        return isinstance(found, Found) and found.value is True

    def _replaced(self, node: Node, depth: int) -> Text:
        if "regex" in node.words:
            return _untold(node)
        found: list[Written] = []
        for pattern in _REPLACING:
            name = next((name for name in node.inputs if pattern.fullmatch(name.lower())), None)
            part = _untold(node) if name is None else self.written(node, name, depth)
            if isinstance(part, Unknown):
                return part
            found.append(part)
        subject, old, new = (part.text for part in found)
        if not old or len(subject) * (1 + len(new)) > MAX_LENGTH:
            return _untold(node)
        return Written(subject.replace(old, new), f"{node}, replaced")

    def _rewritten(self, node: Node, depth: int) -> Text:
        """What was asked for, where a node rewrites it while running and the result is in no graph."""
        for name in text_names(node, self.role):
            source = self.graph.source(node.inputs[name])
            # Instructions are often joined in front of what was asked for, and are no part of it.
            is_joined = source is not None and joins(source)
            asked = self.written(node, name, depth)
            if isinstance(asked, Written) and asked.text.strip() and not is_joined:
                return Written(asked.text, f"{asked.where}, rewritten by {node} while running")
        return Unknown(f"{node} writes it while running")


def _is_shown(node: Node, name: str) -> bool:
    """Whether an input only keeps what a node that shows texts has shown last time."""
    return bool(re.fullmatch(r"text_?\d+", name)) and isinstance(node.inputs.get("text"), Link)


def _untold(node: Node) -> Unknown:
    files = [str(value) for name, value in node.literals.items() if _FILES.search(name.lower()) and text(value)]
    if files:
        return Unknown(f"{node} reads it from a file: {files[0][:100]}")
    return Unknown(f"{node} works it out while running")


def _parts(node: Node) -> list[str]:
    """The inputs that are joined: texts under one name with a number or letter, or simply all texts."""
    usable = [name for name, value in node.inputs.items() if _may_be_part(name, value)]
    numbered = [name for name in usable if re.fullmatch(r".*?(_?\d+|_[a-z])", name.lower())]
    return numbered or [name for name in usable if re.search(r"text|string|prompt|prefix|suffix", name.lower())]


def _may_be_part(name: str, value: Input) -> bool:
    return isinstance(value, str | Link) and is_named(name) and name.lower() not in _NO_PARTS


def _gone(node: Node) -> list[str]:
    """Inputs that should hold a part and hold something that is no text."""
    return [n for n, v in node.inputs.items() if isinstance(v, list) and re.search(r"text|string|prompt", n.lower())]


def _tidied(joined: str) -> str:
    """As the node that offers `tidy_tags` does it."""
    return re.sub(r",{2,}", ",", re.sub(r"\s{2,}", " ", joined).replace(" ,", ",")).strip()
