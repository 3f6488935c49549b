"""What a person does with their account: register, sign in and out, get a token, be recognised, change their name."""

import hashlib
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.cookies import CookieError, SimpleCookie
from typing import Any, Literal
from uuid import UUID

from synthlabel.db.tables import Account, Session, new_id
from synthlabel.db.unit_of_work import UnitOfWork
from synthlabel.domain.account import (
    MAX_PASSWORD_CHARS,
    Actor,
    Role,
    check_registration,
    name_errors,
    normalise_email,
)
from synthlabel.errors import FieldError, ForbiddenError, InvalidInputError, NotSignedInError
from synthlabel.ports import Clock, PasswordHasher, TokenSigner
from synthlabel.services.signing import TOKEN_REFUSED, SigningKeys
from synthlabel.services.throttle import SignInThrottle
from synthlabel.services.views import AccountView, Views

SESSION_LIFETIME = timedelta(days=7)
SESSION_IDLE = timedelta(hours=24)
TOUCH_GAP = timedelta(minutes=1)
TOKEN_LIFETIME = timedelta(hours=1)
TOKEN_AUDIENCE = "synthlabel-api"  # noqa: S105
MAX_SESSION_TOKEN_CHARS = 100
MAX_USER_AGENT_CHARS = 400
LOCAL_EMAIL = "cli@localhost"
"""The account of the command line while there is no administrator. Nobody can register or sign in with it."""

_WRONG = "This email address and password do not belong together."


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A new session. ``token`` is the cookie's value: shown once, only its hash is stored."""

    token: str = field(repr=False)
    account: AccountView
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class AccessToken:
    token: str = field(repr=False)
    expires_in_s: int


