"""The words by which inputs are known.

Nodes come from hundreds of authors, so no class name decides anything. What an input is called does: a node can only be
used if the names of its inputs say what goes in, and authors borrow the names of ComfyUI's own nodes.
"""

from __future__ import annotations

import re

from turnover.generation.comfy.graph import Node


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns))


_PICTURE = _any(
    r"^(src|source|target|input|init|opt|start|end|first|last|ref|reference|control|pose|face|base)?_?"
    r"(images?|videos?|frames?|pixels|gifs?|clips?_frames)(_?(\d+|[a-d]|list|batch|in|input|target|ref|pass))?$",
    r"_(image|images|video|frame|frames)$",
)
_LATENT = _any(r"latents?", r"^samples?_?\d*$", r"^image_embeds$", r"^stage_[abc]$")
_AUDIO = _any(r"audio", r"^(voice|music|speech|sound)$")
_MODEL = _any(
    r"(^|_)models?(_|\d|$)", r"^(unet|transformer|dit|base_pipe|guider)(_|\d|$)", r"(^|_)(pipe|pipeline|ctx|context)$",
)  # fmt: skip
_NO_MODEL = _any(r"upscale_model|clip_vision|style_model|control|lora|vae|text|clip|sampling")
_ROLE_END = r"(_?(prompts?|text|cond(itioning)?|embeds?|str(ing)?|[gl]|opt|\d+))*$"
_POSITIVE = _any(r"(^|_)(positive|pos)" + _ROLE_END)
_NEGATIVE = _any(r"(^|_)(negative|neg|uncond|unconditional)" + _ROLE_END)
_CONDITIONING = _any(
    r"cond(itioning)?s?(_\w+|\d+)?$", r"^(text|prompt|hyvid|txt|clip_text)_?embed(s|dings?)?$", r"^embed(s|dings?)?$",
)  # fmt: skip
_NO_CONDITIONING = _any(r"image|clip_vision|audio|camera|latent|control|second|uncond_?zero|setting|mask|strength")


def last(name: str) -> str:
    """The last part of a name with dots, in lower case: inputs that a choice brings are called `model.prompt`."""
    return name.lower().rpartition(".")[2]


def is_picture(name: str) -> bool:
    """Whether pictures or a video go in here."""
    return bool(_PICTURE.search(last(name)))


def is_latent(name: str) -> bool:
    """Whether undecoded pictures go in here.

    >>> is_latent("latent_image"), is_latent("samples"), is_latent("image")
    (True, True, False)
    """
    return bool(_LATENT.search(last(name)))


def is_audio(name: str) -> bool:
    """Whether sound goes in here."""
    return bool(_AUDIO.search(last(name)))


def is_model(name: str) -> bool:
    """Whether a model that draws, or a bundle with one, goes in here.

    >>> [name for name in ("model", "model1", "unet", "guider", "pipe", "upscale_model", "vae") if is_model(name)]
    ['model', 'model1', 'unet', 'guider', 'pipe']
    """
    lowered = last(name)
    return bool(_MODEL.search(lowered)) and not _NO_MODEL.search(lowered)


def is_positive(name: str) -> bool:
    """Whether what is asked for goes in here.

    >>> [
    ...     name
    ...     for name in ("positive", "positive_prompt", "text_positive", "positive_token_normalization", "negative")
    ...     if is_positive(name)
    ... ]
    ['positive', 'positive_prompt', 'text_positive']
    """
    return bool(_POSITIVE.search(last(name)))


def is_negative(name: str) -> bool:
    """Whether what is to be avoided goes in here."""
    return bool(_NEGATIVE.search(last(name)))


def is_conditioning(name: str) -> bool:
    """Whether encoded text goes in here and the name tells no role.

    >>> [
    ...     name
    ...     for name in ("conditioning_to", "text_embeds", "cond", "image_embeds", "camera_conditions")
    ...     if is_conditioning(name)
    ... ]
    ['conditioning_to', 'text_embeds', 'cond']
    """
    lowered = last(name)
    return bool(_CONDITIONING.search(lowered)) and not _NO_CONDITIONING.search(lowered)


def has_word(node: Node, *words: str) -> bool:
    """Whether one of the words stands in the node's class."""
    return any(word in node.words for word in words)
