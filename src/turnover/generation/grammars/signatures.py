"""Services that only sign: a name in a descriptive field, or a form that nobody else writes."""

from __future__ import annotations

import re

from turnover.core.clip import JsonValue
from turnover.core.generation import Generation
from turnover.generation.grammar import Reading, Told
from turnover.generation.values import members, seed, text

# (field, what it says in small letters) → tool
_SIGNED = {
    ("Make", "ideogram ai"): "Ideogram",
    ("Source", "luma ai"): "Luma",
    ("Software", "ideogram ai"): "Ideogram",
    ("CreatorTool", "ideogram ai"): "Ideogram",
    ("Credit", "apple image playground"): "Apple Image Playground",
}
_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_GROK_SIGNATURE = re.compile(r"Signature: [A-Za-z0-9+/]{80,2000}={0,2}")
_GROK_ARTIST = re.compile(_UUID)
_MIDJOURNEY = re.compile(rf"(.{{1,16000}}) Job ID: {_UUID}\s{{0,9}}", re.DOTALL)
_MIDJOURNEY_OPTION = re.compile(r"\s--[a-z]")
_MIDJOURNEY_SEED = re.compile(r"\s--seed\s(\d{1,20})(?!\S)", re.ASCII)


class Signatures:
    """Grok, Ideogram, Luma, Midjourney."""

    name = "signatures"

    def read(self, reading: Reading) -> Told | None:
        fields = members(reading.value)
        for key, value in fields.items():
            tool = _SIGNED.get((key, (text(value) or "").casefold()))
            if tool is not None:
                return Told(Generation(tool=tool, sources=(("tool", key),)), "label")
        if _is_grok(fields):
            return Told(Generation(tool="Grok", sources=(("tool", "its signature"),)), "label")
        return _midjourney(text(fields.get("Description")) or "")


def _is_grok(fields: dict[str, JsonValue]) -> bool:
    """A signature and, as the artist, a number of the picture."""
    signatures = (text(fields.get(key)) or "" for key in ("ImageDescription", "UserComment"))
    is_numbered = _GROK_ARTIST.fullmatch((text(fields.get("Artist")) or "").lower())
    return bool(is_numbered) and any(_GROK_SIGNATURE.fullmatch(signature) for signature in signatures)


def _midjourney(description: str) -> Told | None:
    """`a red car --ar 16:9 --seed 7 Job ID: …`"""
    match = _MIDJOURNEY.fullmatch(description[:20_000])
    if match is None:
        return None
    options = _MIDJOURNEY_OPTION.search(match[1])
    prompt = match[1][: options.start()] if options else match[1]
    given = _MIDJOURNEY_SEED.search(match[1])
    sources = tuple((name, "Description") for name in ("prompt", "seed", "tool"))
    generation = Generation("Midjourney", text(prompt), seed=seed(given[1]) if given else None, sources=sources)
    return Told(generation, "text")


GRAMMAR = Signatures()
