"""What every database keeps of templates."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from turnover.core.catalog import SidecarTemplate
from turnover.core.clip import JsonValue
from turnover.errors import StoreError
from turnover.sidecars.builtin import builtin_templates
from turnover.store.builtins import refresh_builtins
from turnover.store.checks import MOST_ID
from turnover.store.engine import Store
from turnover.store.refusals import BadValueError, BuiltinError, NotFoundError, StaleError, TakenError
from turnover.store.seeds import LOCAL_USER
from turnover.store.templates import Templates

BODY = '{"root_element": "z",\n "fields": ["codec"], "a": 18446744073709551615}'


@dataclass(frozen=True)
class Brought:
    """A template that a version of the program brings."""

    slug: str = "new"
    name: str = "New"
    description: str | None = None
    format: str = "json"
    target_tool: str | None = None
    source: JsonValue = None


@pytest.fixture
def templates(database: Store) -> Templates:
    return Templates(database)


def _own(templates: Templates, name: str = "Mine", **given: str) -> SidecarTemplate:
    return templates.create(name=name, format="xml", source_text=BODY, created_by=LOCAL_USER, **given)


def _without_times(template: SidecarTemplate) -> SidecarTemplate:
    return replace(template, created_at=template.updated_at)


# --------------------------------------------------------------------------------------------------------- seeded


def test_seeded(templates: Templates) -> None:
    """A new database has the specification's three, word for word."""
    nuke = '"resolution", "framerate", "codec", "duration", "color_space", "generation_params"'
    after_effects = '"frame", "face_confidence", "motion_score", "quality_metric", "boundary_ssim"'
    resolve = '"resolution", "framerate", "codec", "duration", "pixel_format"'
    bodies = (
        f'{{"root_element": "clip", "fields": [{nuke}]}}',
        f'{{"columns": [{after_effects}]}}',
        f'{{"root_element": "media", "fields": [{resolve}]}}',
    )
    seeded = templates.list().items
    assert [(one.slug, one.name, one.description, one.format, one.target_tool) for one in seeded] == [
        ("nuke-xml", "Nuke XML", "Foundry Nuke compatible XML sidecar", "xml", "nuke"),
        ("after-effects-csv", "After Effects CSV", "Adobe After Effects frame-level CSV", "csv", "after_effects"),
        ("resolve-xml", "Resolve XML", "DaVinci Resolve compatible XML sidecar", "xml", "resolve"),
    ]
    assert bodies == tuple(one.source_text for one in seeded)
    assert {(one.is_builtin, one.created_by) for one in seeded} == {(True, None)}


def test_seeded_as_the_program_brings_them(templates: Templates) -> None:
    """Bringing the program's own up to date leaves the seeded three as they are, adds the others, and ends there."""
    seeded = templates.list().items
    refresh_builtins(templates.store, builtin_templates().values())
    refresh_builtins(templates.store, builtin_templates().values())
    after = templates.list(limit=1000).items
    assert seeded == after[:3]
    assert list(builtin_templates()) == [one.slug for one in after]
    assert {(one.is_builtin, one.version) for one in after} == {(True, 1)}
    for one in after:
        assert json.dumps(builtin_templates()[one.slug].source) == json.dumps(one.template_json)


# --------------------------------------------------------------------------------------------------- create, read


def test_created(templates: Templates) -> None:
    """What was given comes back, the keys in their author's order and whole numbers exact; it is version 1."""
    made = _own(templates, "Grüße für Nuke!", description="Ours", target_tool="custom")
    assert made == templates.get(made.id) == templates.by_slug("gr-e-f-r-nuke")
    assert (made.name, made.description, made.target_tool) == ("Grüße für Nuke!", "Ours", "custom")
    assert (made.source_text, list(json.loads(BODY).items())) == (BODY, list(dict(made.template_json).items()))  # type: ignore[arg-type]
    assert (made.is_builtin, made.version, made.created_by) == (False, 1, LOCAL_USER)
    assert made.created_at == made.updated_at
    assert made.created_at.utcoffset() is not None


def test_what_the_database_holds(templates: Templates) -> None:
    """The body can be asked by SQL."""
    made = _own(templates)
    column = "template_json ->> 'root_element'"
    with templates.store.reading() as connection:
        found = connection.execute(text(f"SELECT {column} FROM sidecar_templates WHERE id = {made.id}")).scalar()
    assert found == "z"


