"""Source images on their way to the provider: put up for a while, read by its models, and never with our key."""

import json
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from synthlabel.adapters.providers.fal import FalProvider
from synthlabel.errors import ProviderBusyError, ProviderRefusedError
from synthlabel.ports import Output
from synthlabel.settings import SANDBOX_KEY
from tests.api.installation import png
from tests.factories import free_port
from tests.sandbox import SandboxProcess

DAY_S = 24 * 3600


def provider_with(base_url: str, *, key: str = SANDBOX_KEY) -> FalProvider:
    return FalProvider(key=key, base_url=base_url, submit_timeout=timedelta(seconds=10))


@pytest.fixture
async def provider(sandbox: SandboxProcess) -> AsyncIterator[FalProvider]:
    built = provider_with(sandbox.base_url)
    yield built
    await built.close()


async def put_up(provider: FalProvider) -> str:
    return await provider.upload(png(), content_type="image/png", filename="0.png")


async def made(provider: FalProvider, endpoint: str, **arguments: Any) -> Output:
    submission = await provider.submit(endpoint, arguments, webhook_url=None)
    while (await provider.progress(submission)).state != "finished":
        pass
    return await provider.output(submission)


async def test_what_is_put_up_is_there_unchanged_and_expires_after_a_day(
    provider: FalProvider, sandbox: SandboxProcess
) -> None:
    address = await put_up(provider)
    answer = sandbox.get(address)
    assert (answer.content, answer.headers["content-type"]) == (png(), "image/png")
    facts = json.loads(next(sandbox.data_dir.rglob(f"facts/{address.rpartition('/')[2]}")).read_text())
    assert facts["expires_at"] - time.time() == pytest.approx(DAY_S, abs=600)
    assert facts["file_name"] == "0.png"


async def test_putting_up_the_same_twice_gives_two_files(provider: FalProvider) -> None:
    assert await put_up(provider) != await put_up(provider)


async def test_a_model_starts_from_what_was_put_up(provider: FalProvider) -> None:
    body = {"prompt": "a winter forest", "image_url": await put_up(provider), "strength": 0.5, "seed": 7}
    output = await made(provider, "fal-ai/flux/dev/image-to-image", **body)
    assert (len(output.images), output.text) == (1, None)


async def test_a_single_image_is_read_as_well_as_a_list(provider: FalProvider) -> None:
    output = await made(provider, "fal-ai/bria/background/remove", image_url=await put_up(provider))
    assert (len(output.images), output.billable_units) == (1, 1)


async def test_words_are_read_where_a_model_answers_in_words(provider: FalProvider) -> None:
    output = await made(provider, "fal-ai/moondream3-preview/caption", image_url=await put_up(provider))
    assert output.images == ()
    assert output.text


async def test_an_address_that_cannot_be_read_is_a_fault_of_the_source(provider: FalProvider) -> None:
    with pytest.raises(ProviderRefusedError) as refused:
        await made(provider, "fal-ai/bria/background/remove", image_url="https://elsewhere.example.com/cat.png")
    assert [error.field for error in refused.value.errors] == ["source_image_ids"]


@pytest.mark.parametrize("fault", ["token-refused", "upload-refused"])
async def test_a_fault_while_putting_up_may_pass(provider: FalProvider, sandbox: SandboxProcess, fault: str) -> None:
    sandbox.arm(fault)
    with pytest.raises(ProviderBusyError):
        await put_up(provider)
    assert await put_up(provider)


@pytest.mark.parametrize(("key", "code"), [("sandbox:locked", "provider_balance")])
async def test_an_account_that_is_not_served_is_a_definite_no(sandbox: SandboxProcess, key: str, code: str) -> None:
    provider = provider_with(sandbox.base_url, key=key)
    with pytest.raises(ProviderRefusedError) as refused:
        await put_up(provider)
    assert refused.value.code == code
    await provider.close()


async def test_a_provider_that_is_away_may_come_back(no_backoff: None) -> None:
    provider = provider_with(f"http://127.0.0.1:{free_port()}")
    with pytest.raises(ProviderBusyError):
        await put_up(provider)
    await provider.close()
