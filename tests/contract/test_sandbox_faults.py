"""Each fault of the sandbox shows what it should, and costs what it should."""

import base64
import io
import time
from typing import Any

import fal_client
import httpx
import pytest
from cryptography.exceptions import InvalidSignature
from fal_client.client import FalClientHTTPError
from PIL import Image

from synthlabel.sandbox.faults import ON_REQUEST, ON_UPLOAD
from synthlabel.sandbox.faults import __doc__ as table
from tests.sandbox import RedirectedClient, SandboxProcess, WebhookReceiver, verify

FLUX = "fal-ai/flux/schnell"
STATUS_PATH = "/queue/fal-ai/flux/requests/{}/status"


def prompt(*faults: str) -> dict[str, Any]:
    tokens = " ".join(f"[[fault:{fault}]]" for fault in faults)
    return {"prompt": f"a lighthouse {tokens}", "image_size": {"width": 128, "height": 64}}


async def result_of(client: RedirectedClient, *faults: str) -> dict[str, Any]:
    return await (await client.submit(FLUX, prompt(*faults))).get(interval=0.02)


async def refusal_of(client: RedirectedClient, *faults: str) -> FalClientHTTPError:
    with pytest.raises(FalClientHTTPError) as refused:
        await result_of(client, *faults)
    return refused.value


async def posted_once(client: RedirectedClient, *faults: str, timeout_s: float = 20) -> httpx.Response:
    """Submit as a careful caller does: one POST, whatever happens."""
    http = await client.http()
    return await http.post(f"https://queue.fal.run/{FLUX}", json=prompt(*faults), timeout=timeout_s)


def test_the_table_of_faults_lists_all_of_them() -> None:
    assert table is not None
    listed = {line.split()[0] for line in table.splitlines() if line and line.split()[0] in ON_REQUEST | ON_UPLOAD}
    assert listed == ON_REQUEST | ON_UPLOAD


@pytest.mark.usefixtures("no_backoff")
async def test_a_lost_answer_leaves_a_paid_request_and_an_eager_client_pays_ten_times(
    sandbox: SandboxProcess, client: RedirectedClient
) -> None:
    with pytest.raises(httpx.RemoteProtocolError):
        await posted_once(client, "lost-submit")
    assert sandbox.stats()["submissions"] == 1
    sandbox.admin("reset")
    with pytest.raises(httpx.RemoteProtocolError):
        await client.submit(FLUX, prompt("lost-submit"), start_timeout=30)
    assert sandbox.stats()["submissions"] == 10


async def test_a_slow_answer_leaves_a_paid_request(sandbox: SandboxProcess, client: RedirectedClient) -> None:
    with pytest.raises(httpx.ReadTimeout):
        await posted_once(client, "slow-submit=30", timeout_s=0.3)
    await sandbox.until(lambda: sandbox.stats()["completed"] == 1)


async def test_garbage_instead_of_an_answer_leaves_a_paid_request(
    sandbox: SandboxProcess, client: RedirectedClient
) -> None:
    reply = await posted_once(client, "bad-json")
    assert reply.status_code == 200
    with pytest.raises(ValueError):
        reply.json()
    assert sandbox.stats()["submissions"] == 1


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        ("refuse-submit-429", 429),
        ("submit-500", 500),
        ("submit-503-nginx", 503),
        ("submit-504", 504),
        ("submit-422", 422),
        ("locked", 403),
    ],
)
async def test_a_refused_submission_costs_nothing(
    sandbox: SandboxProcess, client: RedirectedClient, fault: str, status: int
) -> None:
    reply = await posted_once(client, fault)
    assert reply.status_code == status
    assert ("x-fal-request-id" in reply.headers) == (fault != "submit-503-nginx")
    assert sandbox.stats()["submissions"] == 0
    assert sandbox.stats()["refused"] == {str(status): 1}


async def test_a_proxy_error_is_recognised_by_the_client_as_one(client: RedirectedClient) -> None:
    reply = await posted_once(client, "submit-503-nginx")
    assert "nginx" in reply.text
    assert reply.headers["content-type"].startswith("text/html")


@pytest.mark.usefixtures("no_backoff")
async def test_a_fault_armed_for_two_requests_lets_the_third_pass(
    sandbox: SandboxProcess, client: RedirectedClient
) -> None:
    sandbox.arm("refuse-submit-429", times=2)
    await client.submit(FLUX, prompt())
    assert (sandbox.stats()["posts"], sandbox.stats()["submissions"]) == (3, 1)


