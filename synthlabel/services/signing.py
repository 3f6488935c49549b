"""The keys that sign the API's tokens: made at first need, several of them verify, the newest one signs."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from synthlabel.db.tables import SigningKeyRow
from synthlabel.db.unit_of_work import UnitOfWork
from synthlabel.errors import ConfigurationError, NotSignedInError
from synthlabel.logs import get_logger
from synthlabel.ports import Clock, SigningKey, TokenSigner

UNKNOWN_KEY = "unknown_signing_key"
"""The code with which a TokenSigner refuses a token whose key it was not given."""

TOKEN_REFUSED = "This access token is not valid, or no longer. Sign in again."  # noqa: S105
KEPT = timedelta(minutes=15)
"""How long the keys are remembered: a retired one stops verifying after this time at the latest."""
REREAD_GAP = timedelta(seconds=60)
"""An unknown key id makes us read the table again, but no more often than this, whatever strangers send."""

log = get_logger(__name__)


class SigningKeys:
    """Signs and checks tokens with keys from the database, which is read once in a while, not for each token."""

    def __init__(self, uow: Callable[[], UnitOfWork], signer: TokenSigner, clock: Clock) -> None:
        self._uow = uow
        self._signer = signer
        self._clock = clock
        self._keys: Mapping[str, SigningKey] = {}
        self._read_at: datetime | None = None
        self._reading = asyncio.Lock()

    async def sign(self, claims: Mapping[str, Any]) -> str:
        key = await self._own_key()
        return self._signer.sign(key, claims)

    async def verify(self, token: str) -> Mapping[str, Any]:
        """Return the claims. Raises NotSignedInError."""
        await self._read(if_older_than=KEPT)
        try:
            return self._signer.verify(token, self._keys)
        except NotSignedInError as error:
            if error.code != UNKNOWN_KEY:
                raise
        await self._read(if_older_than=REREAD_GAP)
        try:
            return self._signer.verify(token, self._keys)
        except NotSignedInError as error:
            raise NotSignedInError(error.user_message) from None

    async def jwks(self) -> Mapping[str, Any]:
        await self._own_key()
        return self._signer.jwks(self._keys)

    async def _own_key(self) -> SigningKey:
        await self._read(if_older_than=KEPT)
        if not self._can_sign():
            await self._create()
            await self._read(if_older_than=timedelta(0))
        return next(key for key in self._keys.values() if key.private_pem)

    def _can_sign(self) -> bool:
        return any(key.private_pem for key in self._keys.values())

    async def _create(self) -> None:
        """Store a first key, unless another process was faster. Safe to repeat."""
        key = await asyncio.to_thread(self._signer.new_key)
        async with self._uow() as work:
            await work.accounts.lock_signing_keys()
            rows = await work.accounts.list_signing_keys()
            if not any(self._key(row).private_pem for row in rows):
                row = SigningKeyRow(
                    kid=key.kid,
                    sealed_private_pem=self._signer.seal(key.private_pem),
                    public_pem=key.public_pem,
                    created_at=self._clock.now(),
                )
                work.accounts.add(row)
                await work.commit()

    async def _read(self, *, if_older_than: timedelta) -> None:
        async with self._reading:
            if self._read_at is not None and self._clock.now() - self._read_at < if_older_than:
                return
            async with self._uow() as work:
                rows = await work.accounts.list_signing_keys()
            self._keys = {row.kid: self._key(row) for row in rows}
            self._read_at = self._clock.now()

    def _key(self, row: SigningKeyRow) -> SigningKey:
        try:
            private_pem = self._signer.unseal(row.sealed_private_pem)
        except ConfigurationError:
            # Stored under an earlier secret: its tokens are good to their end, new ones get another key.
            log.warning("a signing key was sealed with another secret", kid=row.kid)
            private_pem = b""
        return SigningKey(kid=row.kid, private_pem=private_pem, public_pem=row.public_pem)
