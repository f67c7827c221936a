"""The sound streams of a file."""

from __future__ import annotations

import re
from collections.abc import Iterable
from fractions import Fraction

from av.audio.codeccontext import AudioCodecContext
from av.audio.stream import AudioStream as AvAudioStream

from turnover.core.probe import AudioStream

UNKNOWN_CODEC = "unknown"
"""The name of a coding that FFmpeg does not know."""

# Of compressed sound PyAV shows only what the decoder gives, which says nothing about the file.
_PCM = re.compile(r"pcm_[fsu](\d+)(?:le|be)?(?:_planar)?\Z")


def sounds(streams: Iterable[AvAudioStream]) -> tuple[AudioStream, ...]:
    """Each stream in the file's order."""
    return tuple(map(_sound, streams))


def _sound(stream: AvAudioStream) -> AudioStream:
    context: AudioCodecContext | None = stream.codec_context
    duration = _seconds(stream.duration, stream.time_base)
    language = _language(stream.metadata.get("language"))
    if context is None:
        return AudioStream(UNKNOWN_CODEC, duration_seconds=duration, language=language)
    codec = context.codec.canonical_name
    pcm = _PCM.match(codec)
    return AudioStream(
        codec=codec,
        sample_rate=context.sample_rate or None,
        channels=context.channels or None,
        channel_layout=_layout(context.layout.name),
        bit_depth=int(pcm.group(1)) if pcm else None,
        duration_seconds=duration,
        bit_rate=context.bit_rate or None,
        language=language,
    )


def _seconds(ticks: int | None, time_base: Fraction | None) -> Fraction | None:
    return None if ticks is None or ticks <= 0 or time_base is None else ticks * time_base


def _layout(name: str) -> str | None:
    """The layout's name; "2 channels" names none."""
    return None if not name or name.endswith(" channels") else name


def _language(code: str | None) -> str | None:
    """The code as written; `und` is "not said"."""
    return None if code in (None, "", "und") else code
