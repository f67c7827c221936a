"""What every database keeps of productions and files."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.unit.store.measured import digest
from turnover.core.catalog import (
    CatalogClip,
    Found,
    Known,
    Placing,
    Registered,
    SegmentQuery,
    Told,
)
from turnover.core.clip import JsonValue
from turnover.core.entry import Stamp
from turnover.errors import StoreError
from turnover.store.catalog import Catalog
from turnover.store.checks import MOST_CHOICES
from turnover.store.clips import Clips
from turnover.store.engine import Store
from turnover.store.refusals import BadValueError, InUseError, NotFoundError, TakenError
from turnover.store.segments import Segments

STAMP = Stamp(1000, 1_700_000_000_000_000_001, 1_700_000_000_000_000_002, 2**64 - 1)


@pytest.fixture
def catalog(database: Store) -> Catalog:
    return Catalog(database)


@pytest.fixture
def clips(database: Store) -> Clips:
    return Clips(database)


@pytest.fixture
def root(catalog: Catalog) -> int:
    return catalog.media_roots.create(name="media", path="/media").id


@pytest.fixture
def project(catalog: Catalog) -> int:
    return catalog.projects.create(name="Night").id


def _found(root: int, path: str, content: str | None = None, *, stamp: Stamp = STAMP) -> Found:
    return Found(root, path, digest(content or path), stamp)


def _registered(clips: Clips, *found: Found, gone: set[int] | None = None) -> list[tuple[str, int, int, str]]:
    done = clips.register(found, gone=gone or set())
    return [(one.change, one.clip.id, one.clip.version, one.clip.relative_path) for one in done]


# -------------------------------------------------------------------------------------------------------- shelves


def test_project(catalog: Catalog) -> None:
    """A project is made, read, found by name, changed, listed and deleted."""
    made = catalog.projects.create(name=" Night ", description="A film")
    assert made == catalog.projects.get(made.id) == catalog.projects.named("Night")
    assert (made.name, made.description) == ("Night", "A film")
    changed = catalog.projects.update(made.id, description=None)
    assert changed == replace(made, description=None, updated_at=changed.updated_at)
    other = catalog.projects.create(name="Day")
    assert catalog.projects.list(limit=1).items == (changed,)
    assert catalog.projects.list(after=catalog.projects.list(limit=1).next or 0).items == (other,)
    catalog.projects.delete(made.id)
    assert catalog.projects.named("Night") is None
    for ask in (catalog.projects.get, catalog.projects.update, catalog.projects.delete):
        with pytest.raises(NotFoundError):
            ask(made.id)


def test_names(catalog: Catalog, project: int) -> None:
    """A name is one project's only, and one character's in a project; other projects have theirs."""
    with pytest.raises(TakenError):
        catalog.projects.create(name="Night")
    other = catalog.projects.create(name="Day").id
    anna = [catalog.characters.create(project_id=one, name="Anna") for one in (project, other)]
    with pytest.raises(TakenError):
        catalog.characters.create(project_id=project, name="Anna")
    assert catalog.characters.named("Anna", parent=other) == anna[1]
    assert catalog.characters.list(parent=project).items == (anna[0],)
    with pytest.raises(NotFoundError):
        catalog.characters.create(project_id=999, name="Anna")


@pytest.mark.parametrize("values", [{}, {"name": None}, {"name": "\0"}, {"name": "A", "id": 7}, {"name": 7}], ids=str)
def test_refused(catalog: Catalog, values: dict[str, object]) -> None:
    """A row that lacks what it needs, or has what it cannot, is refused by every database alike."""
    with pytest.raises(BadValueError):
        catalog.projects.create(**values)


def test_users(catalog: Catalog) -> None:
    """There is one user from the start, and each has one of two roles."""
    (local,) = catalog.users.list().items
    assert (local.id, local.name, local.role, local.is_active) == (1, "local", "admin", True)
    anna = catalog.users.create(name="Anna", role="creator")
    assert catalog.users.update(anna.id, is_active=False).is_active is False
    with pytest.raises(BadValueError):
        catalog.users.create(name="Bob", role="god")


def test_project_deleted(catalog: Catalog, clips: Clips, project: int, root: int) -> None:
    """With a project goes all that belongs to it; scene types and files stay."""
    (clip,) = clips.register([_found(root, "a.mp4")])
    catalog.place([Placing(project, "Anna", "walk", 0, clip_id=clip.clip.id)])
    with pytest.raises(InUseError):
        catalog.scene_types.delete(catalog.scene_types.list().items[0].id)
    catalog.projects.delete(project)
    assert not [
        shelf.list().items for shelf in (catalog.characters, catalog.scenes, catalog.segments) if shelf.list().items
    ]
    assert len(catalog.scene_types.list().items) == 1
    assert clips.get(clip.clip.id) == clip.clip
    catalog.scene_types.delete(catalog.scene_types.list().items[0].id)


# ---------------------------------------------------------------------------------------------------------- place


def test_placed(catalog: Catalog, clips: Clips, project: int, root: int) -> None:
    """What leads to a segment is made once; placed again it is the same segment, with what is newly told."""
    one, two = (each.clip.id for each in clips.register([_found(root, "1.mp4"), _found(root, "2.mp4")]))
    first = Placing(project, "Anna", "walk", 0, clip_id=one, status="approved")
    ids = catalog.place([first, replace(first, segment_index=1, clip_id=two), replace(first, scene="walk 2")])
    assert len(set(ids)) == 3
    assert [scene.name for scene in catalog.scenes.list().items] == ["walk", "walk 2"]
    assert len(catalog.characters.list().items) == len(catalog.scene_types.list().items) == 1
    assert catalog.place([Placing(project, "Anna", "walk", 0, clip_id=two)]) == ids[:1]
    segment = catalog.segments.get(ids[0])
    assert (segment.clip_id, segment.status, segment.segment_index) == (two, "approved", 0)
    assert catalog.segments.update(ids[0], status="rejected", clip_id=None).clip_id is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"project_id": 999},
        {"project_id": 2**70},
        {"clip_id": 999},
        {"segment_index": -1},
        {"segment_index": 2**63},
        {"character": ""},
        {"scene": "\0"},
    ],
    ids=str,
)
def test_placed_nowhere(catalog: Catalog, project: int, wrong: dict[str, object]) -> None:
    """Of placings one of which cannot be, none is."""
    good = Placing(project, "Anna", "walk", 0)
    with pytest.raises((BadValueError, NotFoundError)):
        catalog.place([good, replace(good, **wrong)])  # type: ignore[arg-type]
    assert catalog.characters.list().items == ()


# ------------------------------------------------------------------------------------------------------- register


def test_registered(clips: Clips, root: int) -> None:
    """A new file is version 1, with its stamp to the nanosecond and an inode of 64 bits."""
    (one,) = clips.register([_found(root, "shots/ä 1.mp4")])
    expected = CatalogClip(one.clip.id, root, "shots/ä 1.mp4", 1, digest("shots/ä 1.mp4"), STAMP, None)
    assert Registered(expected, "new") == one
    assert clips.get(expected.id) == expected
    assert clips.known(root) == {"shots/ä 1.mp4": expected}
    assert clips.of_digest(expected.digest) == (expected,)


def test_registered_again(clips: Clips, root: int) -> None:
    """The same bytes at the same place are the same clip, and a newer stamp is noted."""
    (first,) = clips.register([_found(root, "a.mp4")])
    touched = replace(STAMP, modified_ns=7)
    for stamp in (STAMP, touched):
        (again,) = clips.register([_found(root, "a.mp4", stamp=stamp)])
        assert again == Registered(replace(first.clip, stamp=stamp), "same")
    assert clips.versions(first.clip.id) == ((1, digest("a.mp4")),)


def test_changed_file(catalog: Catalog, clips: Clips, project: int, root: int) -> None:
    """Other bytes at a known place are a new version of the clip: its segment stays, and what was said of the old
    version is not said of the new one; the old bytes back are a version of their own."""
    (one,) = clips.register([_found(root, "a.mp4", "old")])
    catalog.place([Placing(project, "Anna", "walk", 0, clip_id=one.clip.id)])
    clips.tell([Told(one.clip.id, "measured", scores={"quality_score": 0.5}, failure_tags=("flicker",))])
    assert _registered(clips, _found(root, "a.mp4", "new")) == [("changed", one.clip.id, 2, "a.mp4")]
    assert clips.get(one.clip.id).quality_score is None
    assert clips.told_of(one.clip.id) == Known({}, {}, {})
    assert catalog.segments.list().items[0].clip_id == one.clip.id
    assert _registered(clips, _found(root, "a.mp4", "old")) == [("changed", one.clip.id, 3, "a.mp4")]
    assert clips.versions(one.clip.id) == ((1, digest("old")), (2, digest("new")), (3, digest("old")))


def test_moved_file(clips: Clips, catalog: Catalog, root: int) -> None:
    """A file that is gone from its place and found at another, in whatever root, is the same clip."""
    (one,) = clips.register([_found(root, "a.mp4", "x")])
    other = catalog.media_roots.create(name="archive", path="/archive").id
    assert _registered(clips, _found(other, "b/c.mp4", "x"), gone={one.clip.id}) == [
        ("moved", one.clip.id, 1, "b/c.mp4")
    ]
    assert clips.known(root) == {}
    assert clips.get(one.clip.id).media_root_id == other


def test_copied_file(clips: Clips, root: int) -> None:
    """A second file with the same bytes is a clip of its own; of two copies only one can have been the moved one."""
    (one,) = clips.register([_found(root, "a.mp4", "x")])
    copies = _registered(clips, _found(root, "b.mp4", "x"), _found(root, "a.mp4", "x"))
    assert [change for change, *_ in copies] == ["new", "same"]
    moved = _registered(clips, _found(root, "c.mp4", "x"), _found(root, "d.mp4", "x"), gone={one.clip.id})
    assert [change for change, *_ in moved] == ["moved", "new"]


@pytest.mark.parametrize(
    "path", ["", "/a.mp4", "a//b.mp4", "../a.mp4", "a/../b.mp4", "a/./b", "a\0", "\udcff", "x" * 2001]
)
def test_no_path(clips: Clips, root: int, path: str) -> None:
    """A path leads below its root and nowhere else; of files one of which has none, none is registered."""
    with pytest.raises(BadValueError):
        clips.register([_found(root, "good.mp4"), Found(root, path, digest("x"), STAMP)])
    assert clips.known(root) == {}


def test_no_root(clips: Clips, root: int) -> None:
    """A file stands under a root that there is, and has a digest."""
    with pytest.raises(NotFoundError):
        clips.register([_found(999, "a.mp4")])
    with pytest.raises(NotFoundError):
        clips.register([_found(2**70, "a.mp4")])
    with pytest.raises(StoreError, match="no digest"):
        clips.register([Found(root, "a.mp4", "x", STAMP)])
    with pytest.raises(BadValueError):
        clips.register([_found(root, "a.mp4", stamp=replace(STAMP, size_bytes=-1))])


def test_forgotten(catalog: Catalog, clips: Clips, project: int, root: int) -> None:
    """A clip that is let go of leaves its segment without a file."""
    (one,) = clips.register([_found(root, "a.mp4")])
    (segment,) = catalog.place([Placing(project, "Anna", "walk", 0, clip_id=one.clip.id)])
    clips.forget([one.clip.id, 999])
    assert catalog.segments.get(segment).clip_id is None
    with pytest.raises(NotFoundError):
        clips.get(one.clip.id)


# ----------------------------------------------------------------------------------------------------------- tell


@pytest.fixture
def clip(clips: Clips, root: int) -> int:
    (one,) = clips.register([_found(root, "a.mp4")])
    return one.clip.id


def test_told(clips: Clips, clip: int) -> None:
    """What each source says stands beside the other; said again it takes the place of what it said before."""
    generation: dict[str, JsonValue] = {"seed": 2**64 - 1, "prompt": "a fox 🦊"}
    clips.tell(
        [
            Told(clip, "found", generation={"prompt": "x"}),
            Told(clip, "given", generation=generation, scores={"quality_score": 0.9}, failure_tags=("b", "a", "b")),
            Told(clip, "measured", scores={"quality_score": 0.2, "noise": 1.5}, failure_tags=("flicker",)),
        ]
    )
    assert clips.told_of(clip) == Known(
        {"found": {"prompt": "x"}, "given": generation},
        {"given": {"quality_score": 0.9}, "measured": {"quality_score": 0.2, "noise": 1.5}},
        {"given": ("a", "b"), "measured": ("flicker",)},
    )
    clips.tell([Told(clip, "measured", scores={"noise": 2.0}), Told(clip, "given", failure_tags=())])
    known = clips.told_of(clip)
    assert known.scores == {"given": {"quality_score": 0.9}, "measured": {"noise": 2.0}}
    assert known.failure_tags == {"measured": ("flicker",)}


def test_quality(clips: Clips, clip: int) -> None:
    """The clip's quality is the one given, else the one measured, else not known."""
    seen = []
    for told in (
        Told(clip, "measured", scores={"quality_score": 0.2}),
        Told(clip, "given", scores={"quality_score": 0.9}),
        Told(clip, "measured", scores={"quality_score": 0.3}),
        Told(clip, "given", scores={}),
        Told(clip, "measured", scores={"noise": 1.0}),
    ):
        clips.tell([told])
        seen.append(clips.get(clip).quality_score)
    assert seen == [0.2, 0.9, 0.9, 0.3, None]


