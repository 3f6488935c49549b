"""The whole spine at work: real worker, real database, real webhooks, a provider in a process of its own."""

import asyncio
import hashlib

import pytest

from synthlabel.domain.generation import GenerationSpec
from tests.factories import Studio, open_studio, open_worker
from tests.sandbox import SandboxProcess


@pytest.mark.usefixtures("worker", "backend")
async def test_a_request_becomes_images_in_our_own_storage(studio: Studio, sandbox: SandboxProcess) -> None:
    view = await studio.wait(await studio.request(count=2, seed=41))
    assert (view.status, view.error, view.charged_micros) == ("done", None, view.price_micros)
    assert [image.seed for image in view.images] == [41, 42]
    for image in view.images:
        data = await studio.services.gallery.read(studio.actor, str(image.id))
        assert hashlib.sha256(data).hexdigest() == image.sha256
        assert (len(data), image.width_px, image.height_px) == (image.size_bytes, 256, 256)
    assert sandbox.stats()["posts"] == 1
