"""A clip as a row: the value it is read as, and the stamp it is kept with."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row

from turnover.core.catalog import CatalogClip
from turnover.core.entry import Stamp
from turnover.store.refusals import BadValueError

_SIGN = 1 << 63


def clip_of(row: Row[Any], prefix: str = "") -> CatalogClip:
    """A row as a value; its columns may carry a prefix."""
    values = row._mapping
    stamp = (values[prefix + name] for name in ("size_bytes", "modified_ns", "changed_ns", "inode"))
    size_bytes, modified_ns, changed_ns, inode = stamp
    return CatalogClip(
        id=values[prefix + "id"],
        media_root_id=values[prefix + "media_root_id"],
        relative_path=values[prefix + "relative_path"],
        version=values[prefix + "version"],
        digest=values[prefix + "digest"],
        stamp=Stamp(size_bytes, modified_ns, changed_ns, inode & (2 * _SIGN - 1)),
        quality_score=values[prefix + "quality_score"],
    )


def stamp_values(stamp: Stamp) -> dict[str, int]:
    """What is kept of a stamp."""
    # Some file systems number with 64 bits, and the databases' whole numbers have a sign.
    inode = stamp.inode - 2 * _SIGN if stamp.inode >= _SIGN else stamp.inode
    if not (0 <= stamp.size_bytes < _SIGN and -_SIGN <= inode < _SIGN):
        raise BadValueError(f"{stamp} is no file's stamp")
    return {
        "size_bytes": stamp.size_bytes,
        "modified_ns": stamp.modified_ns,
        "changed_ns": stamp.changed_ns,
        "inode": inode,
    }
