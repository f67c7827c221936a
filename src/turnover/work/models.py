"""Which files on this machine the models and LoRAs of a clip are."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from types import MappingProxyType

from turnover.core.clip import Clip
from turnover.core.generation import Generation, Lora, ModelFile, ModelUse
from turnover.core.probe import Warning
from turnover.files.model_files import (
    MODEL_SUFFIXES,
    DigestCache,
    Digests,
    Progress,
    header_tags,
    model_files,
    same_file,
)
from turnover.work.given import noted

REMARKS_ON_MODELS: Mapping[str, str] = MappingProxyType(
    {
        "model_file_missing": "No file under the folder of models has a model's name, or only one in a folder that it"
        " does not name.",
        "model_file_ambiguous": "Several files have a model's name and differ; none is taken.",
        "model_file_differs": "A file has a model's name, and another hash than the recipe tells; it is not taken.",
        "model_file_unreadable": "The file of a model cannot be read.",
    }
)
"""Code → sentence of each warning about the files of models."""

# Where ComfyUI, A1111 and their kin keep each kind (ComfyUI: folder_paths.py). A loader looks nowhere else.
_FOLDERS = {
    "loras": "lora", "lora": "lora", "lycoris": "lora",
    "vae": "vae",
    "text_encoders": "text_encoder", "clip": "text_encoder",
    "clip_vision": "clip_vision",
    "diffusion_models": "diffusion", "unet": "diffusion", "checkpoints": "diffusion", "stable-diffusion": "diffusion",
    "controlnet": "controlnet",
    "upscale_models": "upscaler", "esrgan": "upscaler", "realesrgan": "upscaler",
}  # fmt: skip
_KINDS = {"refiner": "diffusion"}

# Shorter hashes are of another kind: A1111's first one, of a single block of the file.
_COMPARABLE = re.compile(r"[0-9a-f]{10,64}", re.ASCII)
# What some trainers write for every file they make (ostris/ai-toolkit did): it would have all of them read.
_OF_NOTHING = hashlib.sha256(b"").hexdigest()
_CLAIMS = ("sshs_model_hash", "modelspec.hash_sha256")
_ELSEWHERE = re.compile(r"[\\/~]|[A-Za-z]:|\w+://")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A model or LoRA as a recipe names it."""

    name: str
    kind: str | None
    """`lora`, or the role of a model; None when not known."""
    hashes: tuple[str, ...] = ()
    """Those that can be compared with a file's, lower-case."""

    def __str__(self) -> str:
        return f"{'LoRA' if self.kind == 'lora' else 'model'} {self.name}"


@dataclass(slots=True)
class Models:
    """The files of models under a folder; each name is looked for once."""

    folder: Path
    cache: DigestCache
    progress: Progress | None = None
    _by_stem: dict[str, list[PurePosixPath]] = field(init=False)
    _answers: dict[Wanted, ModelFile | Warning] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        """Walk the folder; raises UsageError where there is none."""
        self.folder = self.folder.absolute()
        self._by_stem = defaultdict(list)
        for path in model_files(self.folder):
            self._by_stem[_folded(path.stem)].append(PurePosixPath(path.as_posix()))

    def file_of(self, wanted: Wanted) -> ModelFile | Warning:
        """The file, or why none is taken."""
        if wanted not in self._answers:
            try:
                self._answers[wanted] = self._file_of(wanted)
            except OSError as error:
                reason = f"{wanted}: {error.filename or self.folder}: {error.strerror or error}"
                self._answers[wanted] = Warning("model_file_unreadable", reason)
        return self._answers[wanted]

    def _file_of(self, wanted: Wanted) -> ModelFile | Warning:
        named = self._named(wanted.name)
        if wanted.hashes:
            return self._hashed(wanted, named)
        fitting = [path for path in named if self._fits(path, wanted)]
        if fitting:
            return self._one_of(wanted, fitting)
        near = f"; {_listed(named)} has that name, in a folder that it does not name" if named else ""
        return Warning("model_file_missing", f"{wanted}: no file of that name under {self.folder}{near}")

    def _named(self, name: str) -> list[PurePosixPath]:
        """Files whose own name is that, with its suffix or without one."""
        base = _folded(_parts(name)[-1])
        stem, suffix = _split(base)
        return [path for path in self._by_stem.get(stem, ()) if suffix in ("", path.suffix.lower())]

    def _fits(self, path: PurePosixPath, wanted: Wanted) -> bool:
        """Whether a file lies in the folders that its name tells, below no folder of another kind of model."""
        told = [_folded(part) for part in _parts(wanted.name)[:-1]]
        place = [_folded(part) for part in (*self.folder.parts, *path.parent.parts)]
        if told and place[-len(told) :] != told:
            return False
        kind = _KINDS.get(wanted.kind or "", wanted.kind)
        parents = (*path.parent.parts, self.folder.name)
        of_folder = next((_FOLDERS[part.lower()] for part in parents if part.lower() in _FOLDERS), None)
        return kind not in _FOLDERS.values() or of_folder in (None, kind)

    def _hashed(self, wanted: Wanted, named: list[PurePosixPath]) -> ModelFile | Warning:
        """The file that has the hash, among those of the name, else among those whose hash is told already."""
        agreeing = [path for path in named if self._agrees(path, wanted, with_claims=True)]
        if not agreeing and not named:
            agreeing = [path for path in self._claiming(wanted) if self._agrees(path, wanted, with_claims=False)]
        if agreeing:
            return self._one_of(wanted, agreeing)
        if named:
            told = f"the recipe tells the hash {wanted.hashes[0]}, which {_listed(named)} does not have"
            return Warning("model_file_differs", f"{wanted}: {told}")
        return Warning("model_file_missing", f"{wanted}: no file of that name or hash under {self.folder}")

    def _agrees(self, path: PurePosixPath, wanted: Wanted, *, with_claims: bool) -> bool:
        """Whether every hash of the recipe is one of the file's.

        A1111 writes what the header claims; some trainers claim the same for all that they make, so that a claim tells
        nothing of a file that has another name.
        """
        digests = self._digests(path)
        own = [digest for digest in (digests.sha256, digests.tensors) if digest is not None]
        own += self._claims(path) if with_claims else ()
        return all(any(digest.startswith(told) for digest in own) for told in wanted.hashes)

    def _claiming(self, wanted: Wanted) -> Iterator[PurePosixPath]:
        """Files that may have one of the hashes, by what is known without reading them whole."""
        if any(_OF_NOTHING.startswith(one) for one in wanted.hashes):
            return
        for path in sorted(path for paths in self._by_stem.values() for path in paths):
            known = self.cache.known(self.folder / path)
            told = [known.sha256, known.tensors or ""] if known is not None else self._claims(path)
            if any(digest.startswith(one) for digest in told for one in wanted.hashes):
                yield path

    def _one_of(self, wanted: Wanted, paths: list[PurePosixPath]) -> ModelFile | Warning:
        """The only one, or the first where all are copies of one file."""
        first, *others = paths
        if not all(self._is_copy(first, other) for other in others):
            return Warning("model_file_ambiguous", f"{wanted}: {_listed(paths)} have that name, and they differ")
        found = self.folder / first
        return ModelFile(str(first), found.stat().st_size, self._digests(first).sha256, header_tags(found))

    def _is_copy(self, one: PurePosixPath, other: PurePosixPath) -> bool:
        first, second = self.folder / one, self.folder / other
        if same_file(first, second):
            return True
        # Files of different sizes need not be read to know that they differ.
        return first.stat().st_size == second.stat().st_size and self._digests(one) == self._digests(other)

    def _digests(self, path: PurePosixPath) -> Digests:
        return self.cache.digests(self.folder / path, progress=self.progress)

    def _claims(self, path: PurePosixPath) -> list[str]:
        tags = dict(header_tags(self.folder / path))
        return [tags[name].removeprefix("0x").lower() for name in _CLAIMS if name in tags]


