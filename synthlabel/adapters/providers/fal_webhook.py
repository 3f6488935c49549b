"""Checking fal's webhooks: Ed25519 over request id, user id, timestamp and the hash of the raw body.

Scheme: fal's webhook documentation, read in 2026-11. Keys come from the provider's JWKS and are kept for a while;
a signature that no known key fits makes us fetch them again, at most once a minute.
"""

import asyncio
import base64
import hashlib
import json
import time
from collections.abc import Mapping
from typing import Any, cast

import httpx
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from synthlabel.errors import NotSignedInError
from synthlabel.logs import get_logger
from synthlabel.ports import WebhookEvent

FAL_JWKS_URL = "https://rest.fal.ai/.well-known/jwks.json"
LEEWAY_S = 300
KEPT_S = 12 * 3600
REFETCH_GAP_S = 60
FETCH_TIMEOUT_S = 5.0

log = get_logger(__name__)


class FalWebhookVerifier:
    """Implements ``ports.WebhookVerifier``."""

    def __init__(self, base_url: str | None) -> None:
        self._jwks_url = FAL_JWKS_URL if base_url is None else f"{base_url}/rest/.well-known/jwks.json"
        self._keys: list[Ed25519PublicKey] = []
        self._fetched_at = self._tried_at = float("-inf")
        self._lock = asyncio.Lock()

    async def verify(self, headers: Mapping[str, str], body: bytes) -> WebhookEvent:
        names = {name.lower(): value for name, value in headers.items()}
        try:
            request_id, user_id, timestamp, signature = (
                names[f"x-fal-webhook-{name}"] for name in ("request-id", "user-id", "timestamp", "signature")
            )
            fresh = abs(time.time() - int(timestamp)) <= LEEWAY_S
            raw_signature = bytes.fromhex(signature)
        except (KeyError, ValueError, OverflowError):
            raise _denied() from None
        message = "\n".join((request_id, user_id, timestamp, hashlib.sha256(body).hexdigest())).encode()
        if not fresh or not await self._is_signed(raw_signature, message) or _request_id(body) != request_id:
            raise _denied()
        return WebhookEvent(request_id)

    async def _is_signed(self, signature: bytes, message: bytes) -> bool:
        if time.monotonic() - self._fetched_at > KEPT_S:
            await self._fetch()
        if self._fits(signature, message):
            return True
        await self._fetch()  # the provider may have changed its keys
        return self._fits(signature, message)

    def _fits(self, signature: bytes, message: bytes) -> bool:
        return any(_verifies(key, signature, message) for key in self._keys)

    async def _fetch(self) -> None:
        async with self._lock:
            if time.monotonic() - self._tried_at < REFETCH_GAP_S:
                return
            self._tried_at = time.monotonic()
            try:
                async with httpx.AsyncClient(timeout=FETCH_TIMEOUT_S, trust_env=False) as client:
                    response = await client.get(self._jwks_url)
                    response.raise_for_status()
                    keys = _public_keys(response.json())
            except (httpx.HTTPError, ValueError, TypeError, KeyError, AttributeError) as error:
                log.warning("the provider's webhook keys can't be read", reason=type(error).__name__)
                return
            self._keys, self._fetched_at = keys, time.monotonic()


def _public_keys(document: Any) -> list[Ed25519PublicKey]:
    entries = cast("list[dict[str, Any]]", document["keys"])
    return [
        Ed25519PublicKey.from_public_bytes(base64.urlsafe_b64decode(entry["x"] + "=" * (-len(entry["x"]) % 4)))
        for entry in entries
        if entry.get("kty") == "OKP" and entry.get("crv") == "Ed25519"
    ]


def _verifies(key: Ed25519PublicKey, signature: bytes, message: bytes) -> bool:
    try:
        key.verify(signature, message)
    except InvalidSignature:
        return False
    return True


def _request_id(body: bytes) -> str | None:
    try:
        document = json.loads(body)
    except ValueError:
        return None
    return cast("dict[str, Any]", document).get("request_id") if isinstance(document, dict) else None


def _denied() -> NotSignedInError:
    return NotSignedInError("This call does not carry the provider's signature.", code="bad_signature")
