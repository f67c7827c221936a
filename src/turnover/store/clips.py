"""Files that the catalog knows, whatever their names and times become, and what each source says of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Table, delete, select

from turnover.core.catalog import CatalogClip, Found, Known, Registered, Told
from turnover.store import checks
from turnover.store.clip_rows import clip_of
from turnover.store.engine import Store
from turnover.store.keeping import check_digests
from turnover.store.refusals import keeping, not_found
from turnover.store.registering import register
from turnover.store.schema_catalog import clip_generation, clip_versions, clips, failure_tags, quality_scores
from turnover.store.telling import tell


@dataclass(frozen=True, slots=True)
class Clips:
    """Keeps files by media root and relative path, and recognises them by their bytes."""

    store: Store

    def known(self, media_root_id: int) -> Mapping[str, CatalogClip]:
        """Relative path → clip, of one root: who finds the same stamp there need not read the file again."""
        question = select(clips).where(clips.c.media_root_id == checks.cursor(media_root_id))
        with self.store.reading() as connection:
            return {row.relative_path: clip_of(row) for row in connection.execute(question)}

    def register(self, found: Iterable[Found], *, gone: Collection[int] = ()) -> tuple[Registered, ...]:
        """The clips of these files, all or none: known by their place, else by their bytes, else new.

        `gone` are ids of clips whose file is no longer where it was: one with the same bytes has moved there. Other
        bytes at a known place are a new version of that clip. Raises NotFoundError (of the root), BadValueError.
        """
        with self.store.writing() as connection, keeping("clip"):
            return register(connection, found, gone)

    def get(self, clip_id: int) -> CatalogClip:
        """The clip of that id. Raises NotFoundError."""
        with self.store.reading() as connection:
            return clip_of(_row(connection, clip_id))

    def of_digest(self, digest: str) -> tuple[CatalogClip, ...]:
        """The clips that hold these bytes now."""
        check_digests(digest)
        question = select(clips).where(clips.c.digest == digest).order_by(clips.c.id)
        with self.store.reading() as connection:
            return tuple(map(clip_of, connection.execute(question)))

    def versions(self, clip_id: int) -> tuple[tuple[int, str], ...]:
        """Version and digest of all that the file held, the oldest first."""
        question = select(clip_versions.c.version, clip_versions.c.digest).where(
            clip_versions.c.clip_id == checks.cursor(clip_id)
        )
        with self.store.reading() as connection:
            rows = connection.execute(question.order_by(clip_versions.c.version)).all()
            return tuple((version, digest) for version, digest in rows)

    def forget(self, clip_ids: Iterable[int]) -> None:
        """Let go of clips; their segments stay, without a file."""
        with self.store.writing() as connection:
            for clip_id in clip_ids:
                connection.execute(delete(clips).where(clips.c.id == checks.cursor(clip_id)))

    def tell(self, told: Iterable[Told]) -> None:
        """Keep what sources say, all or none. Raises NotFoundError, BadValueError."""
        with self.store.writing() as connection, keeping("clip"):
            tell(connection, told)

    def told_of(self, clip_id: int) -> Known:
        """All that is said of a clip's present version. Raises NotFoundError."""
        with self.store.reading() as connection:
            version = _row(connection, clip_id).version
            generation, scores, tags = (
                connection.execute(_of_version(table, clip_id, version)).all()
                for table in (clip_generation, quality_scores, failure_tags)
            )
        by_metric: dict[str, dict[str, float]] = defaultdict(dict)
        for row in scores:
            by_metric[row.source][row.metric] = row.score
        by_source: dict[str, tuple[str, ...]] = defaultdict(tuple)
        for row in sorted(tags, key=lambda row: str(row.tag)):
            by_source[row.source] += (row.tag,)
        return Known({row.source: row.generation for row in generation}, dict(by_metric), dict(by_source))


def _row(connection: Connection, clip_id: int) -> Row[Any]:
    row = None
    if checks.is_id(clip_id):
        row = connection.execute(select(clips).where(clips.c.id == clip_id)).one_or_none()
    if row is None:
        raise not_found("clip", clip_id)
    return row


def _of_version(table: Table, clip_id: int, version: int) -> Any:
    return select(table).where(table.c.clip_id == clip_id, table.c.version == version)
