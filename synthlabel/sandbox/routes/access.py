"""Who may call: fal's API keys and the tokens of its CDN."""

import hmac
import time

from fastapi import Request

from synthlabel.sandbox.core import Sandbox
from synthlabel.sandbox.replies import Refusal

LOCKED_KEY = "sandbox:locked"
"""A key whose account has no balance left."""

LOCKED = "User is locked. Reason: Exhausted balance. Top up your balance at fal.ai/dashboard/billing."
TOKEN_SECONDS = 3600


class Access:
    """FastAPI dependencies that let a request pass or raise Refusal."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._key = sandbox.options.key
        self._signer = sandbox.signer

    async def key(self, request: Request) -> None:
        """``Authorization: Key id:secret``; 401 without a valid one, 403 for the locked account."""
        scheme, _, key = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "key" or not key:
            raise Refusal(401, "Authentication is required to access this application.")
        if hmac.compare_digest(key.encode(), LOCKED_KEY.encode()):
            raise Refusal(403, LOCKED)
        if self._key is not None and not hmac.compare_digest(key.encode(), self._key.encode()):
            raise Refusal(401, "Invalid API key.")

    async def cdn(self, request: Request) -> None:
        """``Authorization: Bearer <token>`` with a token of :meth:`new_token`."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        expires, _, _ = token.partition(".")
        valid = scheme.lower() == "bearer" and hmac.compare_digest(token.encode(), self._token(expires).encode())
        if not valid or int(expires) < time.time():
            raise Refusal(401, "Invalid or expired CDN token.")

    def new_token(self) -> tuple[str, int]:
        """A token and when it expires, in UNIX seconds."""
        expires = int(time.time()) + TOKEN_SECONDS
        return self._token(str(expires)), expires

    def _token(self, expires: str) -> str:
        return f"{expires}.{self._signer.token('cdn ' + expires)}"