async def test_an_armed_fault_meets_only_its_endpoint_and_ends_when_disarmed(
    sandbox: SandboxProcess, client: RedirectedClient
) -> None:
    sandbox.arm("policy", always=True, endpoint="fal-ai/flux/dev")
    assert (await result_of(client))["images"]
    with pytest.raises(FalClientHTTPError):
        await client.run("fal-ai/flux/dev", prompt())
    sandbox.call("DELETE", "/admin/faults")
    assert (await client.run("fal-ai/flux/dev", prompt()))["images"]


async def test_an_unknown_fault_cannot_be_armed(sandbox: SandboxProcess) -> None:
    assert sandbox.call("POST", "/admin/faults", json={"fault": "no-such"}).status_code == 422


@pytest.mark.parametrize(
    ("fault", "kind"), [("invalid-input", "greater_than_equal"), ("policy", "content_policy_violation")]
)
async def test_a_model_refuses_at_the_result_only(client: RedirectedClient, fault: str, kind: str) -> None:
    handle = await client.submit(FLUX, prompt(fault))
    with pytest.raises(FalClientHTTPError) as refused:
        await handle.get(interval=0.02)
    assert refused.value.status_code == 422
    assert refused.value.response.json()["detail"][0]["type"] == kind
    status = await handle.status()
    assert isinstance(status, fal_client.Completed)
    assert status.error is None


async def test_a_lost_runner_shows_in_the_status_and_at_the_result(client: RedirectedClient) -> None:
    handle = await client.submit(FLUX, prompt("runner-disconnected"))
    with pytest.raises(FalClientHTTPError) as refused:
        await handle.get(interval=0.02)
    assert (refused.value.status_code, refused.value.error_type) == (503, "runner_disconnected")
    status = await handle.status()
    assert isinstance(status, fal_client.Completed)
    assert status.error_type == "runner_disconnected"


async def test_a_filtered_image_is_black_and_says_so(sandbox: SandboxProcess, client: RedirectedClient) -> None:
    result = await result_of(client, "filtered")
    assert result["has_nsfw_concepts"] == [True]
    with Image.open(io.BytesIO(sandbox.get(result["images"][0]["url"]).content)) as picture:
        assert sum(picture.convert("L").histogram()[9:]) == 0


async def test_a_stuck_request_runs_for_ever_and_holds_up_nobody(
    sandbox: SandboxProcess, client: RedirectedClient
) -> None:
    sandbox.admin("settings", concurrency=1)
    stuck = await client.submit(FLUX, prompt("stuck"))
    assert (await result_of(client))["images"]
    assert isinstance(await stuck.status(), fal_client.InProgress)


async def test_a_run_takes_the_seconds_that_were_asked_for(client: RedirectedClient) -> None:
    long = await client.submit(FLUX, prompt("seconds=600"))
    assert (await result_of(client, "seconds=0.01"))["images"]
    assert isinstance(await long.status(), fal_client.InProgress)


async def test_a_status_without_its_fields_breaks_a_strict_reader(
    sandbox: SandboxProcess, client: RedirectedClient
) -> None:
    with pytest.raises(KeyError):
        await result_of(client, "bad-status")
    sandbox.admin("settings", concurrency=0)
    waiting = await client.submit(FLUX, prompt("bad-status"))
    with pytest.raises(KeyError):
        await waiting.status()


async def test_logs_may_be_null(client: RedirectedClient) -> None:
    handle = await client.submit(FLUX, prompt("null-logs"))
    await handle.get(interval=0.02)
    status = await handle.status(with_logs=True)
    assert isinstance(status, fal_client.Completed)
    assert status.logs is None


async def test_an_image_can_be_a_bomb(sandbox: SandboxProcess, client: RedirectedClient) -> None:
    data = sandbox.get((await result_of(client, "huge-image"))["images"][0]["url"]).content
    assert len(data) < 1_000_000
    with pytest.raises(Image.DecompressionBombError):
        Image.open(io.BytesIO(data))


async def test_an_image_can_be_a_page(sandbox: SandboxProcess, client: RedirectedClient) -> None:
    reply = sandbox.get((await result_of(client, "not-an-image"))["images"][0]["url"])
    assert reply.headers["content-type"] == "image/jpeg"
    assert reply.content.startswith(b"<!doctype html>")


