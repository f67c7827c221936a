"""The face detector's file in the data folder: which one it is, and how it gets there."""

from __future__ import annotations

import hashlib
import stat
import urllib.request
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import IO

from turnover.errors import UsageError, WriteError
from turnover.files.atomic import draft

# Between two signs of life of the other side.
_TIMEOUT_SECONDS = 30
_POINTER = b"version https://git-lfs"


@dataclass(frozen=True, slots=True)
class Model:
    """A file of weights that this program knows byte for byte."""

    name: str
    file_name: str
    size_bytes: int
    digest: str
    """SHA-256, lower-case hex."""
    licence: str
    page: str
    """Where a person reads about it and gets it."""
    address: str
    """Where the file itself is, at a revision that cannot change."""


FACE = Model(
    name="yunet-2023mar",
    file_name="face_detection_yunet_2023mar.onnx",
    size_bytes=232_589,
    digest="8f2383e4dd3cfbb4553ea8718107fc0423210dc964f9f4280604804ed2552fa4",
    licence="MIT",
    page="https://huggingface.co/opencv/face_detection_yunet",
    address=(
        "https://huggingface.co/opencv/face_detection_yunet/resolve/3cc26e7f1014a5ee5d74a42acee58bafc9d0a310/"
        "face_detection_yunet_2023mar.onnx"
    ),
)
"""Finds faces: YuNet."""

Opener = Callable[[str], AbstractContextManager[IO[bytes]]]


def model_file(data_folder: Path) -> Path | None:
    """The face detector's file; None where there is none.

    Raises UsageError `damaged_model`, which names the file, where something else stands in its place.
    """
    place = _place(data_folder)
    try:
        place.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise _damaged(place, error.strerror or str(error)) from error
    try:
        _checked(_content(place), place.name)
    except UsageError as error:
        raise _damaged(place, error.message) from error
    return place


def add_model(data_folder: Path, file: Path) -> Path:
    """Put a copy of the face detector's file into the data folder, and give its place there.

    Raises UsageError where the file is not the one that is known, WriteError where it cannot be put there.
    """
    return _put(data_folder, _checked(_content(file), file.name))


def fetch_model(data_folder: Path, *, open_address: Opener | None = None) -> Path:
    """Load the face detector's file from its public page into the data folder, and give its place there.

    Nothing but the request itself leaves this machine. Raises UsageError where it does not arrive whole.
    """
    open_address = _open_https if open_address is None else open_address
    by_hand = f"load {FACE.file_name} from {FACE.page} and `turnover models add face FILE`"
    try:
        with open_address(FACE.address) as answer:
            content = answer.read(FACE.size_bytes + 1)
    except (OSError, HTTPException, ValueError) as error:
        reason = getattr(error, "reason", None) or error
        raise UsageError(f"{FACE.address} does not answer: {reason}", hint=by_hand, code="not_fetched") from error
    try:
        return _put(data_folder, _checked(content, FACE.address))
    except UsageError as error:
        raise UsageError(error.message, hint=by_hand, code="not_fetched") from error


def _place(data_folder: Path) -> Path:
    return data_folder / "models" / FACE.file_name


def _content(file: Path) -> bytes:
    """Its bytes, up to one more than the model has; raises UsageError where it is no file that can be read."""
    try:
        # What is no file is not opened: a pipe would never end.
        if not stat.S_ISREG(file.stat().st_mode):
            raise UsageError(f"{file} is not a regular file", hint=f"name {FACE.file_name} itself")
        with file.open("rb") as source:
            return source.read(FACE.size_bytes + 1)
    except FileNotFoundError as error:
        raise UsageError(f"there is no file {file}", hint="check the path") from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UsageError(f"{file} cannot be read: {reason}", hint="check who may read it") from error


def _checked(content: bytes, name: str) -> bytes:
    """The content, if it is the model's; raises UsageError with what was found."""
    hint = f"it is {FACE.file_name} of {FACE.page}"
    if content.startswith(_POINTER):
        raise UsageError(f"{name} is a pointer of Git LFS, not the file it stands for", hint=hint)
    if len(content) != FACE.size_bytes:
        size = f"more than {FACE.size_bytes}" if len(content) > FACE.size_bytes else str(len(content))
        raise UsageError(f"{name} has {size} bytes, the face detector has {FACE.size_bytes}", hint=hint)
    digest = hashlib.sha256(content).hexdigest()
    if digest != FACE.digest:
        raise UsageError(f"{name} has SHA-256 {digest}, the face detector has {FACE.digest}", hint=hint)
    return content


def _put(data_folder: Path, content: bytes) -> Path:
    place = _place(data_folder)
    try:
        draft(place, [content]).publish()
    except WriteError as error:
        hint = "free the place, or name another data folder with TURNOVER_DATA"
        raise WriteError(error.message, hint=hint, code=error.code) from error
    return place


def _damaged(place: Path, reason: str) -> UsageError:
    return UsageError(
        f"{place} is not the face detector: {reason}",
        hint="`turnover models add face FILE` puts the right one there, or remove it",
        code="damaged_model",
    )


def _open_https(address: str) -> AbstractContextManager[IO[bytes]]:
    """The address's content, by HTTPS alone: a page that leads to anything else is refused."""
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler(),  # as the system says; a studio's network may need one
        urllib.request.UnknownHandler(),
        urllib.request.HTTPSHandler(),
        urllib.request.HTTPDefaultErrorHandler(),
        urllib.request.HTTPRedirectHandler(),
        urllib.request.HTTPErrorProcessor(),
    ):
        opener.add_handler(handler)
    answer: AbstractContextManager[IO[bytes]] = opener.open(address, timeout=_TIMEOUT_SECONDS)
    return answer