def test_slug_of_a_taken_name(templates: Templates) -> None:
    """Names that read alike get slugs that differ; a slug that was asked for and is taken is refused."""
    slugs = [_own(templates, name).slug for name in ("Nuke XML!", "nuke xml", "日本", "日本語")]
    assert slugs == ["nuke-xml-2", "nuke-xml-3", "template", "template-2"]
    with pytest.raises(TakenError):
        _own(templates, slug="nuke-xml")


def test_name_taken(templates: Templates) -> None:
    """A name is one template's only."""
    own = _own(templates)
    with pytest.raises(TakenError) as raised:
        _own(templates, "  Nuke XML ")
    assert raised.value.code == "name_taken"
    with pytest.raises(TakenError):
        templates.update(own.id, name="Nuke XML")
    assert templates.get(own.id) == own


@pytest.mark.parametrize("key", [0, -1, 999, MOST_ID, MOST_ID + 1, 2**200])
def test_not_there(templates: Templates, key: int) -> None:
    """An id that no row has, or can have, is not found by anything."""
    for ask in (templates.get, templates.update, templates.delete, templates.clone):
        with pytest.raises(NotFoundError) as raised:
            ask(key)
        assert raised.value.code == "not_found"
    for slug in ("none", "", "a\0b"):
        with pytest.raises(NotFoundError):
            templates.by_slug(slug)


@pytest.mark.parametrize(
    "given",
    [
        {"name": ""},
        {"name": "a\nb"},
        {"name": "a\0"},
        {"name": "x" * 201},
        {"format": "pdf"},
        {"slug": "Nuke XML"},
        {"slug": "../etc"},
        {"source_text": "[]"},
        {"source_text": "{"},
        {"source_text": '{"a": NaN}'},
        {"source_text": '{"a": "\\u0000"}'},
        {"source_text": '{"a": "\\ud800"}'},
        {"source_text": "[" * 100_000},
        {"description": "\ud800"},
    ],
    ids=lambda wrong: str(wrong)[:60],
)
def test_refused(templates: Templates, given: dict[str, str]) -> None:
    """What not every database can give back as it was is refused by all."""
    values = {"name": "Mine", "format": "xml", "source_text": BODY, **given}
    with pytest.raises(BadValueError) as raised:
        templates.create(**values)  # type: ignore[arg-type]
    assert raised.value.code == "bad_value"
    assert len(templates.list().items) == 3


def test_unknown_author(templates: Templates) -> None:
    """Who made it is a user that there is."""
    with pytest.raises(NotFoundError):
        templates.create(name="Mine", format="xml", source_text=BODY, created_by=999)


_words = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)
_bodies = st.dictionaries(
    _words,
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | _words,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_words, inner, max_size=3),
        max_leaves=6,
    ),
    max_size=4,
)


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=_bodies)
def test_any_body(templates: Templates, body: dict[str, JsonValue]) -> None:
    """Any object comes back as it was."""
    made = templates.create(name="Any", format="json", source_text=json.dumps(body))
    assert body == templates.get(made.id).template_json
    templates.delete(made.id)


def test_pages(templates: Templates) -> None:
    """Pages follow each other without a gap, though others are deleted meanwhile; an odd place to go on is none."""
    for number in range(5):
        _own(templates, f"T{number}")
    first = templates.list(limit=4)
    assert first.next is not None
    templates.delete(first.items[3].id)
    rest = templates.list(limit=4, after=first.next)
    assert [one.name for one in (*first.items[3:], *rest.items)] == [f"T{number}" for number in range(5)]
    assert rest.next is None
    assert templates.list(after=2**70).items == ()
    assert len(templates.list(after=-5, limit=2).items) == 2
    with pytest.raises(BadValueError):
        templates.list(limit=0)


# --------------------------------------------------------------------------------------------------------- change


def test_updated(templates: Templates) -> None:
    """A change counts the version up and moves `updated_at` in what is answered, too; the rest stays."""
    own = _own(templates, description="Ours")
    time.sleep(0.002)
    changed = templates.update(own.id, source_text='{"b": 1, "a": 2}', description=None, if_version=1)
    assert changed == templates.get(own.id)
    assert (changed.version, changed.source_text, changed.description) == (2, '{"b": 1, "a": 2}', None)
    assert (changed.slug, changed.name, changed.created_at) == (own.slug, own.name, own.created_at)
    assert changed.updated_at > own.updated_at


