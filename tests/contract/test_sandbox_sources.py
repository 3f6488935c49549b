"""The sandbox's models that start from an image: what they take, what they answer, what they bill."""

import base64
import io
from typing import Any

import httpx
import pytest
from fal_client.client import FalClientHTTPError
from PIL import Image

from tests.sandbox import RedirectedClient, SandboxProcess

REDRAWING = [
    "fal-ai/flux/dev/image-to-image",
    "fal-ai/flux-lora/image-to-image",
    "fal-ai/qwen-image/image-to-image",
    "fal-ai/z-image/turbo/image-to-image",
]
EDITING = ["fal-ai/flux-2/edit", "fal-ai/flux-2/lora/edit", "fal-ai/nano-banana/edit"]
CLARITY, AURA = "fal-ai/clarity-upscaler", "fal-ai/aura-sr"
BRIA, BIREFNET = "fal-ai/bria/background/remove", "fal-ai/birefnet/v2"
MOONDREAM, FLORENCE = "fal-ai/moondream3-preview/caption", "fal-ai/florence-2-large/more-detailed-caption"
EVERY_ONE = [
    *REDRAWING, *EDITING, "fal-ai/bytedance/seedream/v4.5/edit", CLARITY, AURA, BRIA, BIREFNET, MOONDREAM, FLORENCE,
]  # fmt: skip


