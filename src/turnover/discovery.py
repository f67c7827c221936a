"""Finds the one constant that each format module offers, built in or installed as an entry point.

Built-in modules and packages from outside use the same door, and a name that is taken twice is refused.
"""

from __future__ import annotations

import importlib
import pkgutil
from importlib.metadata import entry_points
from types import ModuleType
from typing import Protocol, TypeVar


class Named(Protocol):
    @property
    def name(self) -> str: ...


N = TypeVar("N", bound=Named)


def offered(package: ModuleType, constant: str, kind: type[N] | None = None) -> dict[str, N]:
    """Name → what each module of a package offers as `constant`, then the entry points of the package's name.

    Modules without the constant are helpers and are passed over. Raises ValueError for a name taken twice.
    """
    found: dict[str, N] = {}
    names = sorted(module.name for module in pkgutil.iter_modules(package.__path__, package.__name__ + "."))
    modules = [importlib.import_module(name) for name in names]
    builtin = [getattr(module, constant) for module in modules if hasattr(module, constant)]
    installed = [point.load() for point in sorted(entry_points(group=package.__name__), key=lambda p: p.name)]
    for thing in (*builtin, *installed):
        if thing.name in found:
            raise ValueError(f"{package.__name__}: two modules offer {thing.name!r}; remove one of them")
        found[thing.name] = thing
    return found
