"""Built-ins are found by slug and by host, with a near match for what is misspelt."""

from __future__ import annotations

import pytest

from turnover.errors import UsageError
from turnover.sidecars.builtin import HOSTS, builtin_template, builtin_templates, templates_for


def test_the_specifications_three_come_first() -> None:
    """The specification's three stand first, all others by slug."""
    slugs = list(builtin_templates())
    assert slugs[:3] == ["nuke-xml", "after-effects-csv", "resolve-xml"]
    assert slugs[3:] == sorted(slugs[3:])


def test_by_slug() -> None:
    """A built-in knows its slug and that it is one."""
    found = builtin_template("nuke-xml")
    assert (found.slug, found.is_builtin) == ("nuke-xml", True)


@pytest.mark.parametrize(
    ("slug", "hint"), [("nuke-xlm", "did you mean 'nuke-xml'?"), ("qqqqqq", "`turnover templates list` shows them")]
)
def test_no_slug(slug: str, hint: str) -> None:
    """A misspelt slug gets the nearest."""
    with pytest.raises(UsageError, match=f"no template '{slug}'") as wrong:
        builtin_template(slug)
    assert wrong.value.hint.startswith(hint)


@pytest.mark.parametrize("host", HOSTS)
def test_by_host(host: str) -> None:
    """Each host has something that it reads."""
    assert templates_for(host)


@pytest.mark.parametrize(("host", "hint"), [("nukes", "did you mean 'nuke'?"), ("blender", "one of nuke, resolve")])
def test_no_host(host: str, hint: str) -> None:
    """A misspelt host gets the nearest, any other the whole list."""
    with pytest.raises(UsageError, match=f"no host '{host}'") as wrong:
        templates_for(host)
    assert wrong.value.hint.startswith(hint)
