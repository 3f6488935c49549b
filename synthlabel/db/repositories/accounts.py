"""People, their sessions, failed sign-ins, and the keys that sign tokens."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from synthlabel.db.tables import Account, LoginThrottle, Session, SigningKeyRow
from synthlabel.errors import NotFoundError

_REGISTRATION_LOCK = 7_301_001
_SIGNING_KEY_LOCK = 7_301_004


class AccountRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    def add(self, row: Account | Session | SigningKeyRow) -> None:
        self._session.add(row)

    async def lock_registration(self) -> None:
        """Hold registrations one behind the other until commit, so that there is exactly one first account."""
        await self._session.execute(sa.select(sa.func.pg_advisory_xact_lock(_REGISTRATION_LOCK)))

    async def count_with_password(self) -> int:
        statement = sa.select(sa.func.count()).where(col(Account.password_hash).is_not(None))
        return (await self._session.execute(statement)).scalar_one()

    async def get(self, account_id: UUID) -> Account:
        row = await self._session.get(Account, account_id)
        if row is None:
            raise NotFoundError("There is no such account.")
        return row

    async def list_of(self, account_ids: Iterable[UUID]) -> Sequence[Account]:
        """Return those accounts that there are, in no order."""
        statement = sa.select(Account).where(col(Account.id).in_(list(account_ids)))
        return (await self._session.execute(statement)).scalars().all()

    async def find_by_email(self, email: str) -> Account | None:
        statement = sa.select(Account).where(sa.func.lower(col(Account.email)) == email.lower())
        return (await self._session.execute(statement)).scalar_one_or_none()

    async def find_first_admin(self) -> Account | None:
        statement = (
            sa.select(Account)
            .where(col(Account.role) == "admin", col(Account.deactivated_at).is_(None))
            .order_by(col(Account.id))
            .limit(1)
        )
        return (await self._session.execute(statement)).scalar_one_or_none()

    async def find_session(self, token_hash: str, *, now: datetime) -> tuple[Session, Account] | None:
        """Return a session that is neither expired nor revoked, with its person, who is not deactivated."""
        return await self._find_session(col(Session.token_hash) == token_hash, now=now)

    async def find_session_by_id(self, session_id: UUID, *, now: datetime) -> tuple[Session, Account] | None:
        """Return a session under the same conditions as ``find_session``."""
        return await self._find_session(col(Session.id) == session_id, now=now)

    async def _find_session(self, wanted: sa.ColumnElement[bool], *, now: datetime) -> tuple[Session, Account] | None:
        statement = (
            sa.select(Session, Account)
            .join(Account, col(Account.id) == col(Session.account_id))
            .where(
                wanted,
                col(Session.revoked_at).is_(None),
                col(Session.expires_at) > now,
                col(Account.deactivated_at).is_(None),
            )
        )
        row = (await self._session.execute(statement)).one_or_none()
        return None if row is None else (row[0], row[1])

    async def touch_session(self, session_id: UUID, *, now: datetime) -> None:
        statement = sa.update(Session).where(col(Session.id) == session_id).values(last_seen_at=now)
        await self._session.execute(statement)

    async def revoke_session(self, token_hash: str, *, now: datetime) -> None:
        await self._revoke_session(col(Session.token_hash) == token_hash, now=now)

    async def revoke_session_by_id(self, session_id: UUID, *, now: datetime) -> None:
        await self._revoke_session(col(Session.id) == session_id, now=now)

    async def _revoke_session(self, wanted: sa.ColumnElement[bool], *, now: datetime) -> None:
        statement = sa.update(Session).where(wanted, col(Session.revoked_at).is_(None)).values(revoked_at=now)
        await self._session.execute(statement)

    async def replace_password_hash(self, account_id: UUID, *, old: str, new: str) -> None:
        """Replace a hash, unless the password was changed in the meantime."""
        statement = (
            sa.update(Account)
            .where(col(Account.id) == account_id, col(Account.password_hash) == old)
            .values(password_hash=new)
        )
        await self._session.execute(statement)

    async def list_throttles(self, keys: Sequence[str]) -> Sequence[LoginThrottle]:
        statement = sa.select(LoginThrottle).where(col(LoginThrottle.key).in_(keys))
        return (await self._session.execute(statement)).scalars().all()

    async def add_failure(self, key: str, *, now: datetime, forget_before: datetime) -> int:
        """Count one more failed sign-in and return how many there are. Old ones are forgotten."""
        table = LoginThrottle
        statement = (
            insert(table)
            .values(key=key, failures=1, updated_at=now)
            .on_conflict_do_update(
                index_elements=["key"],
                set_={
                    "failures": sa.case((col(table.updated_at) < forget_before, 1), else_=col(table.failures) + 1),
                    "updated_at": now,
                },
            )
            .returning(col(table.failures))
        )
        return (await self._session.execute(statement)).scalar_one()

    async def block_until(self, key: str, until: datetime) -> None:
        statement = sa.update(LoginThrottle).where(col(LoginThrottle.key) == key).values(blocked_until=until)
        await self._session.execute(statement)

    async def clear_failures(self, key: str) -> None:
        await self._session.execute(sa.delete(LoginThrottle).where(col(LoginThrottle.key) == key))

    async def take_back_failure(self, key: str) -> None:
        """Count one failure less: it was none. Ends the wait that came with it."""
        table = LoginThrottle
        statement = sa.update(table).where(col(table.key) == key, col(table.failures) > 0)
        await self._session.execute(statement.values(failures=col(table.failures) - 1, blocked_until=None))

    async def delete_old_failures(self, *, before: datetime) -> None:
        await self._session.execute(sa.delete(LoginThrottle).where(col(LoginThrottle.updated_at) < before))

    async def lock_signing_keys(self) -> None:
        """Hold back other processes that are about to store a first key, until commit."""
        await self._session.execute(sa.select(sa.func.pg_advisory_xact_lock(_SIGNING_KEY_LOCK)))

    async def list_signing_keys(self) -> Sequence[SigningKeyRow]:
        """Return the keys that are not retired, newest first: the first one signs, all of them verify."""
        statement = (
            sa.select(SigningKeyRow)
            .where(col(SigningKeyRow.retired_at).is_(None))
            .order_by(col(SigningKeyRow.created_at).desc())
        )
        return (await self._session.execute(statement)).scalars().all()

    async def delete_expired_sessions(self, *, before: datetime) -> None:
        await self._session.execute(sa.delete(Session).where(col(Session.expires_at) < before))
