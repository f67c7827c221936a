"""What a pixel format's name stands for."""

from __future__ import annotations

from dataclasses import dataclass

import av

_CHROMA = {
    (8, 8): "4:2:0", (8, 16): "4:2:2", (16, 16): "4:4:4", (16, 8): "4:4:0", (4, 16): "4:1:1", (4, 4): "4:1:0",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class PixelFormat:
    """Depth, chroma and alpha of a pixel format."""

    name: str | None
    """FFmpeg's; None where the format is not known."""
    bit_depth: int | None
    """Bits of one colour component, the deepest where they differ; None where there is none."""
    chroma: str | None
    """As `VideoStream.chroma`; None for a sampling that has no name."""
    has_alpha: bool


def pixel_format(known: av.VideoFormat) -> PixelFormat:
    """The facts of one of FFmpeg's pixel formats.

    >>> pixel_format(av.VideoFormat("yuva444p12le"))
    PixelFormat(name='yuva444p12le', bit_depth=12, chroma='4:4:4', has_alpha=True)
    """
    colours = [component for component in known.components if not component.is_alpha]
    return PixelFormat(
        name=known.name,
        bit_depth=max((component.bits for component in colours), default=None),
        chroma=_chroma(known, len(colours)),
        has_alpha=len(colours) < len(known.components),
    )


def _chroma(known: av.VideoFormat, colours: int) -> str | None:
    if known.has_palette:
        return "palette"
    if known.is_bayer:
        return "bayer"
    if known.is_rgb:
        return "rgb"
    if colours == 1:
        return "gray"
    return _CHROMA.get((known.chroma_width(16), known.chroma_height(16)))