def with_model_files(clip: Clip, models: Models) -> Clip:
    """The clip with the files of its models and LoRAs, and a warning for each that is not found for certain."""
    made = [one for one in (clip.generation, *(segment.generation for segment in clip.segments)) if one is not None]
    uses: list[ModelUse | Lora] = []
    for one in made:
        uses += (*one.models, *one.loras)
    answers = {one: models.file_of(one) for one in dict.fromkeys(map(wanted_of, uses))}
    linked = replace(
        clip,
        generation=_linked(clip.generation, answers),
        segments=tuple(replace(one, generation=_linked(one.generation, answers)) for one in clip.segments),
    )
    return noted(linked, *(answer for answer in answers.values() if isinstance(answer, Warning)))


def wanted_of(use: ModelUse | Lora) -> Wanted:
    """What to look for.

    >>> wanted_of(Lora("sub\\\\fur.safetensors", 0.8, hash="0123456789ab"))
    Wanted(name='sub\\\\fur.safetensors', kind='lora', hashes=('0123456789ab',))
    """
    told = (use.hash, use.sha256) if isinstance(use, Lora) else (use.hash,)
    small = (digits.lower() for digits in told if digits is not None)
    hashes = tuple(dict.fromkeys(digits for digits in small if _COMPARABLE.fullmatch(digits)))
    return Wanted(use.name, "lora" if isinstance(use, Lora) else use.role, hashes)


def _linked(generation: Generation | None, answers: Mapping[Wanted, ModelFile | Warning]) -> Generation | None:
    def file_of(use: ModelUse | Lora) -> ModelFile | None:
        answer = answers[wanted_of(use)]
        return answer if isinstance(answer, ModelFile) else None

    if generation is None:
        return None
    return replace(
        generation,
        models=tuple(replace(use, file=file_of(use)) for use in generation.models),
        loras=tuple(replace(lora, file=file_of(lora)) for lora in generation.loras),
    )


def _parts(name: str) -> list[str]:
    """Folders and file of a name with either slash; of a place on another machine, the file alone."""
    path = name.partition("?")[0] if "://" in name else name
    parts = [part for part in re.split(r"[\\/]", path) if part not in ("", ".")]
    is_elsewhere = _ELSEWHERE.match(name) is not None or ".." in parts
    return parts[-1:] if is_elsewhere and parts else parts or [name]


def _split(base: str) -> tuple[str, str]:
    """Stem, and suffix where it is a model's; a dot in a name such as `wan2.1` starts no suffix."""
    stem, dot, suffix = base.rpartition(".")
    return (stem, f".{suffix}") if dot and f".{suffix}" in MODEL_SUFFIXES else (base, "")


def _folded(name: str) -> str:
    """A name as two machines agree on it: letters without case, accents composed."""
    return unicodedata.normalize("NFC", name).casefold()


def _listed(paths: Iterable[PurePosixPath]) -> str:
    return " and ".join(map(str, paths))