@pytest.mark.parametrize(
    "wrong",
    [
        {"source": "measured", "generation": {}},
        {"source": "found", "scores": {"noise": 1.0}},
        {"source": "guessed", "failure_tags": ("a",)},
        {"source": "given", "generation": [1]},
        {"source": "given", "generation": {"a": float("inf")}},
        {"source": "given", "scores": {"noise": float("nan")}},
        {"source": "given", "failure_tags": ("",)},
        {"source": "given", "clip_id": 999, "scores": {}},
    ],
    ids=str,
)
def test_told_wrongly(clips: Clips, clip: int, wrong: dict[str, object]) -> None:
    """What a source cannot say is refused, and with it all that came with it."""
    good = Told(clip, "given", scores={"quality_score": 0.5})
    with pytest.raises((BadValueError, NotFoundError)):
        clips.tell([good, Told(**{"clip_id": clip, **wrong})])  # type: ignore[arg-type]
    assert clips.get(clip).quality_score is None


# --------------------------------------------------------------------------------------------------------- filters


@pytest.fixture
def filled(catalog: Catalog, clips: Clips, project: int, root: int) -> int:
    """Five segments: qualities of 0.2, 0.5, 0.8 and one not known; the last has no file. Another project has one."""
    ids = [one.clip.id for one in clips.register([_found(root, f"{n}.mp4") for n in range(4)])]
    catalog.place(
        [
            Placing(project, "Anna", "walk", 0, clip_id=ids[0], status="approved"),
            Placing(project, "Anna", "walk", 1, clip_id=ids[1]),
            Placing(project, "Anna", "dialogue", 0, clip_id=ids[2], status="approved"),
            Placing(project, "Bob", "walk", 0, clip_id=ids[3], status="rejected"),
            Placing(project, "Bob", "dialogue", 0),
            Placing(catalog.projects.create(name="Other").id, "Anna", "walk", 0, clip_id=ids[2], status="approved"),
        ]
    )
    clips.tell([Told(ids[n], "measured", scores={"quality_score": q}) for n, q in enumerate((0.2, 0.5, 0.8))])
    clips.tell(
        [Told(ids[0], "measured", failure_tags=("flicker", "noise")), Told(ids[1], "given", failure_tags=("noise",))]
    )
    return project