def test_updated_by_another_program(templates: Templates) -> None:
    """`updated_at` follows a change by hand as well."""
    own = _own(templates)
    time.sleep(0.002)
    with templates.store.writing() as connection:
        connection.execute(text("UPDATE sidecar_templates SET description = 'x' WHERE slug = 'mine'"))
    assert templates.get(own.id).updated_at > own.updated_at


def test_stale(templates: Templates) -> None:
    """Who read an older version changes and deletes nothing."""
    own = _own(templates)
    templates.update(own.id, name="Theirs")
    with pytest.raises(StaleError) as raised:
        templates.update(own.id, name="Ours", if_version=own.version)
    assert raised.value.code == "stale"
    with pytest.raises(StaleError):
        templates.delete(own.id, if_version=own.version)
    assert templates.get(own.id).name == "Theirs"
    templates.delete(own.id, if_version=2)
    with pytest.raises(NotFoundError):
        templates.get(own.id)


def test_nothing_to_leave_out(templates: Templates) -> None:
    """A name, format and body cannot be taken away, nor anything set that is not a person's to set."""
    own = _own(templates)
    for wrong in ({"name": None}, {"source_text": None}, {"is_builtin": "1"}, {"format": "exe"}):
        with pytest.raises(BadValueError):
            templates.update(own.id, **wrong)
    assert templates.get(own.id) == own


def test_builtin(templates: Templates) -> None:
    """What came with the program is neither changed nor deleted, and can be cloned."""
    nuke = templates.by_slug("nuke-xml")
    for change in (lambda: templates.update(nuke.id, name="Mine"), lambda: templates.delete(nuke.id)):
        with pytest.raises(BuiltinError) as raised:
            change()
        assert raised.value.code == "builtin"
    copies = [templates.clone(nuke.id, created_by=LOCAL_USER) for _ in range(3)]
    assert [one.name for one in copies] == ["Nuke XML (copy)", "Nuke XML (copy 2)", "Nuke XML (copy 3)"]
    assert [one.slug for one in copies] == ["nuke-xml-copy", "nuke-xml-copy-2", "nuke-xml-copy-3"]
    assert {one.source_text for one in copies} == {nuke.source_text}
    assert not copies[0].is_builtin
    assert templates.update(copies[0].id, name="Ours").version == 2
    assert templates.clone(copies[0].id, name="Named").slug == "named"
    assert templates.by_slug("nuke-xml") == nuke


# -------------------------------------------------------------------------------------------------------- refresh


def test_newer_program(templates: Templates) -> None:
    """A built-in that a newer version changes keeps its id, and its version counts up; other built-ins stay."""
    refresh_builtins(templates.store, [Brought(source={"b": 1, "a": 2})])
    old = templates.by_slug("new")
    refresh_builtins(templates.store, [Brought(source={"a": 2, "b": 1}, description="Better")])
    new = templates.by_slug("new")
    assert (new.id, new.version, new.description) == (old.id, 2, "Better")
    assert list(dict(new.template_json)) == ["a", "b"]  # type: ignore[arg-type]
    assert new.is_builtin
    assert len(templates.list().items) == 4


def test_own_template_in_the_way(templates: Templates) -> None:
    """A person's template that has a new built-in's name and slug gets others and stays theirs."""
    own = _own(templates, "New")
    _own(templates, "New (own)")
    refresh_builtins(templates.store, [Brought(source={})])
    moved = templates.get(own.id)
    assert (moved.slug, moved.name, moved.source_text) == ("new-own-2", "New (own 2)", own.source_text)
    assert (moved.is_builtin, moved.version) == (False, 2)
    assert templates.by_slug("new").is_builtin


def test_builtins_that_change_names(templates: Templates) -> None:
    """Two built-ins may swap their names."""
    refresh_builtins(templates.store, [Brought("a", "A", source={}), Brought("b", "B", source={})])
    refresh_builtins(templates.store, [Brought("a", "B", source={}), Brought("b", "A", source={})])
    assert (templates.by_slug("a").name, templates.by_slug("b").name) == ("B", "A")


def test_refusals_are_store_errors() -> None:
    """Whoever catches StoreError catches what the catalog refuses."""
    for kind in (BadValueError, BuiltinError, NotFoundError, StaleError, TakenError):
        assert issubclass(kind, StoreError)
