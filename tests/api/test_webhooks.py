"""The provider's calls: believed only with its signature."""

import base64
import hashlib
import json
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi import FastAPI

from synthlabel.domain.generation import GenerationStatus
from tests.api.installation import RECIPE, Installation, open_installation, settings_for
from tests.api.live import serve

PATH = "/api/v1/webhooks/fal"


@dataclass(frozen=True)
class Provider:
    """Publishes a key, and signs as fal does."""

    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)

    def app(self) -> FastAPI:
        app = FastAPI()
        public = base64.urlsafe_b64encode(self.key.public_key().public_bytes_raw()).decode().rstrip("=")

        @app.get("/rest/.well-known/jwks.json")
        def jwks() -> dict[str, Any]:
            return {"keys": [{"kty": "OKP", "crv": "Ed25519", "x": public}]}

        return app

    def signed(self, request_id: str, body: bytes) -> dict[str, str]:
        timestamp = str(int(time.time()))
        message = "\n".join((request_id, "user", timestamp, hashlib.sha256(body).hexdigest()))
        return {
            "X-Fal-Webhook-Request-Id": request_id,
            "X-Fal-Webhook-User-Id": "user",
            "X-Fal-Webhook-Timestamp": timestamp,
            "X-Fal-Webhook-Signature": self.key.sign(message.encode()).hex(),
        }


@dataclass(frozen=True)
class Called:
    installation: Installation
    provider: Provider


@pytest.fixture
async def called(database_url: str, tmp_path: Path) -> AsyncIterator[Called]:
    provider = Provider()
    async with AsyncExitStack() as stack:
        address = await stack.enter_async_context(serve(provider.app()))
        settings = settings_for(database_url, tmp_path, fal_url=address)
        yield Called(await stack.enter_async_context(open_installation(settings)), provider)


def _body(request_id: str) -> bytes:
    return json.dumps({"request_id": request_id, "status": "OK"}).encode()


async def test_a_signed_call_brings_the_request_id_whose_answer_was_lost(called: Called) -> None:
    ada = await called.installation.add_person()
    client = called.installation.client
    made = (await client.post("/api/v1/generations", json=RECIPE, headers=ada.cookies)).json()
    await called.installation.change(made["id"], status=GenerationStatus.UNKNOWN)
    token = str((await called.installation.stored(made["id"])).submit_token)
    body = _body("request-1")
    for _ in range(2):
        answer = await client.post(
            PATH, params={"token": token}, content=body, headers=called.provider.signed("request-1", body)
        )
        assert (answer.status_code, answer.json()) == (200, {"status": "accepted"})
    row = await called.installation.stored(made["id"])
    assert (row.status, row.request_id) == ("submitted", "request-1")


async def test_news_of_somebody_elses_request_is_accepted_and_ignored(called: Called) -> None:
    body = _body("request-9")
    for token in ("", "\x00", "x", "01890a5d-ac96-774b-bcce-b302099a8057"):
        answer = await called.installation.client.post(
            PATH, params={"token": token}, content=body, headers=called.provider.signed("request-9", body)
        )
        assert answer.status_code == 200


async def test_forged_altered_and_unsigned_calls_are_refused(called: Called) -> None:
    body = _body("request-1")
    good = called.provider.signed("request-1", body)
    tries = [
        (body, Provider().signed("request-1", body)),
        (body + b" ", good),
        (body, {**good, "X-Fal-Webhook-Timestamp": "0"}),
        (body, {}),
    ]
    for content, headers in tries:
        answer = await called.installation.client.post(PATH, content=content, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (401, "bad_signature")


async def test_a_call_of_more_than_ten_megabytes_is_refused(called: Called) -> None:
    fits = await called.installation.client.post(PATH, content=b"x" * 10 * 1024 * 1024)
    too_large = await called.installation.client.post(PATH, content=b"x" * (10 * 1024 * 1024 + 1))
    assert (fits.status_code, too_large.status_code) == (401, 413)
    assert too_large.headers["content-type"] == "application/problem+json"