def _names(catalog: Catalog, query: SegmentQuery) -> str:
    """Of each segment the first letters of character and scene type, and its index."""
    rows = Segments(catalog.store).page(query).items
    return " ".join(f"{row.character[0]}{row.scene_type[0]}{row.segment.segment_index}" for row in rows)


ALL = "Aw0 Aw1 Ad0 Bw0 Bd0"


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, ALL),
        ({"scene_types": {"walk"}}, "Aw0 Aw1 Bw0"),
        ({"scene_types": {"walk", "dialogue", "none", "\0"}}, ALL),
        ({"scene_types": set()}, ""),
        ({"statuses": {"approved"}}, "Aw0 Ad0"),
        ({"statuses": {"approved", "rejected"}, "scene_types": {"walk"}}, "Aw0 Bw0"),
        ({"quality_at_least": 0.5}, "Aw1 Ad0"),
        ({"quality_at_least": 0.0}, "Aw0 Aw1 Ad0"),
        ({"any_tags": {"flicker"}}, "Aw0"),
        ({"any_tags": {"noise", "none"}}, "Aw0 Aw1"),
        ({"any_tags": set()}, ""),
        ({"without_tags": {"flicker"}}, "Aw1 Ad0 Bw0 Bd0"),
        ({"without_tags": {"noise"}, "has_clip": True}, "Ad0 Bw0"),
        ({"has_clip": False}, "Bd0"),
        ({"segment_ids": {2**70, -1}}, ""),
        ({"project_id": 2**70}, ""),
    ],
)
def test_filters(catalog: Catalog, filled: int, asked: dict[str, object], expected: str) -> None:
    """All that is asked holds; what is not known is not enough; other projects are not seen."""
    values = {name: frozenset(value) if isinstance(value, set) else value for name, value in asked.items()}
    assert expected == _names(catalog, SegmentQuery(**{"project_id": filled, **values}))  # type: ignore[arg-type]


