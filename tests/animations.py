"""Animated GIF, WebP and PNG by recipe, written by Pillow.

The time of a frame is rounded to milliseconds (GIF: to hundredths of a second), and equal neighbours become one frame.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from PIL import ExifTags, Image, PngImagePlugin

from tests.pictures import Pixels
from tests.recipes import Recipe


def write_animation(recipe: Recipe, path: Path, pictures: Iterable[Pixels]) -> None:
    """The recipe's file from its pictures; raises ValueError for a tag that the format has no place for."""
    first, *others = (Image.fromarray(pixels) for pixels in pictures)
    suffix = path.suffix.lower()
    step = 10 if suffix == ".gif" else 1
    periods = (1,) * recipe.frames if recipe.variable is None else recipe.variable
    options = _OPTIONS[suffix](recipe)
    if others:
        milliseconds = [round(1000 * count * recipe.rate.frame_seconds / step) * step for count in periods]
        options |= {"save_all": True, "append_images": others, "duration": milliseconds, "loop": 0}
    first.save(path, suffix[1:].upper(), **options)


def _gif_options(recipe: Recipe) -> dict[str, object]:
    """A GIF has one comment."""
    _refuse_unless(recipe, {"comment"})
    return dict(recipe.tags)


def _webp_options(recipe: Recipe) -> dict[str, object]:
    """ComfyUI's way: `prompt:…` as the camera's model, `workflow:…` as its make."""
    places = {"prompt": ExifTags.Base.Model, "workflow": ExifTags.Base.Make}
    _refuse_unless(recipe, places)
    exif = Image.Exif()
    for key, value in recipe.tags.items():
        exif[places[key]] = f"{key}:{value}"
    return {"lossless": True, "exif": exif}


def _png_options(recipe: Recipe) -> dict[str, object]:
    """Texts as `tEXt`, or as ComfyUI's SaveAnimatedPNG writes them: private chunks after the pictures."""
    info = PngImagePlugin.PngInfo()
    for key, value in recipe.tags.items():
        if recipe.use_metadata_tags:
            info.add(b"comf", key.encode("latin-1") + b"\0" + value.encode("latin-1"), after_idat=True)
        else:
            info.add_text(key, value)
    return {"pnginfo": info}


_OPTIONS: Mapping[str, Callable[[Recipe], dict[str, object]]] = {
    ".gif": _gif_options,
    ".png": _png_options,
    ".webp": _webp_options,
}


def _refuse_unless(recipe: Recipe, known: Iterable[str]) -> None:
    unknown = sorted(recipe.tags.keys() - set(known))
    if unknown:
        raise ValueError(f"{recipe.name!r} cannot hold: {', '.join(f'tag {key!r}' for key in unknown)}")
