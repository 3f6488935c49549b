"""Images that go into requests: found only by whom they belong to, at the provider before anything is paid, once."""

import asyncio
import io
from typing import Any

import pytest
from PIL import Image as Picture

from synthlabel.db.tables import Image, Lora, Upload
from synthlabel.domain.account import Actor
from synthlabel.domain.catalog import Task
from synthlabel.domain.generation import GenerationSpec, LoraChoice
from synthlabel.errors import ConflictError, InvalidInputError, ProviderBusyError, StorageError
from synthlabel.services.views import GenerationView
from tests.factories import Studio
from tests.sandbox import SandboxProcess


class Killed(BaseException):
    """Ends a sender as SIGKILL would: nothing of it runs afterwards."""


def picture(colour: str = "teal", *, width_px: int = 320, height_px: int = 256) -> bytes:
    buffer = io.BytesIO()
    Picture.new("RGB", (width_px, height_px), colour).save(buffer, "PNG")
    return buffer.getvalue()


async def made(studio: Studio, **changes: Any) -> Image:
    """An image in the gallery, made in the sandbox."""
    view = await studio.finish(await studio.send(**changes))
    return (await studio.images(view.id))[0]


async def uploaded(studio: Studio, actor: Actor | None = None) -> Upload:
    owner = actor or studio.actor
    data = picture()
    row = Upload(
        account_id=owner.user_id,
        purpose="source",
        status="ready",
        filename="cat.png",
        content_type="image/png",
        size_bytes=len(data),
        storage_key=f"users/{owner.user_id}/uploads/cat.png",
        width_px=320,
        height_px=256,
        expires_at=(await studio.now()),
    )
    await studio.services.storage.put(row.storage_key, data, content_type="image/png")
    async with studio.uow() as work:
        work.uploads.add(row)
        await work.commit()
    return row


def from_image(image_id: object, **changes: Any) -> GenerationSpec:
    wanted: dict[str, Any] = {"prompt": "a winter forest", "model": "flux-dev", "sources": (str(image_id),)}
    return GenerationSpec(**{**wanted, **changes})


async def ask(studio: Studio, spec: GenerationSpec, **options: Any) -> GenerationView:
    return await studio.services.generations.request(studio.actor, spec, **options)


async def sent(studio: Studio, spec: GenerationSpec) -> GenerationView:
    view = await ask(studio, spec)
    assert await studio.services.dispatch.submit_next()
    return await studio.view(view)


async def test_an_image_of_the_gallery_becomes_another_one(studio: Studio, sandbox: SandboxProcess) -> None:
    source = await made(studio, width_px=320, height_px=256)
    view = await studio.finish(await sent(studio, from_image(source.id, params={"strength": 0.5})))
    row = await studio.row(view.id)
    assert (row.status, row.endpoint, row.sources_sent) == ("done", "fal-ai/flux/dev/image-to-image", True)
    assert row.arguments["image_url"].startswith(sandbox.base_url)
    assert "image_size" not in row.arguments
    (image,) = await studio.images(view.id)
    assert (image.width_px, image.height_px) == (320, 256)
    assert [source.image_id for source in view.sources] == [source.id]
    assert view.sources[0].thumbnail_url


async def test_an_upload_goes_in_as_well_and_several_keep_their_order(studio: Studio) -> None:
    upload, image = await uploaded(studio), await made(studio)
    spec = from_image(upload.id, model="nano-banana", sources=(str(upload.id), str(image.id)))
    view = await studio.finish(await sent(studio, spec))
    assert view.status == "done"
    assert [(source.upload_id, source.image_id) for source in view.sources] == [(upload.id, None), (None, image.id)]
    assert len((await studio.row(view.id)).arguments["image_urls"]) == 2


async def test_somebody_elses_images_and_uploads_are_not_there(studio: Studio) -> None:
    bob = await studio.add_person("bob")
    for row_id in ((await made(studio)).id, (await uploaded(studio)).id):
        with pytest.raises(InvalidInputError) as refused:
            await studio.services.generations.request(bob, from_image(row_id))
        assert [error.field for error in refused.value.errors] == ["source_image_ids"]
        with pytest.raises(InvalidInputError):
            await studio.services.generations.price(bob, from_image(row_id))


async def test_an_image_in_the_trash_does_not_go_in(studio: Studio) -> None:
    source = await made(studio)
    await studio.services.gallery.delete(studio.actor, str(source.id))
    with pytest.raises(InvalidInputError):
        await ask(studio, from_image(source.id))


