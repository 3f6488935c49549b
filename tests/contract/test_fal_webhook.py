"""Only the provider's own, fresh calls are believed. Keys change, and the place where they are may be away."""

import asyncio
import base64
import hashlib
import json
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from synthlabel.adapters.providers import fal_webhook
from synthlabel.adapters.providers.fal_webhook import FalWebhookVerifier
from synthlabel.errors import NotSignedInError
from tests.factories import free_port
from tests.sandbox import RedirectedClient, SandboxProcess, WebhookReceiver

BODY = json.dumps({"request_id": "r-1", "status": "OK"}).encode()


class KeyServer:
    """Publishes keys, and counts how often it is asked."""

    def __init__(self) -> None:
        self.key = Ed25519PrivateKey.generate()
        self.document: Any = None
        self.reads = 0
        self._server: asyncio.Server | None = None

    async def start(self) -> str:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    def close(self) -> None:
        if self._server is not None:
            self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        self.reads += 1
        x = base64.urlsafe_b64encode(self.key.public_key().public_bytes_raw()).rstrip(b"=").decode()
        document = self.document or {"keys": [{"kty": "OKP", "crv": "Ed25519", "x": x}]}
        body = json.dumps(document).encode()
        writer.write(b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: %d\r\n\r\n%s" % (len(body), body))
        await writer.drain()
        writer.close()

    def sign(self, body: bytes = BODY, *, request_id: str = "r-1", age_s: float = 0) -> dict[str, str]:
        timestamp = str(int(time.time() - age_s))
        message = "\n".join((request_id, "user-1", timestamp, hashlib.sha256(body).hexdigest())).encode()
        return {
            "X-Fal-Webhook-Request-Id": request_id,
            "X-Fal-Webhook-User-Id": "user-1",
            "X-Fal-Webhook-Timestamp": timestamp,
            "X-Fal-Webhook-Signature": self.key.sign(message).hex(),
        }


@pytest.fixture
async def keys() -> AsyncIterator[KeyServer]:
    server = KeyServer()
    yield server
    server.close()


@pytest.fixture
async def verifier(keys: KeyServer) -> FalWebhookVerifier:
    return FalWebhookVerifier(await keys.start())


async def denied(verifier: FalWebhookVerifier, headers: dict[str, str], body: bytes = BODY) -> None:
    with pytest.raises(NotSignedInError):
        await verifier.verify(headers, body)


async def test_a_genuine_call_is_believed(verifier: FalWebhookVerifier, keys: KeyServer) -> None:
    assert (await verifier.verify(keys.sign(), BODY)).request_id == "r-1"


async def test_the_keys_are_read_once(verifier: FalWebhookVerifier, keys: KeyServer) -> None:
    for _ in range(5):
        await verifier.verify(keys.sign(), BODY)
    assert keys.reads == 1


@pytest.mark.parametrize("age_s", [-298, 298])
async def test_five_minutes_of_leeway_are_given(verifier: FalWebhookVerifier, keys: KeyServer, age_s: float) -> None:
    assert await verifier.verify(keys.sign(age_s=age_s), BODY)


@pytest.mark.parametrize("age_s", [302, -302, 3600])
async def test_a_stale_call_is_denied(verifier: FalWebhookVerifier, keys: KeyServer, age_s: float) -> None:
    await denied(verifier, keys.sign(age_s=age_s))


async def test_an_altered_body_is_denied(verifier: FalWebhookVerifier, keys: KeyServer) -> None:
    await denied(verifier, keys.sign(), BODY.replace(b"OK", b"KO"))


@pytest.mark.parametrize("name", ["Request-Id", "User-Id", "Timestamp", "Signature"])
async def test_a_call_without_one_of_its_headers_is_denied(
    verifier: FalWebhookVerifier, keys: KeyServer, name: str
) -> None:
    headers = keys.sign()
    del headers[f"X-Fal-Webhook-{name}"]
    await denied(verifier, headers)


@pytest.mark.parametrize("name", ["Request-Id", "User-Id"])
async def test_an_altered_header_is_denied(verifier: FalWebhookVerifier, keys: KeyServer, name: str) -> None:
    await denied(verifier, {**keys.sign(), f"X-Fal-Webhook-{name}": "other"})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Timestamp", "now"),
        ("Timestamp", "1e9"),
        ("Timestamp", "9" * 400),
        ("Signature", "zz"),
        ("Signature", ""),
        ("Signature", "00"),
    ],
)
async def test_a_malformed_header_is_denied(
    verifier: FalWebhookVerifier, keys: KeyServer, name: str, value: str
) -> None:
    await denied(verifier, {**keys.sign(), f"X-Fal-Webhook-{name}": value})