class AccountService:
    def __init__(
        self,
        uow: Callable[[], UnitOfWork],
        hasher: PasswordHasher,
        signer: TokenSigner,
        clock: Clock,
        *,
        issuer: str,
        open_registration: bool,
        views: Views,
    ) -> None:
        self._uow = uow
        self._hasher = hasher
        self._clock = clock
        self._issuer = issuer
        self._open_registration = open_registration
        self._views = views
        self._keys = SigningKeys(uow, signer, clock)
        self._throttle = SignInThrottle(uow, clock)

    # --- joining --------------------------------------------------------------------------------------------------

    async def registration(self) -> Literal["first", "open", "closed"]:
        """Say who may register: the first person of an installation, anybody (by the setting), or nobody."""
        async with self._uow() as work:
            if await work.accounts.count_with_password() == 0:
                return "first"
        return "open" if self._open_registration else "closed"

    async def register(self, email: str, password: str, name: str) -> AccountView:
        """Create an account; the first one becomes the administrator's. Not safe to repeat: the address is taken.

        The first one takes over the command line's account, and with it the images made there until now.
        Raises InvalidInputError that names every wrong field, ForbiddenError if registration is closed.
        """
        email, name = normalise_email(email), name.strip()
        _require_storable(email=email, name=name)
        check_registration(email, password, name)
        if await self.registration() == "closed":
            raise _registration_closed()
        password_hash = await self._hasher.hash(password)
        async with self._uow() as work:
            await work.accounts.lock_registration()
            first = await work.accounts.count_with_password() == 0
            if not first and not self._open_registration:
                raise _registration_closed()
            if email == LOCAL_EMAIL or await work.accounts.find_by_email(email) is not None:
                raise InvalidInputError(FieldError("email", "There is an account with this address already."))
            account = await work.accounts.find_by_email(LOCAL_EMAIL) if first else None
            if account is None:
                account = self._account(email, name, role=Role.MEMBER, password_hash=None)
                work.accounts.add(account)
            account.email, account.name, account.password_hash = email, name, password_hash
            account.role = Role.ADMIN if first else Role.MEMBER
            await work.commit()
        return self._views.account(account)

    # --- signing in and out ---------------------------------------------------------------------------------------

    async def sign_in(self, email: str, password: str, *, client: str, user_agent: str) -> SignedIn:
        """Open a session for a browser. ``client`` is the address that the request came from.

        Raises NotSignedInError, the same for every reason, and ThrottledError after too many failures.
        """
        account = await self._identify(email, password, client=client)
        token = secrets.token_urlsafe(32)
        session = await self._open_session(account, token, lifetime=SESSION_LIFETIME, user_agent=user_agent)
        return SignedIn(token, self._views.account(account), session.expires_at)

    async def sign_out(self, session_token: str) -> None:
        """End the session of a cookie. Safe to repeat."""
        async with self._uow() as work:
            await work.accounts.revoke_session(_token_hash(session_token), now=self._clock.now())
            await work.commit()

    async def end_session(self, actor: Actor) -> None:
        """End the session by which the person is signed in, be it a cookie's or a token's. Safe to repeat."""
        if actor.session_id is None:
            return
        async with self._uow() as work:
            await work.accounts.revoke_session_by_id(actor.session_id, now=self._clock.now())
            await work.commit()

    async def actor_for_session(self, session_token: str) -> Actor | None:
        """Return whose session a cookie opens; None if it is unknown, ended, expired or was idle for a day."""
        if not 1 <= len(session_token) <= MAX_SESSION_TOKEN_CHARS:
            return None
        now = self._clock.now()
        async with self._uow() as work:
            found = await work.accounts.find_session(_token_hash(session_token), now=now)
            if found is None or now - found[0].last_seen_at > SESSION_IDLE:
                return None
            session, account = found
            if now - session.last_seen_at >= TOUCH_GAP:
                await work.accounts.touch_session(session.id, now=now)
                await work.commit()
        return Actor(account.id, Role(account.role), session.id)

    # --- tokens ---------------------------------------------------------------------------------------------------

    async def issue_token(self, email: str, password: str, *, client: str) -> AccessToken:
        """Make a signed token for programs, good for an hour. Raises as ``sign_in`` does."""
        account = await self._identify(email, password, client=client)
        # The session only gives the token an end that can be brought forward: no cookie opens it.
        nobody_knows = secrets.token_urlsafe(32)
        session = await self._open_session(account, nobody_knows, lifetime=TOKEN_LIFETIME, user_agent="token")
        issued_at = int(session.created_at.timestamp())
        claims = {
            "iss": self._issuer,
            "aud": TOKEN_AUDIENCE,
            "sub": str(account.id),
            "sid": str(session.id),
            "jti": str(new_id()),
            "iat": issued_at,
            "nbf": issued_at,
            "exp": int(session.expires_at.timestamp()),
        }
        return AccessToken(await self._keys.sign(claims), int(TOKEN_LIFETIME.total_seconds()))

    async def actor_for_token(self, token: str) -> Actor:
        """Return whose token it is. Raises NotSignedInError if it is forged, expired, revoked or for somebody else."""
        claims = await self._keys.verify(token)
        session_id, account_id = _uuid(claims["sid"]), _uuid(claims["sub"])
        if claims["iss"] != self._issuer or claims["aud"] != TOKEN_AUDIENCE:
            raise NotSignedInError(TOKEN_REFUSED)
        async with self._uow() as work:
            found = await work.accounts.find_session_by_id(session_id, now=self._clock.now())
        if found is None or found[1].id != account_id:
            raise NotSignedInError(TOKEN_REFUSED)
        session, account = found
        return Actor(account.id, Role(account.role), session.id)

    async def jwks(self) -> Mapping[str, Any]:
        """Return the public keys with which tokens can be checked (RFC 7517)."""
        return await self._keys.jwks()

    # --- the account itself ---------------------------------------------------------------------------------------

    async def me(self, actor: Actor) -> AccountView:
        async with self._uow() as work:
            return self._views.account(await work.accounts.get(actor.user_id))

    async def rename(self, actor: Actor, name: str) -> AccountView:
        """Change the person's name. Raises InvalidInputError. Safe to repeat."""
        name = name.strip()
        _require_storable(name=name)
        if errors := name_errors(name):
            raise InvalidInputError(*errors)
        async with self._uow() as work:
            account = await work.accounts.get(actor.user_id)
            account.name = name
            await work.flush()
            await work.notify(account.id, "account", account.id)
            await work.commit()
        return self._views.account(account)

    async def local_actor(self) -> Actor:
        """Return for whom the command line of this machine acts: the first administrator, else an account of its own.

        Safe to repeat.
        """
        async with self._uow() as work:
            await work.accounts.lock_registration()
            account = await work.accounts.find_first_admin() or await work.accounts.find_by_email(LOCAL_EMAIL)
            if account is None:
                account = self._account(LOCAL_EMAIL, "Command line", role=Role.MEMBER, password_hash=None)
                work.accounts.add(account)
                await work.commit()
        return Actor(account.id, Role(account.role))

    async def _identify(self, email: str, password: str, *, client: str) -> Account:
        email = _storable(normalise_email(email))
        await self._throttle.begin(email, client=client)
        async with self._uow() as work:
            account = await work.accounts.find_by_email(email)
        stored = account.password_hash if account is not None and len(password) <= MAX_PASSWORD_CHARS else None
        right = await self._hasher.verify(stored, password[:MAX_PASSWORD_CHARS])
        if account is None or stored is None or not right or account.deactivated_at is not None:
            raise NotSignedInError(_WRONG, code="wrong_credentials")
        await self._throttle.clear(email, client=client)
        await self._renew_hash(account, stored, password)
        return account

    async def _renew_hash(self, account: Account, stored: str, password: str) -> None:
        """The plain password is at hand only now: bring an old hash to today's parameters."""
        if not self._hasher.needs_rehash(stored):
            return
        renewed = await self._hasher.hash(password)
        async with self._uow() as work:
            await work.accounts.replace_password_hash(account.id, old=stored, new=renewed)
            await work.commit()

    async def _open_session(self, account: Account, token: str, *, lifetime: timedelta, user_agent: str) -> Session:
        now = self._clock.now()
        session = Session(
            account_id=account.id,
            token_hash=_token_hash(token),
            user_agent=_storable(user_agent)[:MAX_USER_AGENT_CHARS],
            created_at=now,
            last_seen_at=now,
            expires_at=now + lifetime,
        )
        async with self._uow() as work:
            work.accounts.add(session)
            await work.commit()
        return session

    def _account(self, email: str, name: str, *, role: Role, password_hash: str | None) -> Account:
        return Account(email=email, name=name, role=role, password_hash=password_hash, created_at=self._clock.now())


def session_token_in(cookie_header: str, *, name: str) -> str | None:
    """Return the session's token from a Cookie header; ``name`` is ``Settings.session_cookie_name``. Never raises."""
    for part in cookie_header.split(";"):
        try:
            # Piece by piece: another site's malformed cookie must not hide ours.
            morsel = SimpleCookie(part.strip()).get(name)
        except CookieError:
            continue
        if morsel is not None:
            return morsel.value or None
    return None


def _token_hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def _registration_closed() -> ForbiddenError:
    text = "Registration is closed. Ask the administrator of this installation for access."
    return ForbiddenError(text, code="registration_closed")


def _storable(text: str) -> str:
    """Drop what PostgreSQL cannot hold: NUL and lone surrogates."""
    return text.replace("\x00", "").encode("utf-8", "ignore").decode()


def _require_storable(**fields: str) -> None:
    errors = [
        FieldError(name, "This text holds characters that can't be stored.")
        for name, text in fields.items()
        if _storable(text) != text
    ]
    if errors:
        raise InvalidInputError(*errors)


def _uuid(claim: object) -> UUID:
    try:
        return UUID(str(claim))
    except ValueError:
        raise NotSignedInError(TOKEN_REFUSED) from None
