"""Paths on the machine that trains, which need not be this one."""

from __future__ import annotations

import re
from dataclasses import dataclass

_WINDOWS = re.compile(r"[A-Za-z]:[\\/]|[A-Za-z]:$|\\\\")


@dataclass(frozen=True, slots=True)
class Root:
    r"""The dataset's folder there; what is made from it has its slashes.

    >>> Root("C:\\sets\\demo-1.0.0").path("data/train"), Root("/sets/demo-1.0.0/").beside("cache")
    ('C:\\sets\\demo-1.0.0\\data\\train', '/sets/demo-1.0.0-training/cache')
    """

    text: str

    @property
    def slash(self) -> str:
        return "\\" if _WINDOWS.match(self.text) and "/" not in self.text else "/"

    @property
    def folder(self) -> str:
        """Without a slash at its end; a drive or `/` keeps the one that makes it a root."""
        bare = self.text.rstrip("\\/" if self.slash == "\\" else "/")
        return bare if bare and not bare.endswith(":") else self.text

    def path(self, inside: str = "") -> str:
        """A path inside the dataset, given with `/`."""
        if not inside:
            return self.folder
        joint = "" if self.folder.endswith(self.slash) else self.slash
        return f"{self.folder}{joint}{inside.replace('/', self.slash)}"

    def beside(self, inside: str) -> str:
        """A path in the folder beside the dataset: caches and results go there, so that the dataset stays as it was."""
        stem = re.split(r"[\\/]", self.folder)[-1]
        if stem in ("", ".", ".."):  # there is no name to put a word to
            return self.path(f"../turnover-training/{inside}")
        return f"{self.folder}-training{self.slash}{inside.replace('/', self.slash)}"
