"""What a worker process says to its parent: one byte of kind, and what is pickled behind it.

For each task the order is: taken, any number of progress, then done or failed.
"""

from __future__ import annotations

import pickle
import struct
import traceback
from typing import TypeVar

from turnover.compute.outcomes import Done, Failed
from turnover.errors import TurnoverError

Task = TypeVar("Task")

TAKEN = b"t"
"""The task has arrived. If the process ends from here on, it is this task that ended it."""
PROGRESS = b"p"
DONE = b"d"
FAILED = b"f"

MESSAGE_LENGTH = 2_000
"""Characters that are kept of the text of an error that is not our own."""
DETAILS_LENGTH = 20_000


def progress(amount: float) -> bytes:
    """How far a task is."""
    return PROGRESS + struct.pack("d", amount)


def amount(message: bytes) -> float:
    """What a message of progress says."""
    (said,) = struct.unpack("d", message[1:])
    return float(said)


def done(value: object) -> bytes:
    """The value, or why it cannot be sent."""
    try:
        return b"".join((DONE, pickled(value)))
    except Exception as error:  # noqa: BLE001  # any code can run while a value is pickled
        return failed(unexpected(error, before="the result cannot be sent: "))


def failed(failure: Failed[None]) -> bytes:
    """A failure without its task, which the parent knows."""
    error = failure.error
    try:
        # Not the error itself: Python would build it anew by calling its class with what stands in `args`.
        return FAILED + pickled((type(error), error.args, error.__dict__, failure.details))
    except Exception:  # noqa: BLE001  # as above
        plain = TurnoverError(error.message, hint=error.hint, code=error.code)
        return FAILED + pickled((TurnoverError, plain.args, plain.__dict__, failure.details))


def outcome(task: Task, message: bytes) -> Done[Task, object] | Failed[Task]:
    """What a message of done or failed says about a task."""
    try:
        content = pickle.loads(memoryview(message)[1:])
        if message[:1] == DONE:
            return Done(task, content)
        kind, arguments, state, details = content
        error = kind.__new__(kind, *arguments)
        error.__dict__.update(state)
        return Failed(task, error, details)
    except Exception as error:  # noqa: BLE001  # as above
        lost = unexpected(error, before="the result cannot be read: ")
        return Failed(task, lost.error, lost.details)


def failure_of(error: BaseException) -> Failed[None]:
    """What a function raised: our own whole, any other as a text."""
    if isinstance(error, TurnoverError):
        return Failed(None, error)
    if isinstance(error, MemoryError):
        hint = "allow more memory, run fewer at once, or leave it out"
        return Failed(None, TurnoverError("memory ran out", hint=hint, code="no_memory"))
    return unexpected(error)


def unexpected(error: BaseException, *, before: str = "") -> Failed[None]:
    """An error that is not our own, as one of ours that holds its text."""
    said = f"{before}{type(error).__name__}"
    try:
        text = str(error)
        details = "".join(traceback.format_exception(error))
    except Exception:  # noqa: BLE001  # an error can fail to say what it is
        text = details = ""
    message = f"{said}: {text}" if text else said
    hint = "this is a mistake of the program: please report it"
    return Failed(
        None, TurnoverError(message[:MESSAGE_LENGTH], hint=hint, code="unexpected"), details[-DETAILS_LENGTH:]
    )


def pickled(value: object) -> bytes:
    """Bytes that `pickle.loads` reads in another process."""
    return pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