async def test_a_download_can_be_cut_short(sandbox: SandboxProcess, client: RedirectedClient) -> None:
    url = (await result_of(client, "download-cut"))["images"][0]["url"]
    with pytest.raises(httpx.RemoteProtocolError, match="closed connection"):
        sandbox.get(url)


@pytest.mark.parametrize(("fault", "status"), [("result-expired", 404), ("result-expired=410", 410)])
async def test_a_file_can_be_gone_before_its_time(
    sandbox: SandboxProcess, client: RedirectedClient, fault: str, status: int
) -> None:
    assert sandbox.get((await result_of(client, fault))["images"][0]["url"]).status_code == status


async def test_a_file_can_lead_elsewhere(sandbox: SandboxProcess, client: RedirectedClient) -> None:
    reply = sandbox.get((await result_of(client, "redirect=http://169.254.169.254/"))["images"][0]["url"])
    assert (reply.status_code, reply.headers["location"]) == (302, "http://169.254.169.254/")


async def test_a_dropped_webhook_never_arrives(
    sandbox: SandboxProcess, client: RedirectedClient, receiver: WebhookReceiver
) -> None:
    handle = await client.submit(FLUX, prompt("webhook-dropped"), webhook_url=receiver.url)
    await sandbox.until(lambda: sandbox.request(handle.request_id)["webhook"] == "dropped")
    assert receiver.idle


async def test_a_doubled_webhook_arrives_twice(client: RedirectedClient, receiver: WebhookReceiver) -> None:
    await client.submit(FLUX, prompt("webhook-doubled"), webhook_url=receiver.url)
    assert (await receiver.next()).json == (await receiver.next()).json


async def test_a_late_webhook_arrives_after_the_result(
    sandbox: SandboxProcess, client: RedirectedClient, receiver: WebhookReceiver
) -> None:
    handle = await client.submit(FLUX, prompt("webhook-late=0.3"), webhook_url=receiver.url)
    await handle.get(interval=0.02)
    assert sandbox.stats()["webhooks"]["pending"] == 1
    await receiver.next()


async def test_a_forged_webhook_does_not_verify(
    sandbox: SandboxProcess, client: RedirectedClient, receiver: WebhookReceiver
) -> None:
    await client.submit(FLUX, prompt("webhook-forged"), webhook_url=receiver.url)
    with pytest.raises(InvalidSignature):
        verify(await receiver.next(), sandbox.get("/rest/.well-known/jwks.json").json())


async def test_a_stale_webhook_is_genuine_but_old(
    sandbox: SandboxProcess, client: RedirectedClient, receiver: WebhookReceiver
) -> None:
    await client.submit(FLUX, prompt("webhook-stale"), webhook_url=receiver.url)
    delivery = await receiver.next()
    verify(delivery, sandbox.get("/rest/.well-known/jwks.json").json())
    assert time.time() - int(delivery.headers["x-fal-webhook-timestamp"]) > 300


async def test_a_webhook_can_lack_its_payload_and_come_by_another_gateway(
    client: RedirectedClient, receiver: WebhookReceiver
) -> None:
    handle = await client.submit(FLUX, prompt("webhook-bare", "webhook-regated"), webhook_url=receiver.url)
    body = (await receiver.next()).json
    assert body["payload"] is None
    assert body["payload_error"]
    assert body["request_id"] == handle.request_id != body["gateway_request_id"]


async def test_a_webhook_that_is_never_accepted_is_given_up(
    sandbox: SandboxProcess, client: RedirectedClient, receiver: WebhookReceiver
) -> None:
    receiver.statuses = [500] * 4
    handle = await client.submit(FLUX, prompt(), webhook_url=receiver.url)
    await sandbox.until(lambda: sandbox.request(handle.request_id)["webhook"] == "failed")
    assert sandbox.stats()["webhooks"]["attempts"] == 4


async def test_an_upload_token_can_be_refused_and_the_client_falls_back(
    sandbox: SandboxProcess, client: RedirectedClient
) -> None:
    sandbox.arm("token-refused", always=True)
    url = await client.upload(b"bytes", "text/plain", "note.txt")
    assert sandbox.get(url).content == b"bytes"


async def test_a_synchronous_result_carries_the_picture_itself(client: RedirectedClient) -> None:
    image = (await client.run(FLUX, {**prompt(), "sync_mode": True}))["images"][0]
    head, _, data = image["url"].partition(",")
    assert head == "data:image/jpeg;base64"
    assert len(base64.b64decode(data)) == image["file_size"]
