"""The sandbox speaks fal's protocol: the real fal-client 1.0.3 against a running server."""

import asyncio
import io
import time
from pathlib import Path
from typing import Any

import fal_client
import httpx
import pytest
from fal_client import client as fal_internals
from fal_client.client import FalClientHTTPError
from PIL import Image

from tests.sandbox import RedirectedClient, SandboxProcess, WebhookReceiver, verify

FLUX = "fal-ai/flux/schnell"
TINY = {"image_size": {"width": 256, "height": 192}}


def prompt(text: str = "a red fox in the snow", **more: Any) -> dict[str, Any]:
    return {"prompt": text, **TINY, **more}


async def download(url: str) -> bytes:
    async with httpx.AsyncClient(trust_env=False) as http:
        return (await http.get(url)).raise_for_status().content


async def test_a_request_yields_images_of_the_size_and_format_that_were_asked_for(
    client: RedirectedClient,
) -> None:
    arguments = prompt(seed=7, num_images=2, output_format="png")
    handle = await client.submit(
        FLUX,
        arguments,
        hint="warm",
        priority="low",
        start_timeout=30,
        headers={"x-fal-object-lifecycle-preference": '{"expiration_duration_seconds": 60}'},
    )
    result = await handle.get(interval=0.02)
    assert result["seed"] == 7
    assert result["prompt"] == arguments["prompt"]
    assert result["has_nsfw_concepts"] == [False, False]
    for image in result["images"]:
        data = await download(image["url"])
        assert len(data) == image["file_size"]
        with Image.open(io.BytesIO(data)) as picture:
            assert (picture.format, picture.size) == ("PNG", (256, 192))


async def test_the_second_image_of_a_batch_is_the_first_of_the_next_seed(client: RedirectedClient) -> None:
    batch = await client.run(FLUX, prompt(seed=11, num_images=2))
    single = await client.run(FLUX, prompt(seed=12))
    first, second = [await download(image["url"]) for image in batch["images"]]
    assert second == await download(single["images"][0]["url"])
    assert first != second


async def test_a_lora_changes_the_picture_by_its_weight_and_not_by_the_signature_of_its_url(
    client: RedirectedClient,
) -> None:
    async def picture(*loras: dict[str, Any]) -> bytes:
        result = await client.run("fal-ai/flux-lora", prompt(seed=1, loras=list(loras)))
        return await download(result["images"][0]["url"])

    plain, full = await picture(), await picture({"path": "https://x.test/a.safetensors?signature=1"})
    assert await picture({"path": "https://x.test/a.safetensors?signature=2"}) == full
    assert await picture({"path": "https://x.test/a.safetensors", "scale": 0}) == plain
    assert await picture({"path": "https://x.test/a.safetensors", "scale": 0.5}) not in (plain, full)


async def test_status_moves_from_a_falling_position_through_growing_logs_to_metrics(
    sandbox: SandboxProcess, client: RedirectedClient
) -> None:
    sandbox.admin("settings", speed=1, concurrency=1, queue_seconds=0, run_seconds=0.4)
    await client.submit(FLUX, prompt())
    await client.submit(FLUX, prompt())
    last = await client.submit(FLUX, prompt())
    events = [event async for event in last.iter_events(with_logs=True, interval=0.02)]
    positions = [event.position for event in events if isinstance(event, fal_client.Queued)]
    logs = [len(event.logs or []) for event in events if isinstance(event, fal_client.InProgress)]
    assert positions[0] == 1
    assert positions[-1] == 0
    assert positions == sorted(positions, reverse=True)
    assert logs == sorted(logs)
    assert logs[-1] > logs[0]
    done = events[-1]
    assert isinstance(done, fal_client.Completed)
    assert done.metrics["inference_time"] > 0
    assert done.logs is not None
    assert set(done.logs[0]) == {"message", "level", "source", "timestamp"}


