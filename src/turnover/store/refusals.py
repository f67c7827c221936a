"""What the catalog refuses, each with a code of its own, and what the databases refuse as the same."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import IntegrityError

from turnover.errors import StoreError
from turnover.store.dialect import is_dangling, is_taken


class NotFoundError(StoreError):
    """There is no such row."""

    code = "not_found"


class TakenError(StoreError):
    """The name is another one's."""

    code = "name_taken"


class StaleError(StoreError):
    """Somebody changed it since it was read."""

    code = "stale"


class BuiltinError(StoreError):
    """It came with the program and stays as it is."""

    code = "builtin"


class InUseError(StoreError):
    """Something else points to it."""

    code = "in_use"


class KeyReusedError(StoreError):
    """An idempotency key came with another request before."""

    code = "key_reused"


class LostError(StoreError):
    """The job is another one's by now: whoever held it touches nothing more."""

    code = "lost"


class BadValueError(StoreError):
    """A value that cannot be kept, or not as it is."""

    code = "bad_value"


def not_found(noun: str, key: object) -> NotFoundError:
    """The error for a row that is not there."""
    return NotFoundError(f"there is no {noun} {key!r}", hint="it may have been deleted; list what there is")


@contextmanager
def keeping(noun: str) -> Iterator[None]:
    """What the database's own rules refuse in this block rises as TakenError, NotFoundError or BadValueError."""
    try:
        yield
    except IntegrityError as error:
        if is_taken(error):
            raise TakenError(f"there is such a {noun} already", hint="choose another name") from error
        if is_dangling(error):
            raise NotFoundError(f"the {noun} would point to what is not there", hint="look at its ids") from error
        # What is missing or against a CHECK; the database's own words name the column.
        raise BadValueError(f"the {noun} cannot be kept: {str(error.orig).splitlines()[0]}") from error


@contextmanager
def deleting(noun: str) -> Iterator[None]:
    """A row that others need rises as InUseError."""
    try:
        yield
    except IntegrityError as error:
        if is_dangling(error):
            raise InUseError(f"this {noun} is in use", hint="delete what uses it first") from error
        raise
