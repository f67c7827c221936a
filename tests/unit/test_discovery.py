"""Formats are found in a package's modules and in installed packages, and no name is taken twice."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest

from turnover.discovery import offered
from turnover.sidecars import encodings, writers
from turnover.sidecars.template import encoding_table, writer_table

PLAIN = "class Thing:\n    def __init__(self, name):\n        self.name = name\n\n"
Package = Callable[..., ModuleType]


@pytest.fixture
def package(tmp_path: Path) -> Iterator[Package]:
    """`package("formats", a="THING = …")` makes a package of such modules and imports it."""
    made: list[str] = []

    def make(name: str, *, entry_points: str = "", **modules: str) -> ModuleType:
        made.append(name)
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").touch()
        for module, text in modules.items():
            (tmp_path / name / f"{module}.py").write_text(PLAIN + text)
        if entry_points:
            info = tmp_path / f"{name}_more-1.0.dist-info"
            info.mkdir()
            (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}-more\nVersion: 1.0\n")
            (info / "entry_points.txt").write_text(f"[{name}]\n{entry_points}\n")
        importlib.invalidate_caches()
        return importlib.import_module(name)

    sys.path.insert(0, str(tmp_path))
    try:
        yield make
    finally:
        sys.path.remove(str(tmp_path))
        for module in [m for m in sys.modules if m.partition(".")[0] in made]:
            del sys.modules[module]


def test_modules_of_a_package(package: Package) -> None:
    """Each module offers one thing under its name; modules without the constant are helpers."""
    formats = package("formats_a", b="THING = Thing('second')", a="THING = Thing('first')", helper="OTHER = 1")
    assert list(offered(formats, "THING")) == ["first", "second"]


def test_a_name_taken_twice(package: Package) -> None:
    """Two modules that offer one name are a mistake, not a race."""
    formats = package("formats_b", a="THING = Thing('same')", b="THING = Thing('same')")
    with pytest.raises(ValueError, match="formats_b: two modules offer 'same'; remove one of them"):
        offered(formats, "THING")


def test_installed_packages(package: Package) -> None:
    """A package from outside comes through the same door."""
    formats = package(
        "formats_c", a="THING = Thing('own')\nMORE = Thing('more')", entry_points="more = formats_c.a:MORE"
    )
    assert list(offered(formats, "THING")) == ["own", "more"]


def test_an_installed_package_that_takes_a_name(package: Package) -> None:
    """An installed package cannot take the name of a built-in."""
    formats = package("formats_d", a="THING = Thing('own')", entry_points="mine = formats_d.a:THING")
    with pytest.raises(ValueError, match="two modules offer 'own'"):
        offered(formats, "THING")


def test_nothing_offered(package: Package) -> None:
    """A package of helpers offers nothing."""
    assert offered(package("formats_e", a="OTHER = 1"), "THING") == {}


def test_what_there_is() -> None:
    """The encodings and writers that come with the program, by the names that templates use."""
    assert list(offered(encodings, "ENCODING")) == ["csv", "json", "xml"] == list(encoding_table())
    assert sorted(offered(writers, "WRITER")) == ["ale", "edl", "fcpxml", "mgjson", "nk", "otio", "xmeml"]
    assert list(writer_table()) == list(offered(writers, "WRITER"))