async def test_status_and_result_are_found_by_id_alone(sandbox: SandboxProcess, client: RedirectedClient) -> None:
    request_id = (await client.submit(FLUX, prompt(seed=3))).request_id
    assert (await client.result(FLUX, request_id))["seed"] == 3
    status = await client.status(FLUX, request_id, with_logs=False)
    assert isinstance(status, fal_client.Completed)
    assert status.logs is None
    for path in ("", "/", "/response", "/response/"):
        reply = sandbox.get(f"/queue/fal-ai/flux/requests/{request_id}{path}")
        assert reply.json()["seed"] == 3
        assert reply.headers["x-fal-request-id"] == request_id
        assert reply.headers["x-fal-billable-units"] == "1"


async def test_a_status_is_202_until_the_request_is_complete(sandbox: SandboxProcess, client: RedirectedClient) -> None:
    handle = await client.submit(FLUX, prompt("[[fault:stuck]]"))
    path = f"/queue/fal-ai/flux/requests/{handle.request_id}"
    assert sandbox.get(path + "/status", logs=1).status_code == 202
    assert sandbox.get(path).status_code == 400
    done = await client.submit(FLUX, prompt())
    await done.get(interval=0.02)
    assert sandbox.get(f"/queue/fal-ai/flux/requests/{done.request_id}/status/").status_code == 200


async def test_a_cancelled_request_is_not_billed_and_cannot_be_cancelled_twice(
    sandbox: SandboxProcess, client: RedirectedClient
) -> None:
    handle = await client.submit(FLUX, prompt("[[fault:stuck]]"))
    await handle.cancel()
    with pytest.raises(FalClientHTTPError) as late:
        await handle.cancel()
    assert (late.value.status_code, late.value.message) == (400, '{"status":"ALREADY_COMPLETED"}')
    with pytest.raises(FalClientHTTPError) as refused:
        await handle.get(interval=0.02)
    assert (refused.value.status_code, refused.value.error_type) == (499, "client_cancelled")
    with pytest.raises(FalClientHTTPError) as unknown:
        await client.cancel(FLUX, "11111111-1111-1111-1111-111111111111")
    assert unknown.value.status_code == 404
    assert sandbox.request(handle.request_id)["billable_units"] == 0
    assert sandbox.stats()["cancelled"] == 1


async def test_a_waiting_request_that_is_cancelled_never_runs(
    sandbox: SandboxProcess, client: RedirectedClient
) -> None:
    sandbox.admin("settings", concurrency=0)
    waiting = [await client.submit(FLUX, prompt()) for _ in range(3)]
    await waiting[0].cancel()
    status = await waiting[2].status()
    assert isinstance(status, fal_client.Queued)
    assert status.position == 1
    sandbox.admin("settings", concurrency=4)
    await waiting[2].get(interval=0.02)
    assert sandbox.request(waiting[0].request_id)["status"] == "CANCELLED"


async def test_a_wrong_input_is_accepted_and_refused_at_the_result_field_by_field(
    sandbox: SandboxProcess, client: RedirectedClient
) -> None:
    wrong = {"num_images": 9, "output_format": "gif", "unknown_field": 1, "image_size": {"width": 9}}
    handle = await client.submit("fal-ai/flux-2", wrong)
    with pytest.raises(FalClientHTTPError) as refused:
        await handle.get(interval=0.02)
    assert refused.value.status_code == 422
    details: list[Any] = list(refused.value.response.json()["detail"])
    found = {".".join(map(str, detail["loc"])): (detail["type"], detail.get("ctx")) for detail in details}
    assert found == {
        "body.image_size.width": ("greater_than_equal", {"ge": 512}),
        "body.num_images": ("less_than_equal", {"le": 4}),
        "body.output_format": ("one_of", {"expected": ["jpeg", "png", "webp"]}),
        "body.prompt": ("missing", None),
    }
    assert details[0]["url"] == f"https://docs.fal.ai/errors/#{details[0]['type']}"
    assert sandbox.request(handle.request_id)["billable_units"] == 0