async def test_a_worker_that_dies_before_the_post_has_sent_nothing(
    studio: Studio, sandbox: SandboxProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = await made(studio)
    before = len(sandbox.requests())
    view = await ask(studio, from_image(source.id))

    async def die(*_: object, **__: object) -> str:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(studio.services.dispatch._provider, "upload", die)
        with pytest.raises(Killed):
            await studio.services.dispatch.submit_next()
    assert (await studio.row(view.id)).status == "submitting"
    await studio.change(view.id, lease_until=await studio.now())
    await studio.services.dispatch.expire_claims()
    assert (await studio.row(view.id)).status == "queued"
    assert await studio.services.dispatch.submit_next()
    assert (await studio.finish(view)).status == "done"
    assert len(sandbox.requests()) == before + 1


async def test_a_worker_that_dies_during_the_post_leaves_it_unknown(studio: Studio) -> None:
    source = await made(studio)
    view = await sent(studio, from_image(source.id, prompt="a winter forest [[fault:lost-submit]]"))
    row = await studio.row(view.id)
    assert (row.status, row.sources_sent) == ("unknown", True)
    await studio.services.results.reconcile(view.id)
    assert (await studio.finish(view)).status == "done", "it is found by its body, addresses included"


@pytest.mark.parametrize("place", ["provider", "storage"])
async def test_a_source_that_cannot_be_put_up_now_waits_and_costs_nothing(
    studio: Studio, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    source = await made(studio)
    view = await ask(studio, from_image(source.id))

    async def busy(*_: object, **__: object) -> str:
        raise ProviderBusyError("busy")

    async def away(_: str) -> bytes:
        raise StorageError("away")

    with monkeypatch.context() as patched:
        if place == "provider":
            patched.setattr(studio.services.dispatch._provider, "upload", busy)
        else:
            patched.setattr(studio.services.storage, "get", away)
        await studio.services.dispatch.submit_next()
    row = await studio.row(view.id)
    assert (row.status, row.submit_attempts, row.sources_sent) == ("queued", 1, False)
    assert row.next_look_at is not None


async def test_a_source_whose_file_is_gone_fails_and_costs_nothing(studio: Studio) -> None:
    source = await made(studio)
    view = await ask(studio, from_image(source.id))
    await studio.services.storage.delete(source.storage_key)
    await studio.services.dispatch.submit_next()
    failed = await studio.view(view)
    assert (failed.status, failed.charged_micros) == ("failed", 0)
    assert failed.error is not None
    assert failed.error.code == "source_gone"


async def test_an_upload_that_is_deleted_at_the_same_moment_is_used_or_gone_and_never_a_fault(studio: Studio) -> None:
    for _ in range(8):
        upload = await uploaded(studio)
        asked, deleted = await asyncio.gather(
            ask(studio, from_image(upload.id)),
            studio.services.uploads.delete(studio.actor, str(upload.id)),
            return_exceptions=True,
        )
        if isinstance(asked, BaseException):
            assert isinstance(asked, InvalidInputError)
            assert deleted is None
        else:
            assert isinstance(deleted, ConflictError), "the request needs it"


async def test_what_is_asked_for_while_an_upload_is_being_deleted_waits_for_that(studio: Studio) -> None:
    upload = await uploaded(studio)
    async with studio.uow() as work:
        await work.uploads.lock(studio.actor.user_id, upload.id)
        asking = asyncio.create_task(ask(studio, from_image(upload.id)))
        while not await studio.fetch("SELECT 1 FROM pg_locks WHERE NOT granted") and not asking.done():
            pass
        await work.uploads.delete([upload.id])
        await work.commit()
    with pytest.raises(InvalidInputError):
        await asking


async def test_a_retry_takes_the_same_sources_and_loras(studio: Studio) -> None:
    source = await made(studio)
    lora = await studio.services.loras.add(
        studio.actor,
        name="ink",
        url="https://weights.example.com/ink.safetensors",
        family="flux-1",
        trigger_word="inky",
    )
    spec = from_image(source.id, model="flux-lora", loras=(LoraChoice(str(lora.id), 0.7),))
    view = await ask(studio, spec)
    await studio.services.generations.cancel(studio.actor, str(view.id))
    retry = await studio.services.generations.retry(studio.actor, str(view.id))
    assert [item.image_id for item in retry.sources] == [source.id]
    assert [(item["id"], item["weight"]) for item in retry.loras] == [(str(lora.id), 0.7)]
    assert retry.prompt == "inky, a winter forest"


async def test_a_retry_of_what_is_gone_says_so(studio: Studio) -> None:
    source = await made(studio)
    view = await ask(studio, from_image(source.id))
    await studio.services.generations.cancel(studio.actor, str(view.id))
    async with studio.uow() as work:
        await work.images.delete([source.id])
        await work.commit()
    with pytest.raises(ConflictError, match="gone"):
        await studio.services.generations.retry(studio.actor, str(view.id))


async def test_what_is_asked_again_has_all_its_sources_or_says_which_is_missing(studio: Studio) -> None:
    first, second = await made(studio), await made(studio)
    sources = (str(first.id), str(second.id))
    view = await ask(studio, GenerationSpec("both of them", "flux-2", sources=sources, seed=7))
    again = await studio.services.generations.spec_again(studio.actor, str(view.id))
    assert (again.sources, again.seed, again.prompt) == (sources, None, "both of them")
    await studio.services.gallery.delete(studio.actor, str(second.id))
    with pytest.raises(InvalidInputError, match="Source image 2"):
        await studio.services.generations.spec_again(studio.actor, str(view.id))
    async with studio.uow() as work:
        await work.images.delete([second.id])
        await work.commit()
    with pytest.raises(ConflictError, match="Source image 2"):
        await studio.services.generations.spec_again(studio.actor, str(view.id))


async def test_loras_reach_the_provider_with_their_weights(studio: Studio) -> None:
    url = "https://weights.example.com/ink.safetensors"
    lora = await studio.services.loras.add(studio.actor, name="ink", url=url, family="flux-1")
    view = await studio.finish(
        await sent(studio, GenerationSpec(prompt="a fox", model="flux-lora", loras=(LoraChoice(str(lora.id), 0.7),)))
    )
    assert view.status == "done"
    assert (await studio.row(view.id)).arguments["loras"] == [{"path": url, "scale": 0.7}]


async def test_loras_that_do_not_fit_or_belong_to_others_are_refused(studio: Studio) -> None:
    bob = await studio.add_person("bob")
    url = "https://weights.example.com/ink.safetensors"
    mine = await studio.services.loras.add(studio.actor, name="ink", url=url, family="flux-2")
    his = await studio.services.loras.add(bob, name="ink", url=url, family="flux-1")
    for lora in (mine, his):
        with pytest.raises(InvalidInputError) as refused:
            await ask(studio, GenerationSpec(prompt="a fox", model="flux-lora", loras=(LoraChoice(str(lora.id)),)))
        assert [error.field for error in refused.value.errors] == ["loras"]
    async with studio.uow() as work:
        assert [row.id for row in await work.loras.list_own(studio.actor.user_id)] == [mine.id]
        assert isinstance(await work.loras.lock(bob.user_id, his.id), Lora)


@pytest.mark.parametrize(
    "url",
    [
        "http://weights.example.com/ink.safetensors",
        "https://127.0.0.1/ink",
        "https://10.1.2.3/ink",
        "https://[::1]/ink",
        "https://localhost/ink",
        "https://printer.local/ink",
        "https://user@weights.example.com/ink",
        "https://weights.example.com/i nk",
        "https://weights.example.com:port/ink",
        "file:///etc/passwd",
        "",
    ],
)
async def test_weights_come_from_public_addresses_only(studio: Studio, url: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        await studio.services.loras.add(studio.actor, name="ink", url=url, family="flux-1")
    assert [error.field for error in refused.value.errors] == ["url"]


async def test_upscaling_gives_a_larger_image_with_the_words_of_its_source(studio: Studio) -> None:
    source = await made(studio, width_px=320, height_px=256)
    spec = studio.services.generations.tool_spec(
        Task.UPSCALE, str(source.id), prompt=source.prompt, params={"upscale_factor": 2}
    )
    quote = await studio.services.generations.price(studio.actor, spec)
    view = await studio.finish(await sent(studio, spec))
    (image,) = await studio.images(view.id)
    assert (view.task, image.width_px, image.height_px, image.prompt) == (Task.UPSCALE, 640, 512, source.prompt)
    assert view.charged_micros == quote.amount_micros == 30_000


async def test_a_cut_out_has_a_transparent_ground(studio: Studio) -> None:
    source = await made(studio, width_px=320, height_px=256)
    spec = studio.services.generations.tool_spec(Task.REMOVE_BACKGROUND, str(source.id), params={})
    view = await studio.finish(await sent(studio, spec))
    (image,) = await studio.images(view.id)
    data = await studio.services.storage.get(image.storage_key)
    assert Picture.open(io.BytesIO(data)).convert("RGBA").getchannel("A").getextrema()[0] == 0


async def test_a_description_is_words_and_no_image(studio: Studio) -> None:
    source = await made(studio)
    spec = studio.services.generations.tool_spec(Task.DESCRIBE, str(source.id), params={"length": "short"})
    view = await studio.finish(await sent(studio, spec))
    assert (view.status, list(view.images)) == ("done", [])
    assert "lighthouse" in (view.output_text or "")
    assert view.charged_micros == view.price_micros == 2_000


async def test_a_tool_without_an_image_is_refused(studio: Studio) -> None:
    with pytest.raises(InvalidInputError) as refused:
        await ask(studio, GenerationSpec(prompt="", model="clarity-upscaler"))
    assert [error.field for error in refused.value.errors] == ["source_image_ids"]