def photo(width: int = 200, height: int = 136, *, mode: str = "RGB") -> bytes:
    """A red square on blue."""
    image = Image.new(mode, (width, height), (30, 60, 160))
    image.paste((220, 40, 30), (width // 3, height // 3, width * 2 // 3, height * 2 // 3))
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


def data_uri(data: bytes) -> str:
    return f"data:image/png;base64,{base64.b64encode(data).decode()}"


def arguments(endpoint: str, url: str, **more: Any) -> dict[str, Any]:
    several = endpoint.endswith("/edit")
    prompt = {"prompt": "a cat on a beach"} if several or endpoint in REDRAWING else {}
    return {("image_urls" if several else "image_url"): [url] if several else url, **prompt, "seed": 5, **more}


def images_of(result: dict[str, Any]) -> list[dict[str, Any]]:
    return result["images"] if "images" in result else [result["image"]]


async def opened(url: str) -> Image.Image:
    async with httpx.AsyncClient(trust_env=False) as http:
        return Image.open(io.BytesIO((await http.get(url)).raise_for_status().content))


async def refusal(client: RedirectedClient, endpoint: str, body: dict[str, Any]) -> dict[str, Any]:
    """The one problem that the result names."""
    handle = await client.submit(endpoint, body)
    with pytest.raises(FalClientHTTPError) as refused:
        await handle.get(interval=0.02)
    assert refused.value.status_code == 422
    details: list[dict[str, Any]] = list(refused.value.response.json()["detail"])
    assert len(details) == 1
    return details[0]


@pytest.mark.parametrize("endpoint", REDRAWING)
async def test_an_image_that_is_redrawn_keeps_its_size_in_steps_of_16_px(
    client: RedirectedClient, endpoint: str
) -> None:
    url = await client.upload(photo(200, 140), "image/png", "photo.png")
    result = await client.run(endpoint, arguments(endpoint, url))
    assert set(result) == {"images", "seed", "prompt", "timings", "has_nsfw_concepts"}
    assert (result["seed"], result["has_nsfw_concepts"]) == (5, [False])
    assert (result["images"][0]["width"], result["images"][0]["height"]) == (192, 144)
    assert (await opened(result["images"][0]["url"])).size == (192, 144)


async def test_a_redrawn_image_is_at_most_2048_px_a_side(client: RedirectedClient) -> None:
    body = arguments(REDRAWING[0], data_uri(photo(3000, 1500)))
    image = (await client.run(REDRAWING[0], body))["images"][0]
    assert (image["width"], image["height"]) == (2048, 1024)


async def test_a_size_that_is_asked_for_wins_over_the_source_s(client: RedirectedClient) -> None:
    size = {"width": 320, "height": 192}
    body = arguments(REDRAWING[3], data_uri(photo()), image_size=size, num_images=2, output_format="webp")
    result = await client.run(REDRAWING[3], body)
    assert [(image["width"], image["height"]) for image in result["images"]] == [(320, 192)] * 2
    assert (await opened(result["images"][1]["url"])).format == "WEBP"


@pytest.mark.parametrize(
    ("endpoint", "more", "size", "keys"),
    [
        (EDITING[0], {}, (768, 512), {"images", "seed", "prompt", "timings", "has_nsfw_concepts"}),
        (EDITING[1], {"image_size": "square_hd"}, (1024, 1024), None),
        (EDITING[2], {}, (1248, 832), {"images", "description"}),
        (EDITING[2], {"aspect_ratio": "1:1"}, (1024, 1024), None),
        ("fal-ai/bytedance/seedream/v4.5/edit", {}, (2496, 1664), {"images"}),
    ],
)
async def test_an_edit_has_the_proportions_of_its_first_source_unless_it_asks_for_others(
    client: RedirectedClient, endpoint: str, more: dict[str, Any], size: tuple[int, int], keys: set[str] | None
) -> None:
    result = await client.run(endpoint, arguments(endpoint, data_uri(photo(600, 400)), **more))
    assert keys in (None, set(result))
    assert (await opened(result["images"][0]["url"])).size == size


@pytest.mark.parametrize(("endpoint", "factor"), [(CLARITY, 2), (CLARITY, 1.5), (AURA, 4)])
async def test_an_upscaled_image_has_exactly_the_factor_asked_for(
    client: RedirectedClient, endpoint: str, factor: float
) -> None:
    body = arguments(endpoint, data_uri(photo(90, 50)), upscale_factor=factor)
    result = await client.run(endpoint, body)
    assert set(result) == {"image", "timings", *({"seed"} if endpoint == CLARITY else set())}
    assert (await opened(result["image"]["url"])).size == (90 * factor, 50 * factor)
    assert result["image"]["content_type"] == "image/png"


async def test_removing_the_background_leaves_the_subject_opaque(client: RedirectedClient) -> None:
    result = await client.run(BRIA, {"image_url": data_uri(photo(300, 210))})
    assert set(result) == {"image"}
    cut = await opened(result["image"]["url"])
    assert (cut.format, cut.mode, cut.size) == ("PNG", "RGBA", (300, 210))
    assert cut.getpixel((150, 105))[3] > 240  # pyright: ignore[reportOptionalSubscript, reportIndexIssue]
    assert cut.getpixel((20, 20))[3] < 15  # pyright: ignore[reportOptionalSubscript, reportIndexIssue]


async def test_the_mask_comes_beside_the_cut_image_or_instead_of_it(client: RedirectedClient) -> None:
    both = await client.run(BIREFNET, {"image_url": data_uri(photo()), "output_mask": True, "output_format": "webp"})
    assert (await opened(both["image"]["url"])).mode == "RGBA"
    mask = (await opened(both["mask_image"]["url"])).convert("L")
    assert mask.getpixel((100, 68)) == 255
    alone = await client.run(BIREFNET, {"image_url": data_uri(photo()), "mask_only": True, "output_mask": True})
    assert set(alone) == {"image"}
    assert (await opened(alone["image"]["url"])).mode == "L"


async def test_a_picture_of_the_sandbox_is_described_by_its_own_words(client: RedirectedClient) -> None:
    drawn = await client.run("fal-ai/flux/schnell", {"prompt": "a red fox in the snow", "image_size": "square"})
    url = drawn["images"][0]["url"]
    short = await client.run(MOONDREAM, {"image_url": url, "length": "short"})
    assert set(short) == {"output", "finish_reason", "usage_info"}
    assert "red fox in the snow" in short["output"]
    assert "red fox in the snow" in (await client.run(FLORENCE, {"image_url": url}))["results"]


async def test_any_other_picture_is_described_by_its_colours_and_shape(client: RedirectedClient) -> None:
    text = (await client.run(FLORENCE, {"image_url": data_uri(photo(400, 200))}))["results"]
    assert "blue" in text
    assert "red" in text


@pytest.mark.parametrize("endpoint", EVERY_ONE)
@pytest.mark.parametrize(
    "url", ["https://example.com/cat.png", "http://127.0.0.1:1/cdn/files/a.png", "file:///etc/passwd", "data:x", "cat"]
)
async def test_a_source_that_is_not_the_sandbox_s_own_is_refused_and_never_fetched(
    client: RedirectedClient, endpoint: str, url: str
) -> None:
    problem = await refusal(client, endpoint, arguments(endpoint, url))
    place = ["body", "image_urls", 0] if endpoint.endswith("/edit") else ["body", "image_url"]
    assert (problem["loc"], problem["type"], problem["input"]) == (place, "file_download_error", url)


async def test_a_source_that_is_gone_is_a_failed_download(sandbox: SandboxProcess, client: RedirectedClient) -> None:
    url = f"{sandbox.base_url}/cdn/files/gone.png"
    assert (await refusal(client, BRIA, {"image_url": url}))["type"] == "file_download_error"


@pytest.mark.parametrize("data", [b"", b"<html>", photo()[:200]], ids=["empty", "no image", "cut short"])
async def test_a_broken_image_is_refused_as_one_that_cannot_be_loaded(client: RedirectedClient, data: bytes) -> None:
    url = await client.upload(data, "image/png", "broken.png")
    problem = await refusal(client, "fal-ai/flux-2/edit", {"prompt": "x", "image_urls": [data_uri(photo()), url]})
    assert (problem["type"], problem["loc"]) == ("image_load_error", ["body", "image_urls", 1])


async def test_an_edit_without_sources_and_a_result_that_is_too_large_are_refused(client: RedirectedClient) -> None:
    empty = await refusal(client, "fal-ai/flux-2/edit", {"prompt": "x", "image_urls": []})
    assert (empty["type"], empty["ctx"]) == ("sequence_too_short", {"min_length": 1})
    huge = await refusal(client, AURA, {"image_url": data_uri(photo(2000, 1500))})
    assert huge["type"] == "image_too_large"


@pytest.mark.parametrize(
    ("endpoint", "body", "units"),
    [
        ("fal-ai/flux-2/edit", {"image_urls": [data_uri(photo(1100, 1000))] * 2, "prompt": "x"}, 2 + 2 + 2),
        (
            "fal-ai/flux-2/edit",
            {"image_urls": [data_uri(photo(600, 600))], "prompt": "x", "num_images": 2},
            2 * (1 + 1),
        ),
        ("fal-ai/flux/dev/image-to-image", {"image_url": data_uri(photo(1100, 1000)), "prompt": "x"}, 2),
        ("fal-ai/nano-banana/edit", {"image_urls": [data_uri(photo())] * 3, "prompt": "x", "num_images": 2}, 2),
        (CLARITY, {"image_url": data_uri(photo(800, 800)), "upscale_factor": 2}, 3),
        (BRIA, {"image_url": data_uri(photo())}, 1),
        (BIREFNET, {"image_url": data_uri(photo()), "output_mask": True}, 1),
        (MOONDREAM, {"image_url": data_uri(photo())}, 1),
    ],
)
async def test_what_is_billed(
    sandbox: SandboxProcess, client: RedirectedClient, endpoint: str, body: dict[str, Any], units: float
) -> None:
    handle = await client.submit(endpoint, body)
    await handle.get(interval=0.02)
    assert sandbox.request(handle.request_id)["billable_units"] == units


async def test_faults_work_where_there_is_no_prompt(sandbox: SandboxProcess, client: RedirectedClient) -> None:
    sandbox.arm("policy", endpoint=BRIA)
    problem = await refusal(client, BRIA, {"image_url": data_uri(photo())})
    assert (problem["type"], problem["loc"]) == ("content_policy_violation", ["body", "image_url"])
    sandbox.arm("result-expired", endpoint=BRIA)
    result = await client.run(BRIA, {"image_url": data_uri(photo())})
    assert sandbox.get(result["image"]["url"]).status_code == 404


async def test_deleting_the_payloads_of_a_tool_deletes_its_files(
    sandbox: SandboxProcess, client: RedirectedClient
) -> None:
    handle = await client.submit(BIREFNET, {"image_url": data_uri(photo()), "output_mask": True})
    result = await handle.get(interval=0.02)
    sandbox.call("DELETE", f"/api/v1/models/requests/{handle.request_id}/payloads")
    for name in ("image", "mask_image"):
        assert sandbox.get(result[name]["url"]).status_code == 404


async def test_the_same_request_gives_the_same_bytes(client: RedirectedClient) -> None:
    for endpoint in (REDRAWING[0], EDITING[0], CLARITY, BRIA):
        body = arguments(endpoint, data_uri(photo()))
        results = [await client.run(endpoint, body) for _ in range(2)]
        first, second = [await opened(image["url"]) for result in results for image in images_of(result)]
        assert first.tobytes() == second.tobytes()


async def test_the_platform_lists_each_kind_of_model(sandbox: SandboxProcess) -> None:
    listed = sandbox.get("/api/v1/models", category="image-to-image", limit=100).json()["models"]
    assert {*EVERY_ONE} - {MOONDREAM, FLORENCE} == {model["endpoint_id"] for model in listed}
    schema = sandbox.get("/site/api/openapi/queue/openapi.json", endpoint_id="fal-ai/flux-2/edit").json()
    field = schema["components"]["schemas"]["Flux2EditInput"]["properties"]["image_urls"]
    assert (field["type"], field["minItems"]) == ("array", 1)