@pytest.mark.parametrize(
    ("key", "status"), [("wrong:key", 401), ("sandbox:locked", 403)], ids=["unknown key", "locked account"]
)
async def test_a_key_without_rights_is_refused_before_anything_is_queued(
    sandbox: SandboxProcess, key: str, status: int
) -> None:
    with pytest.raises(FalClientHTTPError) as refused:
        await sandbox.client(key=key).submit(FLUX, prompt())
    assert refused.value.status_code == status
    assert sandbox.stats()["submissions"] == 0


async def test_an_unknown_application_is_404(client: RedirectedClient) -> None:
    with pytest.raises(FalClientHTTPError) as refused:
        await client.submit("fal-ai/no-such-model", prompt())
    assert refused.value.status_code == 404
    assert refused.value.response_headers["x-fal-request-id"]


async def test_subscribe_reports_the_id_and_every_change(client: RedirectedClient) -> None:
    ids: list[str] = []
    states: list[str] = []
    result = await client.subscribe(
        FLUX,
        prompt(),
        with_logs=True,
        interval=0.02,
        on_enqueue=ids.append,
        on_queue_update=lambda status: states.append(type(status).__name__),
    )
    assert len(ids) == 1
    assert states[-1] == "Completed"
    assert result["images"]


async def test_run_and_stream_answer_without_the_queue(client: RedirectedClient) -> None:
    run = await client.run(FLUX, prompt(seed=5))
    streamed = [event async for event in client.stream(FLUX, prompt(seed=5))]
    assert run["seed"] == streamed[-1]["seed"] == 5
    with pytest.raises(FalClientHTTPError) as refused:
        await client.run(FLUX, {})
    assert refused.value.status_code == 422


async def test_the_status_stream_ends_with_completed(sandbox: SandboxProcess, client: RedirectedClient) -> None:
    handle = await client.submit(FLUX, prompt())
    text = sandbox.get(f"/queue/fal-ai/flux/requests/{handle.request_id}/status/stream", logs=1).text
    assert '"status": "COMPLETED"' in text.split("data: ")[-1]


