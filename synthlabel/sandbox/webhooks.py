"""Signs and delivers webhooks, and publishes the key that checks them.

Scheme: https://docs.fal.ai/model-apis/model-endpoints/webhooks (Ed25519 over request id, user id, time and the
SHA-256 of the body, joined by newlines).
"""

import asyncio
import base64
import hashlib
import json
import logging
import os
import time
from collections import Counter
from pathlib import Path
from uuid import uuid4

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from synthlabel.sandbox.faults import number
from synthlabel.sandbox.jobs import Job, Json
from synthlabel.sandbox.ledger import Ledger

_log = logging.getLogger(__name__)
_USER_ID = "sandbox-user"
_TIMEOUT_S = 15.0
_LONGEST_PAUSE_S = 60.0
_AT_ONCE = 16
_HOUR_S = 3600


class Signer:
    """One Ed25519 key, made once and kept in ``path`` (mode 0600)."""

    def __init__(self, path: Path) -> None:
        self._secret = _read_or_make(path)
        self._key = Ed25519PrivateKey.from_private_bytes(self._secret)

    def headers(self, request_id: str, body: bytes, *, at: float, forged: bool = False) -> dict[str, str]:
        stamp = str(int(at))
        message = "\n".join((request_id, _USER_ID, stamp, hashlib.sha256(body).hexdigest()))
        key = Ed25519PrivateKey.generate() if forged else self._key
        return {
            "content-type": "application/json",
            "x-fal-webhook-request-id": request_id,
            "x-fal-webhook-user-id": _USER_ID,
            "x-fal-webhook-timestamp": stamp,
            "x-fal-webhook-signature": key.sign(message.encode()).hex(),
        }

    def jwks(self) -> Json:
        public = self._key.public_key().public_bytes_raw()
        x = base64.urlsafe_b64encode(public).rstrip(b"=").decode()
        kid = hashlib.sha256(public).hexdigest()[:16]
        return {"keys": [{"kty": "OKP", "crv": "Ed25519", "x": x, "kid": kid, "use": "sig", "alg": "EdDSA"}]}

    def token(self, purpose: str) -> str:
        """A token for ``purpose`` that this sandbox, and a later process of it, recognises."""
        return hashlib.blake2b(purpose.encode(), key=self._secret, digest_size=24).hexdigest()


class Courier:
    """Delivers at least once: until a 2xx, or until the attempts are used up. Survives a restart with the ledger."""

    def __init__(self, ledger: Ledger, signer: Signer, *, retry_seconds: float, attempts: int) -> None:
        self._ledger = ledger
        self._signer = signer
        self._retry_seconds = retry_seconds
        self._attempts = attempts
        self._client = httpx.AsyncClient(timeout=_TIMEOUT_S, trust_env=False)
        self._slots = asyncio.Semaphore(_AT_ONCE)
        self._tasks: set[asyncio.Task[None]] = set()
        self.counts: Counter[str] = Counter()

    def send(self, job: Job) -> None:
        """Begin to deliver the outcome of ``job``, if it asked for that."""
        if job.webhook == "pending":
            task = asyncio.create_task(self._deliver(job))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def stop(self) -> None:
        """Give up everything under way; the ledger still knows it as pending."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def close(self) -> None:
        await self.stop()
        await self._client.aclose()

    async def _deliver(self, job: Job) -> None:
        if "webhook-dropped" in job.faults:
            self.counts["dropped"] += 1
            await self._ledger.note_webhook(job, "dropped")
            return
        if "webhook-late" in job.faults:
            await asyncio.sleep(number(job.faults["webhook-late"], 30.0))
        delivered = await self._try_until_accepted(job)
        if delivered and "webhook-doubled" in job.faults:
            await self._post(job)
        self.counts["delivered" if delivered else "failed"] += 1
        await self._ledger.note_webhook(job, "delivered" if delivered else "failed")

    async def _try_until_accepted(self, job: Job) -> bool:
        pause = self._retry_seconds
        for attempt in range(self._attempts):
            if attempt:
                await asyncio.sleep(pause)
                pause = min(2 * pause, _LONGEST_PAUSE_S)
            if await self._post(job):
                return True
        _log.warning("No webhook receiver accepted %s in %d attempts", job.request_id, self._attempts)
        return False

    async def _post(self, job: Job) -> bool:
        assert job.webhook_url is not None  # noqa: S101 - pending implies a URL
        # Separators with spaces, as fal sends them: a receiver that serialises again fails to verify.
        body = json.dumps(_payload(job)).encode()
        at = time.time() - (_HOUR_S if "webhook-stale" in job.faults else 0)
        headers = self._signer.headers(job.request_id, body, at=at, forged="webhook-forged" in job.faults)
        self.counts["attempts"] += 1
        try:
            async with self._slots:
                reply = await self._client.post(job.webhook_url, content=body, headers=headers)
        except (httpx.HTTPError, httpx.InvalidURL):
            return False
        return reply.is_success


def _payload(job: Job) -> Json:
    outcome = job.outcome
    assert outcome is not None  # noqa: S101 - only finished jobs are sent
    gateway = str(uuid4()) if "webhook-regated" in job.faults else job.request_id
    common: Json = {"request_id": job.request_id, "gateway_request_id": gateway}
    if not outcome.ok:
        error = f"Invalid status code: {outcome.status}"
        return {**common, "status": "ERROR", "error": error, "payload": outcome.body}
    if "webhook-bare" in job.faults:
        reason = "Response payload is not JSON serializable"
        return {**common, "status": "OK", "error": None, "payload": None, "payload_error": reason}
    return {**common, "status": "OK", "error": None, "payload": outcome.body}


def _read_or_make(path: Path) -> bytes:
    if not path.exists():
        draft = path.with_suffix(".draft")
        draft.unlink(missing_ok=True)
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(Ed25519PrivateKey.generate().private_bytes_raw())
        draft.replace(path)
    return path.read_bytes()