@pytest.mark.parametrize("body", [b'{"request_id": "r-2"}', b"{}", b"[]", b"no json", b"", b"\xff"])
async def test_a_signed_body_about_something_else_is_denied(
    verifier: FalWebhookVerifier, keys: KeyServer, body: bytes
) -> None:
    await denied(verifier, keys.sign(body), body)


async def test_a_stranger_with_a_key_of_their_own_is_denied(verifier: FalWebhookVerifier, keys: KeyServer) -> None:
    await verifier.verify(keys.sign(), BODY)
    await denied(verifier, KeyServer().sign())


async def test_a_new_key_is_fetched_when_the_known_ones_do_not_fit(
    verifier: FalWebhookVerifier, keys: KeyServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fal_webhook, "REFETCH_GAP_S", 0)
    await verifier.verify(keys.sign(), BODY)
    old = keys.sign()
    keys.key = Ed25519PrivateKey.generate()
    assert await verifier.verify(keys.sign(), BODY)
    await denied(verifier, old)


async def test_forged_calls_do_not_make_us_hammer_the_key_server(verifier: FalWebhookVerifier, keys: KeyServer) -> None:
    stranger = KeyServer()
    for _ in range(10):
        await denied(verifier, stranger.sign())
    assert keys.reads == 1


async def test_without_a_key_server_nobody_is_believed(keys: KeyServer) -> None:
    await denied(FalWebhookVerifier(f"http://127.0.0.1:{free_port()}"), keys.sign())


@pytest.mark.parametrize(
    "document",
    [
        {"keys": "none"},
        {"other": []},
        [1],
        {"keys": [{"kty": "OKP", "crv": "Ed25519", "x": "AA"}]},
        {"keys": [{"kty": "OKP", "crv": "Ed25519"}]},
        {"keys": [7]},
        {"keys": [{"kty": "RSA", "n": "AQAB"}]},
    ],
)
async def test_a_key_document_that_makes_no_sense_is_no_key(
    verifier: FalWebhookVerifier, keys: KeyServer, document: Any
) -> None:
    keys.document = document
    await denied(verifier, keys.sign())


async def test_a_key_server_that_went_away_does_not_matter_while_the_keys_are_known(
    verifier: FalWebhookVerifier, keys: KeyServer
) -> None:
    await verifier.verify(keys.sign(), BODY)
    keys.close()
    assert await verifier.verify(keys.sign(), BODY)


@pytest.mark.parametrize(
    ("fault", "believed"),
    [("webhook-late=0", True), ("webhook-bare", True), ("webhook-forged", False), ("webhook-stale", False)],
)
async def test_the_sandboxs_calls_are_judged_like_the_providers(
    sandbox: SandboxProcess, client: RedirectedClient, receiver: WebhookReceiver, fault: str, believed: bool
) -> None:
    prompt = f"a fox [[fault:{fault}]]"
    handle = await client.submit("fal-ai/flux/schnell", {"prompt": prompt}, webhook_url=receiver.url)
    delivery = await receiver.next()
    verifier = FalWebhookVerifier(sandbox.base_url)
    if believed:
        assert (await verifier.verify(delivery.headers, delivery.body)).request_id == handle.request_id
    else:
        await denied(verifier, delivery.headers, delivery.body)