async def test_the_same_bytes_come_back_from_every_way_of_uploading(
    sandbox: SandboxProcess,
    client: RedirectedClient,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    data = bytes(range(256)) * 40
    assert await download(await client.upload(data, "application/zip", "set.zip")) == data
    path = tmp_path / "set.zip"
    path.write_bytes(data)
    assert await download(await client.upload_file(path)) == data
    sandbox.arm("upload-refused")
    assert await download(await client.upload(data, "application/zip", "set.zip")) == data
    monkeypatch.setattr(fal_internals, "MULTIPART_THRESHOLD", 1000)
    monkeypatch.setattr(fal_internals, "MULTIPART_CHUNK_SIZE", 1000)
    assert await download(await client.upload_file(path)) == data
    sandbox.arm("part-refused")
    with pytest.raises((httpx.HTTPError, FalClientHTTPError)):
        await client.upload_file(path)


async def test_a_file_answers_range_requests_with_its_type(sandbox: SandboxProcess, client: RedirectedClient) -> None:
    url = await client.upload(b"0123456789", "image/png", "digits.png")
    reply = sandbox.get(url, headers={"range": "bytes=2-5"})
    assert (reply.status_code, reply.content) == (206, b"2345")
    assert reply.headers["content-type"] == "image/png"
    assert sandbox.get("/cdn/files/..%2f..%2fjournal.jsonl").status_code == 404


async def test_a_file_is_gone_when_its_lifetime_is_over(sandbox: SandboxProcess, client: RedirectedClient) -> None:
    headers = {"x-fal-object-lifecycle-preference": '{"expiration_duration_seconds": 0}'}
    handle = await client.submit(FLUX, prompt(), headers=headers)
    result = await handle.get(interval=0.02)
    assert sandbox.get(result["images"][0]["url"]).status_code == 404


async def test_a_webhook_brings_the_signed_result_and_is_repeated_until_accepted(
    sandbox: SandboxProcess, client: RedirectedClient, receiver: WebhookReceiver
) -> None:
    receiver.statuses = [500, 503]
    handle = await client.submit(FLUX, prompt("a café"), webhook_url=receiver.url)
    jwks = sandbox.get("/rest/.well-known/jwks.json").json()
    deliveries = [await receiver.next() for _ in range(3)]
    for delivery in deliveries:
        verify(delivery, jwks)
        assert delivery.headers["x-fal-webhook-request-id"] == handle.request_id
        assert abs(time.time() - int(delivery.headers["x-fal-webhook-timestamp"])) < 300
        assert delivery.json["status"] == "OK"
        assert delivery.json["payload"] == await handle.get(interval=0.02)
        # Separators with spaces: a receiver that serialises the body again cannot verify it.
        assert b'", "' in delivery.body
    await sandbox.until(lambda: sandbox.request(handle.request_id)["webhook"] == "delivered")


async def test_a_webhook_tells_of_a_failure(client: RedirectedClient, receiver: WebhookReceiver) -> None:
    await client.submit(FLUX, {}, webhook_url=receiver.url)
    delivery = await receiver.next()
    assert delivery.json["status"] == "ERROR"
    assert delivery.json["error"] == "Invalid status code: 422"
    assert delivery.json["payload"]["detail"][0]["type"] == "missing"


async def test_the_platform_knows_models_prices_and_what_was_billed(
    sandbox: SandboxProcess, client: RedirectedClient
) -> None:
    handle = await client.submit(FLUX, prompt(num_images=3))
    await handle.get(interval=0.02)
    page = sandbox.get("/api/v1/models", limit=5).json()
    assert (len(page["models"]), page["has_more"]) == (5, True)
    price = sandbox.get("/api/v1/models/pricing", endpoint_id=FLUX).json()["prices"][0]
    assert price == {"endpoint_id": FLUX, "unit_price": 0.003, "unit": "megapixels", "currency": "USD"}
    bill = sandbox.get("/api/v1/models/billing-events", request_id=handle.request_id).json()["billing_events"][0]
    assert (bill["output_units"], bill["cost_estimate_nano_usd"]) == (3, 9_000_000)
    listed = sandbox.get("/api/v1/models/requests/by-endpoint", endpoint_id=FLUX, expand="payloads").json()
    assert listed["items"][0]["request_id"] == handle.request_id
    assert listed["items"][0]["json_input"]["num_images"] == 3
    schema = sandbox.get("/site/api/openapi/queue/openapi.json", endpoint_id=FLUX).json()
    assert schema["components"]["schemas"]["FluxSchnellInput"]["properties"]["num_images"]["maximum"] == 4


async def test_deleting_the_payloads_deletes_the_files(sandbox: SandboxProcess, client: RedirectedClient) -> None:
    handle = await client.submit(FLUX, prompt())
    url = (await handle.get(interval=0.02))["images"][0]["url"]
    path = f"/api/v1/models/requests/{handle.request_id}/payloads"
    assert sandbox.call("DELETE", path).status_code == 200
    assert sandbox.get(url).status_code == 404
    assert sandbox.request(handle.request_id)["input"] == {}


async def test_every_post_and_every_accepted_request_is_counted(
    sandbox: SandboxProcess, client: RedirectedClient
) -> None:
    await client.run(FLUX, prompt())
    await (await client.submit("fal-ai/flux-2", {"prompt": "x"})).get(interval=0.02)
    with pytest.raises(FalClientHTTPError):
        await client.submit("fal-ai/none", prompt())
    stats = sandbox.stats()
    assert (stats["posts"], stats["submissions"], stats["completed"]) == (3, 2, 2)
    assert stats["by_endpoint"] == {FLUX: 1, "fal-ai/flux-2": 1}


async def test_an_accepted_request_survives_kill_9(tmp_path: Path, receiver: WebhookReceiver) -> None:
    process = SandboxProcess(tmp_path, speed=1e9, webhook_retry_seconds=30)
    process.start()
    try:
        client = process.client()
        finished = await client.submit(FLUX, prompt(seed=1))
        before = await download((await finished.get(interval=0.02))["images"][0]["url"])
        process.admin("settings", concurrency=0)
        waiting = [await client.submit(FLUX, prompt(), webhook_url=receiver.url) for _ in range(3)]
        await waiting[0].cancel()
        process.kill()
        process.start()

        again = await asyncio.gather(*(handle.get(interval=0.02) for handle in waiting[1:]))
        delivered = [(await receiver.next()).json for _ in waiting[1:]]
        assert {each["request_id"] for each in delivered} == {each.request_id for each in waiting[1:]}
        assert all(result["images"] for result in again)
        assert process.request(waiting[0].request_id)["status"] == "CANCELLED"
        assert await download((await finished.get(interval=0.02))["images"][0]["url"]) == before
        assert process.stats()["submissions"] == 4
    finally:
        process.close()


async def test_a_webhook_that_nobody_took_is_sent_again_after_a_restart(
    tmp_path: Path, receiver: WebhookReceiver
) -> None:
    process = SandboxProcess(tmp_path, speed=1e9, webhook_retry_seconds=3600)
    process.start()
    try:
        receiver.statuses = [500]
        handle = await process.client().submit(FLUX, prompt(), webhook_url=receiver.url)
        await receiver.next()
        process.kill()
        process.start()
        delivery = await receiver.next()
        assert delivery.json["request_id"] == handle.request_id
        verify(delivery, process.get("/rest/.well-known/jwks.json").json())
    finally:
        process.close()


async def test_a_run_that_a_crash_interrupted_gives_the_same_picture(tmp_path: Path) -> None:
    process = SandboxProcess(tmp_path, speed=1e9)
    process.start()
    try:
        client = process.client()
        whole = await client.submit(FLUX, prompt(seed=9))
        expected = await download((await whole.get(interval=0.02))["images"][0]["url"])
        broken = await client.submit(FLUX, prompt("a red fox in the snow [[fault:seconds=1]]", seed=9))
        await process.until(lambda: process.request(broken.request_id)["status"] == "IN_PROGRESS")
        process.kill()
        process.start()
        assert await download((await broken.get(interval=0.05))["images"][0]["url"]) == expected
    finally:
        process.close()


async def test_a_torn_last_line_of_the_journal_does_not_stop_a_start(tmp_path: Path) -> None:
    process = SandboxProcess(tmp_path, speed=1e9)
    process.start()
    try:
        handle = await process.client().submit(FLUX, prompt())
        await handle.get(interval=0.02)
        process.kill()
        with (tmp_path / "journal.jsonl").open("a") as journal:
            journal.write('{"event":"accepted","request_')
        process.start()
        assert [each["request_id"] for each in process.requests()] == [handle.request_id]
    finally:
        process.close()


async def test_a_second_sandbox_keeps_off_a_directory_in_use(sandbox: SandboxProcess) -> None:
    second = SandboxProcess(sandbox.data_dir)
    with pytest.raises(AssertionError, match="ended instead of starting"):
        second.start()
    second.close()


@pytest.mark.parametrize("body", [b"{", b"[1]", b'{"prompt": NaN}', b'{"prompt": "\\ud800"}'])
async def test_a_body_that_is_no_object_of_json_is_refused_at_once(sandbox: SandboxProcess, body: bytes) -> None:
    reply = sandbox.call("POST", f"/queue/{FLUX}", content=body)
    assert reply.status_code == 422
    assert reply.json()["detail"][0]["loc"] == ["body"]


async def test_web_pages_cannot_reach_the_administration(sandbox: SandboxProcess) -> None:
    assert sandbox.call("POST", "/admin/reset", headers={"origin": "https://page.test"}).status_code == 403


async def test_sigterm_ends_the_server_cleanly_with_requests_under_way(tmp_path: Path) -> None:
    process = SandboxProcess(tmp_path, speed=1e9)
    process.start()
    try:
        await process.client().submit(FLUX, prompt("[[fault:stuck]]"))
        assert process.stop() == 0
    finally:
        process.close()
