"""Tokens that let programs in: shown once, kept as a hash."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select, update

from turnover.core.catalog import User
from turnover.store import checks
from turnover.store.dialect import now
from turnover.store.engine import Store
from turnover.store.refusals import keeping, not_found
from turnover.store.schema_specified import users
from turnover.store.schema_work import api_tokens as table


@dataclass(frozen=True, slots=True)
class Token:
    """What is known of a token, which is all but the token itself."""

    id: int
    user_id: int
    name: str
    created_at: datetime
    used_at: datetime | None
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class Tokens:
    """Keeps tokens."""

    store: Store

    def issue(self, user_id: int, *, name: str) -> tuple[Token, str]:
        """A new token of a user, and its secret of 256 bits, which is not to be had again. Raises NotFoundError."""
        secret = secrets.token_urlsafe(32)
        values = {
            "user_id": checks.row_id(user_id, "user"),
            "name": checks.name(name),
            "token_hash": _hash(secret),
        }
        with self.store.writing() as connection, keeping("token"):
            row = connection.execute(insert(table).values(values).returning(*_SHOWN)).one()
        return Token(**row._mapping), secret

    def user_of(self, secret: str) -> User | None:
        """Whose it is; None for one that is not known, was revoked, or whose user may not come in any more."""
        mine = (table.c.token_hash == _hash(secret), table.c.revoked_at.is_(None))
        question = select(users).join_from(users, table).where(*mine)
        with self.store.reading() as connection:
            row = connection.execute(question).one_or_none()
        return User(**row._mapping) if row is not None and row.is_active else None

    def note_use(self, secret: str) -> None:
        """Note that it was used now; a writing, so not for every request."""
        with self.store.writing() as connection:
            connection.execute(update(table).where(table.c.token_hash == _hash(secret)).values(used_at=now()))

    def list(self, user_id: int) -> tuple[Token, ...]:
        """All tokens of a user, revoked ones included."""
        question = select(*_SHOWN).where(table.c.user_id == checks.cursor(user_id)).order_by(table.c.id)
        with self.store.reading() as connection:
            return tuple(Token(**row._mapping) for row in connection.execute(question))

    def revoke(self, token_id: int) -> None:
        """Let it open nothing any more. Raises NotFoundError."""
        live = (table.c.id == checks.row_id(token_id, "token"), table.c.revoked_at.is_(None))
        with self.store.writing() as connection:
            if not connection.execute(update(table).where(*live).values(revoked_at=now())).rowcount:
                raise not_found("token", token_id)


_SHOWN = tuple(column for column in table.c if column.name != "token_hash")


def _hash(secret: str) -> str:
    # A secret of 256 random bits needs no slow hash: there is nothing to guess from.
    return hashlib.sha256(secret.encode(errors="surrogatepass")).hexdigest()
