"""What every database keeps of tokens."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from turnover.store.catalog import Catalog
from turnover.store.engine import Store
from turnover.store.refusals import NotFoundError
from turnover.store.seeds import LOCAL_USER
from turnover.store.tokens import Tokens


def test_token(database: Store) -> None:
    """A token opens until it is revoked, for its user only, and what is kept does not open."""
    tokens, anna = Tokens(database), Catalog(database).users.create(name="Anna", role="creator")
    token, secret = tokens.issue(anna.id, name="laptop")
    _, other = tokens.issue(LOCAL_USER, name="laptop")
    assert tokens.user_of(secret) == anna
    with database.reading() as connection:
        kept = connection.execute(text(f"SELECT token_hash FROM api_tokens WHERE id = {token.id}")).scalar_one()
    assert len(secret) >= 43
    assert (secret in kept, tokens.user_of(kept)) == (False, None)
    tokens.note_use(secret)
    assert tokens.list(anna.id)[0].used_at is not None
    tokens.revoke(token.id)
    assert tokens.user_of(secret) is None
    assert tokens.list(anna.id)[0].revoked_at is not None
    opened = tokens.user_of(other)
    assert opened is not None
    assert opened.id == LOCAL_USER
    for token_id in (token.id, 999, 2**70):
        with pytest.raises(NotFoundError):
            tokens.revoke(token_id)


def test_user_who_left(database: Store) -> None:
    """The tokens of a user who may not come in any more open nothing, nor do odd ones; nobody has none."""
    catalog, tokens = Catalog(database), Tokens(database)
    anna = catalog.users.create(name="Anna", role="creator")
    secret = tokens.issue(anna.id, name="laptop")[1]
    catalog.users.update(anna.id, is_active=False)
    assert [tokens.user_of(one) for one in (secret, "", "\0", "\ud800")] == [None] * 4
    with pytest.raises(NotFoundError):
        tokens.issue(999, name="laptop")
    catalog.users.delete(anna.id)
    assert tokens.list(anna.id) == ()
