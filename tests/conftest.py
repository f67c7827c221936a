"""What every test may ask for: real files, outside programs, golden files and a data folder of its own."""

from __future__ import annotations

import difflib
import itertools
import os
import shutil
import sys
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Protocol

import pytest
from hypothesis import settings

REPOSITORY = Path(__file__).resolve().parent.parent
GOLDEN = REPOSITORY / "tests" / "golden"
UPDATE = "--golden-update"

SHARED_FIXTURES = {"shared_media", "shared_reference"}

# Where each outside program comes from on Debian; the sentence of the skip says so.
PACKAGES = {
    "7z": "p7zip-full",
    "bsdtar": "libarchive-tools",
    "exempi": "exempi",
    "exiftool": "libimage-exiftool-perl",
    "ffmpeg": "ffmpeg",
    "ffprobe": "ffmpeg",
    "mediainfo": "mediainfo",
    "node": "nodejs",
    "tclsh": "tcl",
    "unzip": "unzip",
    "xmllint": "libxml2-utils",
    "zip": "zip",
}

# The same commit gets the same verdict: examples are derived from the test, not from a random seed.
settings.register_profile("default", max_examples=40, deadline=None, derandomize=True, print_blob=True)
settings.register_profile("thorough", max_examples=400, deadline=None, derandomize=True, print_blob=True)
settings.load_profile("default")


class Golden(Protocol):
    """Compares bytes with `tests/golden/<name>`."""

    def __call__(self, name: str, actual: bytes) -> None:
        """Fail with a diff when the file differs or is missing; write it under `make golden`."""


class Tool(Protocol):
    """Finds an outside program."""

    def __call__(self, name: str) -> Path:
        """The program's path; the test is skipped where it is missing."""


# ------------------------------------------------------------------------------------------------------- fixtures


@pytest.fixture(scope="session")
def shared_media() -> Path:
    """The folder of real and hostile media files."""
    return _shared("media")


@pytest.fixture(scope="session")
def shared_reference() -> Path:
    """The folder of files that other programs wrote."""
    return _shared("reference")


@pytest.fixture(scope="session")
def tool() -> Tool:
    """`tool("ffprobe")` is the path of that program, or the test is skipped."""

    def find(name: str) -> Path:
        found = shutil.which(name)
        if found is None:
            pytest.skip(f"the program {name} is not installed (Debian: apt-get install {PACKAGES.get(name, name)})")
        return Path(found)

    return find


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    """`golden("name.xml", data)` holds when `tests/golden/name.xml` has exactly these bytes."""
    is_update = bool(request.config.getoption(UPDATE))
    rewritten = request.config.stash[_REWRITTEN]

    def compare(name: str, actual: bytes) -> None:
        path = GOLDEN / name
        expected = path.read_bytes() if path.exists() else None
        if actual == expected:
            return
        if not is_update:
            pytest.fail(_difference(name, expected, actual), pytrace=False)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(actual)
        rewritten.append(name)

    return compare


_numbers = itertools.count()


@pytest.fixture(autouse=True)
def _own_environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Each test, and each program it starts, has its own data folder and knows of no database server or window."""
    folder = tmp_path_factory.getbasetemp() / f"turnover-data-{next(_numbers)}"
    # Not the fixture `monkeypatch`: it lives for one test, and Hypothesis would complain of that in every property.
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TURNOVER_DATA", str(folder))
        patch.delenv("TURNOVER_DATABASE", raising=False)
        patch.delenv("COLUMNS", raising=False)
        # Most tests are about something else, and start in no time where videos are measured in their own process.
        patch.setenv("TURNOVER_PROCESSES", "0")
        yield


def _shared(kind: str) -> Path:
    base = Path(os.environ.get("TURNOVER_SHARED") or REPOSITORY.parent / "shared")
    if not (base / kind).is_dir():
        pytest.skip(f"there is no folder {base / kind} (TURNOVER_SHARED names another place for it)")
    return base / kind


def _difference(name: str, expected: bytes | None, actual: bytes) -> str:
    """What a person needs to judge the change: a diff of text, or the first byte that differs."""
    advice = f"If the new content is right, `make golden` writes it to tests/golden/{name}."
    if expected is None:
        return f"tests/golden/{name} does not exist yet ({len(actual)} bytes are given).\n{advice}"
    try:
        # repr shows what an eye would miss: line ends, tabs, signs without a shape.
        old, new = ([repr(line)[1:-1] for line in b.decode().splitlines(keepends=True)] for b in (expected, actual))
    except UnicodeDecodeError:
        at = next((i for i, (x, y) in enumerate(zip(expected, actual, strict=False)) if x != y), None)
        where = "one is the start of the other" if at is None else f"the first difference is at byte {at}"
        return f"tests/golden/{name} has {len(expected)} bytes, {len(actual)} are given; {where}.\n{advice}"
    diff = "\n".join(difflib.unified_diff(old, new, f"tests/golden/{name}", "given", lineterm="", n=2))
    return f"{diff}\n{advice}"


# ---------------------------------------------------------------------------------------------------------- hooks

_REWRITTEN = pytest.StashKey[list[str]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(UPDATE, action="store_true", help="rewrite tests/golden from what the tests give")


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption(UPDATE) and config.getoption("numprocesses", None):
        raise pytest.UsageError(f"{UPDATE} tells what it rewrote, so it runs in one process: leave out -n")
    config.stash[_REWRITTEN] = []


@pytest.hookimpl(tryfirst=True)  # before -m chooses by mark
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark what wants the shared folder; leave out what has no golden file, or no business on this platform."""
    for item in items:
        if SHARED_FIXTURES & _fixtures(item):
            item.add_marker("media")
    config.hook.pytest_deselected(items=[item for item in items if _is_left_out(item)])
    items[:] = [item for item in items if not _is_left_out(item)]


def pytest_runtest_setup(item: pytest.Item) -> None:
    if _is_elsewhere(item):
        pytest.skip(f"this is {sys.platform}, and the test is for another platform")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    is_expected_failure = hasattr(report, "wasxfail")
    if report.skipped and not is_expected_failure:
        _refuse_skip(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    if report.skipped:
        _refuse_skip(report)
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if config.getoption(UPDATE):
        rewritten = config.stash[_REWRITTEN]
        rewritten.sort()
        terminalreporter.section("golden files")
        for line in rewritten or ["all were already as the tests give them"]:
            terminalreporter.write_line(line)


def _fixtures(item: pytest.Item) -> set[str]:
    return set(getattr(item, "fixturenames", ()))


def _is_elsewhere(item: pytest.Item) -> bool:
    return any(sys.platform not in mark.args for mark in item.iter_markers("platform"))


def _is_left_out(item: pytest.Item) -> bool:
    has_no_golden_file = bool(item.config.getoption(UPDATE)) and "golden" not in _fixtures(item)
    return has_no_golden_file or (_no_skip() and _is_elsewhere(item))


def _no_skip() -> bool:
    """Whether a skip is a failure; so it is in `.ci/run`."""
    return os.environ.get("TURNOVER_NO_SKIP") == "1"


def _refuse_skip(report: pytest.TestReport | pytest.CollectReport) -> None:
    """Where nothing may be skipped, a skip is a failure that gives its reason."""
    if not _no_skip():
        return
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    report.outcome = "failed"
    report.longrepr = f"nothing may be skipped here (TURNOVER_NO_SKIP=1), and this was. {reason}"
