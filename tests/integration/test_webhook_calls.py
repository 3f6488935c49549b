"""The provider's calls bring news forward and heal lost answers; what is forged, late or foreign changes nothing."""

import asyncio

import pytest

from synthlabel.errors import NotSignedInError
from synthlabel.settings import Settings
from tests.factories import Studio, open_backend, open_studio
from tests.sandbox import SandboxProcess


@pytest.mark.usefixtures("backend")
async def test_a_webhook_brings_an_appointment_forward(studio: Studio, sandbox: SandboxProcess) -> None:
    view = await studio.send()
    request_id = (await studio.row(view.id)).request_id or ""
    await sandbox.until(lambda: sandbox.request(request_id)["webhook"] == "delivered")
    assert await studio.jobs("follow") == 2  # for later, and now


@pytest.mark.usefixtures("backend")
async def test_a_lost_answer_is_healed_by_the_token_in_the_webhook(studio: Studio, sandbox: SandboxProcess) -> None:
    view = await studio.send("lost-submit")
    await sandbox.until(lambda: sandbox.requests()[0]["webhook"] == "delivered")
    healed = await studio.view(view)
    assert (healed.status, healed.error) == ("submitted", None)
    assert (await studio.row(view.id)).request_id == sandbox.requests()[0]["request_id"]
    assert (await studio.finish(view)).status == "done"
    assert sandbox.stats()["posts"] == 1


@pytest.mark.usefixtures("backend")
async def test_a_webhook_that_overtakes_the_answer_is_no_conflict(studio: Studio, sandbox: SandboxProcess) -> None:
    view = await studio.request("slow-submit=0.6")
    sending = asyncio.create_task(studio.services.dispatch.submit_next())
    await sandbox.until(lambda: any(each["webhook"] == "delivered" for each in sandbox.requests()))
    assert (await studio.view(view)).status == "submitted"
    await sending
    assert (await studio.finish(view)).status == "done"


@pytest.mark.usefixtures("backend")
@pytest.mark.parametrize("fault", ["webhook-forged", "webhook-stale"])
async def test_a_call_that_is_not_genuine_and_fresh_has_no_effect(
    studio: Studio, sandbox: SandboxProcess, fault: str
) -> None:
    view = await studio.send("lost-submit", fault)
    await sandbox.until(lambda: sandbox.requests()[0]["webhook"] == "failed")
    row = await studio.row(view.id)
    assert (row.status, row.request_id) == ("unknown", None)
    assert await studio.jobs("follow") == 0


@pytest.mark.usefixtures("backend")
async def test_a_late_call_about_a_finished_request_changes_nothing(studio: Studio, sandbox: SandboxProcess) -> None:
    done = await studio.finish(await studio.send("webhook-late=0.5"))
    before, ledger = await studio.row(done.id), await studio.ledger(done.id)
    await sandbox.until(lambda: sandbox.requests()[0]["webhook"] == "delivered")
    await studio.services.results.follow(done.id)
    assert await studio.row(done.id) == before
    assert await studio.ledger(done.id) == ledger


@pytest.mark.usefixtures("backend")
async def test_a_call_about_a_request_that_was_given_up_charges_nothing_twice(
    studio: Studio, sandbox: SandboxProcess
) -> None:
    view = await studio.send("lost-submit", "webhook-late=0.5")
    await studio.services.generations.cancel(studio.actor, str(view.id))
    await sandbox.until(lambda: sandbox.requests()[0]["webhook"] == "delivered")
    assert (await studio.view(view)).status == "cancelled"
    assert await studio.ledger(view.id) == {"reserve": view.price_micros, "settle": view.price_micros}


async def test_a_call_about_a_strangers_request_is_accepted_and_ignored(
    settings: Settings, sandbox: SandboxProcess
) -> None:
    async with open_studio(settings) as studio, open_backend(studio.services):
        hook = f"http://127.0.0.1:{settings.backend_port}/api/v1/webhooks/fal?token=none"
        client = sandbox.client()
        await client.submit("fal-ai/flux/schnell", {"prompt": "somebody else's"}, webhook_url=hook)
        await (await client.http()).aclose()
        await sandbox.until(lambda: sandbox.requests()[0]["webhook"] == "delivered")
        assert await studio.fetch("SELECT 1 FROM procrastinate_jobs") == []


async def test_an_unsigned_call_raises(studio: Studio) -> None:
    with pytest.raises(NotSignedInError):
        await studio.services.results.accept_webhook({}, b"{}", None)


@pytest.mark.usefixtures("backend")
async def test_a_call_about_a_request_that_still_waits_here_keeps_it_from_being_sent_again(
    studio: Studio, sandbox: SandboxProcess
) -> None:
    """The provider said that it was busy, and had taken the request all the same."""
    view = await studio.request()
    row = await studio.row(view.id)
    hook = f"http://127.0.0.1:{studio.settings.backend_port}/api/v1/webhooks/fal?token={row.submit_token}"
    client = sandbox.client()
    await client.submit(row.endpoint, row.arguments, webhook_url=hook)
    await (await client.http()).aclose()
    await sandbox.until(lambda: sandbox.requests()[0]["webhook"] == "delivered")
    assert (await studio.view(view)).status == "submitted"
    assert await studio.services.dispatch.submit_next() is False
    done = await studio.finish(view)
    assert (done.status, len(done.images), sandbox.stats()["posts"]) == ("done", 1, 1)
    assert await studio.ledger(view.id) == {"reserve": view.price_micros, "settle": view.price_micros}