def test_filters_by_id(catalog: Catalog, filled: int) -> None:
    """Characters, scenes and segments are chosen by their ids."""
    anna, bob, _ = catalog.characters.list().items
    scene = catalog.scenes.list(parent=bob.id).items[0]
    query = SegmentQuery(filled)
    assert _names(catalog, replace(query, character_ids=frozenset({anna.id}))) == "Aw0 Aw1 Ad0"
    assert _names(catalog, replace(query, scene_ids=frozenset({scene.id}))) == "Bw0"
    both = replace(query, character_ids=frozenset({anna.id}), scene_types=frozenset({"dialogue"}))
    (row,) = Segments(catalog.store).page(both).items
    assert (row.character_id, row.scene, row.clip and row.clip.quality_score) == (anna.id, "dialogue", 0.8)
    assert _names(catalog, replace(query, segment_ids=frozenset({row.segment.id}))) == "Ad0"


def test_segment_pages(catalog: Catalog, filled: int) -> None:
    """Pages follow each other, and all are as many."""
    segments, query = Segments(catalog.store), SegmentQuery(filled)
    seen, after = [], 0
    while True:
        page = segments.page(query, after=after, limit=2)
        seen.append(len(page.items))
        if page.next is None:
            break
        after = page.next
    assert seen == [2, 2, 1]
    assert len(list(segments.all(query))) == 5
    assert segments.page(query, after=2**70).items == ()


def test_too_much_asked(catalog: Catalog, filled: int) -> None:
    """A filter names what a database can be asked at once, and a bound is a number."""
    with pytest.raises(BadValueError):
        _names(catalog, SegmentQuery(filled, quality_at_least=float("nan")))
    with pytest.raises(BadValueError):
        _names(catalog, SegmentQuery(filled, segment_ids=frozenset(range(MOST_CHOICES + 1))))
    assert _names(catalog, SegmentQuery(filled, segment_ids=frozenset(range(MOST_CHOICES)))) in (ALL, "")
