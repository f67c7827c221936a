"""What was asked for and what was to be avoided: the texts that reach a sampler in a role."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from turnover.generation.comfy import strings, words
from turnover.generation.comfy.graph import Graph, Link, Node
from turnover.generation.comfy.literals import Unknown
from turnover.generation.comfy.strings import Text, Written

Role: TypeAlias = Literal["positive", "negative"]

# An encoder has a link to what encodes.
_ENCODERS = ("clip", "t5", "encoder", "model", "hid_proj", "tokenizer")
_NO_TEXT = ("vae", "image", "latent", "mask", "control_net", "audio", "sigmas", "pixels", "video")
_MAX_DEPTH = 150
_MAX_NODES = 500


@dataclass(frozen=True, slots=True)
class Prompt:
    """The text of one role, and the nodes it came through."""

    text: Text | None
    """None when the sampler has no such role."""
    path: tuple[Node, ...] = ()
    """From the sampler's side upward."""


def prompt(graph: Graph, sampler: Node, role: Role) -> Prompt:
    """The text that reaches a sampler in a role.

    Roles are followed by the names of inputs, never by the numbers of outputs: nodes order their outputs as they like.
    """
    walk = _Walk(graph, role)
    walk.enter(sampler)
    return Prompt(walk.text(), tuple(walk.path))


@dataclass(slots=True)
class _Walk:
    graph: Graph
    role: Role
    has_role: bool = False
    """Whether the sampler has an input of this role at all."""
    texts: list[Text] = field(default_factory=list)
    silent: list[Text] = field(default_factory=list)
    """Ways that lead to no text at all: they count only where no way leads to one."""
    path: list[Node] = field(default_factory=list)
    seen: set[tuple[str, bool]] = field(default_factory=set)

    def text(self) -> Text | None:
        """All that was found, each different text once, in order; empty ones count only where there is no other."""
        unknown = next((text for text in self.texts if isinstance(text, Unknown)), None)
        if unknown is not None:
            return unknown
        parts = [text for text in self.texts if isinstance(text, Written)]
        if not parts:
            nothing = Unknown(f"no text leads to the {self.role} side of the sampler")
            return next(iter(self.silent), nothing) if self.has_role else None
        telling = [part for part in parts if part.text.strip()] or parts[:1]
        return Written(
            "\n".join(dict.fromkeys(part.text for part in telling)),
            "; ".join(dict.fromkeys(part.where for part in telling)),
        )

    def enter(self, sampler: Node) -> None:
        """Begin at a sampler, the names of whose inputs give the role."""
        named, neutral = self._sides(sampler)
        self.has_role = bool(named) or (self.role == "positive" and bool(neutral))
        if named:
            self._take(sampler, named, is_role_known=True, depth=0)
        else:
            # A side without a name is the positive one; it may bring the negative one where that is named further up.
            self._take(sampler, neutral, is_role_known=self.role == "positive", depth=0)
        if not self.texts:
            self._take(sampler, _bundles(sampler), is_role_known=False, depth=0)
        if not self.texts and self.role == "positive":
            # A node that does all by itself has its text itself.
            self.texts.extend(strings.texts_of(self.graph, sampler, self.role))

    def _sides(self, node: Node) -> tuple[list[str], list[str]]:
        """The inputs of this role, and those that bring encoded text of no role."""
        negative = [name for name in node.inputs if words.is_negative(name)]
        positive = [name for name in node.inputs if words.is_positive(name)]
        neutral = [name for name in node.links if words.is_conditioning(name) and name not in (*negative, *positive)]
        if negative and not positive:
            # Who names only one of two sides means the other by the rest.
            positive, neutral = neutral, []
        return (positive if self.role == "positive" else negative), neutral

    def _take(self, node: Node, names: Iterable[str], *, is_role_known: bool, depth: int) -> None:
        for name in names:
            value = node.inputs[name]
            if isinstance(value, str):
                self.texts.append(Written(value, f"{node}.{name}"))
            elif isinstance(value, Link):
                self._visit(self.graph.nodes[value.node], is_role_known=is_role_known, depth=depth + 1)

    def _visit(self, node: Node, *, is_role_known: bool, depth: int) -> None:
        if (node.id, is_role_known) in self.seen:
            return
        if depth > _MAX_DEPTH or len(self.seen) > _MAX_NODES:
            self.texts.append(Unknown("its text is handed through too many nodes"))
            return
        self.seen.add((node.id, is_role_known))
        self.path.append(node)
        named, neutral = self._sides(node)
        if "zeroout" in node.words:
            self.texts.append(Written("", str(node)))
        elif named:
            self._take(node, named, is_role_known=True, depth=depth)
        elif not is_role_known:
            self._take(node, neutral, is_role_known=self.role == "positive", depth=depth)
            self._take(node, _bundles(node), is_role_known=False, depth=depth)
        elif onward := neutral or [name for name in node.links if words.is_positive(name)]:
            # A node that has but the positive side makes the negative one from it.
            self._take(node, onward, is_role_known=True, depth=depth)
        else:
            self._end(node, depth)

    def _end(self, node: Node, depth: int) -> None:
        """A node that no conditioning goes into: an encoder, a text, or something that hands on what it is given."""
        is_encoder = any(word in name.lower() for name in node.links for word in _ENCODERS)
        has_text = bool(strings.text_names(node, self.role))
        if is_encoder and not strings.is_working(node):
            self.texts.extend(strings.texts_of(self.graph, node, self.role))
            self.silent.extend([] if has_text else [Unknown(f"{node} takes no text")])
            return
        is_closed = strings.is_working(node) or strings.joins(node)
        if not has_text and not is_closed and self._goes_on(node, depth):
            return
        told = strings.handed(self.graph, node, role=self.role)
        if has_text and isinstance(told, Unknown) and not is_closed and self._goes_on(node, depth):
            return
        (self.silent if isinstance(told, Unknown) and not has_text and not is_closed else self.texts).append(told)

    def _goes_on(self, node: Node, depth: int) -> bool:
        """Whether text was found beyond a node whose inputs have names of no meaning here."""
        before = len(self.texts)
        onward = [name for name in node.links if not any(word in name.lower() for word in _NO_TEXT)]
        self._take(node, onward, is_role_known=True, depth=depth)
        found = self.texts[before:]
        # What cannot be told beside what can is something else that is handed on.
        self.texts[before:] = [text for text in found if isinstance(text, Written)] or found[:1]
        return len(found) > 0


def _bundles(node: Node) -> list[str]:
    """The inputs that bring a model together with its conditioning: guiders, pipes, contexts."""
    return [
        name
        for name in node.links
        if (words.is_model(name) and not name.lower().startswith(("model", "unet"))) or name.lower().endswith("_cfg")
    ]
