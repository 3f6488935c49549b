"""Recipes of our own and of other tools, read from what their files say."""

import json
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthlabel.adapters.catalog import load_catalog
from synthlabel.domain.imported_recipes import FoundLora, FoundRecipe, Source, read_recipe
from synthlabel.domain.restoration import KnownLora, Restoration, find_model, restore
from tests.unit.test_provenance import MARKS, RECIPE

CATALOG = load_catalog()
LORA_ID = UUID(int=7)

A1111 = """a red fox, <lora:ink_wash:0.8> (snow:1.2)
second line
Negative prompt: blurry,
ugly
Steps: 20, Sampler: DPM++ 2M, Schedule type: Karras, CFG scale: 7.5, Seed: 2839482, Size: 512x768, \
Model hash: 6ce0161689, Model: flux1-dev, Denoising strength: 0.4, Lora hashes: "ink_wash: 12ab, other: 34cd", \
Version: v1.10"""

COMFYUI: dict[str, Any] = {
    "3": {
        "class_type": "KSampler",
        "inputs": {
            "seed": ["20", 0],
            "steps": 20,
            "cfg": 8.0,
            "sampler_name": "euler",
            "scheduler": "normal",
            "denoise": 1,
            "model": ["10", 0],
            "positive": ["6", 0],
            "negative": ["7", 0],
            "latent_image": ["5", 0],
        },
    },
    "4": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "flux\\flux1-dev.safetensors"}},
    "5": {"class_type": "EmptyLatentImage", "inputs": {"width": 512, "height": 768, "batch_size": 1}},
    "6": {"class_type": "CLIPTextEncode", "inputs": {"text": ["21", 0], "clip": ["10", 1]}},
    "7": {"class_type": "CLIPTextEncode", "inputs": {"text": "blurry", "clip": ["10", 1]}},
    "8": {"class_type": "VAEDecode", "inputs": {"samples": ["30", 0], "vae": ["4", 2]}},
    "10": {
        "class_type": "LoraLoader",
        "inputs": {"lora_name": "ink_wash.safetensors", "strength_model": 0.8, "model": ["4", 0], "clip": ["4", 1]},
    },
    "20": {"class_type": "PrimitiveInt", "inputs": {"value": 1234}},
    "21": {"class_type": "PrimitiveString", "inputs": {"value": "a red fox"}},
    "30": {
        "class_type": "KSampler",
        "inputs": {
            "seed": 1,
            "steps": 5,
            "denoise": 0.4,
            "latent_image": ["3", 0],
            "positive": ["6", 0],
            "model": ["10", 0],
        },
    },
}
COMFYUI_FLUX: dict[str, Any] = {
    "1": {"class_type": "UNETLoader", "inputs": {"unet_name": "flux1-dev.safetensors"}},
    "2": {"class_type": "CLIPTextEncode", "inputs": {"text": "a red fox"}},
    "3": {"class_type": "FluxGuidance", "inputs": {"guidance": 3.5, "conditioning": ["2", 0]}},
    "4": {"class_type": "BasicGuider", "inputs": {"model": ["1", 0], "conditioning": ["3", 0]}},
    "5": {"class_type": "RandomNoise", "inputs": {"noise_seed": 99}},
    "6": {
        "class_type": "BasicScheduler",
        "inputs": {"scheduler": "simple", "steps": 24, "denoise": 1, "model": ["1", 0]},
    },
    "7": {"class_type": "EmptySD3LatentImage", "inputs": {"width": 1024, "height": 1024}},
    "8": {"class_type": "KSamplerSelect", "inputs": {"sampler_name": "euler"}},
    "9": {
        "class_type": "SamplerCustomAdvanced",
        "inputs": {
            "noise": ["5", 0],
            "guider": ["4", 0],
            "sampler": ["8", 0],
            "sigmas": ["6", 0],
            "latent_image": ["7", 0],
        },
    },
}
INVOKEAI: dict[str, Any] = {
    "generation_mode": "flux_txt2img",
    "positive_prompt": "a red fox",
    "negative_prompt": "blurry",
    "width": 1024,
    "height": 768,
    "seed": 42,
    "guidance": 4,
    "steps": 30,
    "scheduler": "euler",
    "model": {"key": "k", "name": "FLUX.1 dev", "base": "flux", "type": "main"},
    "loras": [{"model": {"name": "ink wash"}, "weight": 0.75}],
    "vae": {"name": "ae"},
}


def comfyui(graph: Any) -> dict[str, str]:
    return {"prompt": json.dumps(graph), "workflow": "{}"}


def restored(found: FoundRecipe, *, model: str | None = None, family: str = "flux-1") -> Restoration:
    return restore(found, CATALOG, current_model=model, library=[KnownLora(LORA_ID, "Ink wash", family)])


def reasons(result: Restoration) -> dict[str, str]:
    return {item.label: item.reason for item in result.not_restored}


def test_our_own_recipe_is_read_whole() -> None:
    found = read_recipe({"synthlabel": MARKS.recipe, "parameters": MARKS.parameters})
    assert found.source == Source.SYNTHLABEL
    assert (found.prompt, found.negative_prompt) == (RECIPE.prompt, RECIPE.negative_prompt)
    assert (found.model, found.seed, found.width_px, found.height_px) == ("flux-dev", 7, 64, 48)
    assert found.params == RECIPE.params
    assert found.loras == (FoundLora("ink: wash", 0.8, "0193"),)


def test_the_parameters_that_we_write_for_others_are_read_as_theirs() -> None:
    found = read_recipe({"parameters": MARKS.parameters})
    assert (found.source, found.prompt, found.negative_prompt) == (Source.A1111, RECIPE.prompt, RECIPE.negative_prompt)
    assert (found.seed, found.width_px, found.model) == (7, 64, "FLUX.1 dev")


@pytest.mark.parametrize("name", ["parameters", "UserComment"])
def test_parameters_of_the_web_ui_are_read(name: str) -> None:
    found = read_recipe({name: A1111})
    assert found.source == Source.A1111
    assert found.prompt == "a red fox,  (snow:1.2)\nsecond line"
    assert found.negative_prompt == "blurry,\nugly"
    assert (found.model, found.seed, found.width_px, found.height_px) == ("flux1-dev", 2839482, 512, 768)
    assert found.params == {"num_inference_steps": 20, "guidance_scale": 7.5, "strength": 0.4}
    assert found.loras == (FoundLora("ink_wash", 0.8),)
    assert ("Sampler", "DPM++ 2M") in found.others
    assert ("Lora hashes", "ink_wash: 12ab, other: 34cd") in found.others


def test_a_graph_is_followed_to_where_its_values_come_from() -> None:
    found = read_recipe(comfyui(COMFYUI))
    assert found.source == Source.COMFYUI
    assert (found.prompt, found.negative_prompt) == ("a red fox", "blurry")
    assert (found.model, found.seed, found.width_px, found.height_px) == ("flux1-dev", 1234, 512, 768)
    assert found.params == {"num_inference_steps": 20, "guidance_scale": 8.0}
    assert found.loras == (FoundLora("ink_wash", 0.8),)
    assert found.others == (("Sampler", "euler"), ("Scheduler", "normal"))


def test_a_graph_whose_sampler_is_spread_over_several_nodes_is_read() -> None:
    found = read_recipe(comfyui(COMFYUI_FLUX))
    assert (found.prompt, found.model, found.seed) == ("a red fox", "flux1-dev", 99)
    assert (found.width_px, found.height_px) == (1024, 1024)
    assert found.params == {"num_inference_steps": 24, "guidance_scale": 3.5}


def test_a_graph_in_exif_is_read() -> None:
    found = read_recipe({"Model": "prompt:" + json.dumps(COMFYUI), "Make": "workflow:{}"})
    assert (found.source, found.seed) == (Source.COMFYUI, 1234)


def test_a_graph_that_runs_in_circles_ends() -> None:
    circle = {
        "1": {"class_type": "KSampler", "inputs": {"latent_image": ["2", 0], "positive": ["2", 0], "model": ["2", 0]}},
        "2": {"class_type": "Anything", "inputs": {"again": ["2", 0], "back": ["1", 0]}},
    }
    assert read_recipe(comfyui(circle)).source == Source.COMFYUI


def test_metadata_of_invokeai_is_read() -> None:
    found = read_recipe({"invokeai_metadata": json.dumps(INVOKEAI)})
    assert found.source == Source.INVOKEAI
    assert (found.prompt, found.negative_prompt, found.model) == ("a red fox", "blurry", "FLUX.1 dev")
    assert (found.seed, found.width_px, found.height_px) == (42, 1024, 768)
    assert found.params == {"num_inference_steps": 30, "guidance_scale": 4}
    assert found.loras == (FoundLora("ink wash", 0.75),)
    assert found.others == (("Scheduler", "euler"), ("VAE", "ae"))


@pytest.mark.parametrize("texts", [{}, {"parameters": "just words"}, {"prompt": "a fox"}, {"Software": "a camera"}])
def test_a_file_without_a_recipe_says_none(texts: dict[str, str]) -> None:
    assert restored(read_recipe(texts)).source == Source.NONE


def test_what_fits_is_restored_and_the_rest_is_named_with_its_reason() -> None:
    result = restored(read_recipe({"parameters": A1111}))
    assert (result.model, result.seed, result.width_px) == ("flux-dev", 2839482, 512)
    assert result.params == {"num_inference_steps": 20, "guidance_scale": 7.5}
    told = reasons(result)
    assert told["Negative prompt"] == "FLUX.1 dev takes no negative prompt."
    assert told["Strength"] == "It belongs to a source image, which is not in the file."
    assert told["Sampler"] == "There is no such setting here."
    assert told["LoRA"] == "FLUX.1 dev takes no LoRAs."
    assert {item.label for item in result.restored} == {"Prompt", "Model", "Seed", "Size", "Steps", "Guidance scale"}


def test_a_model_that_is_not_here_leaves_the_current_one() -> None:
    found = FoundRecipe(source=Source.A1111, prompt="a fox", model="dreamshaper_8", negative_prompt="blurry")
    result = restored(found, model="qwen-image")
    assert (result.model, result.negative_prompt) == (None, "blurry")
    assert reasons(result) == {"Model": "It is not among the models that make images here."}


@pytest.mark.parametrize(
    ("name", "model"),
    [
        ("flux-dev", "flux-dev"),
        ("FLUX.1 [dev]", "flux-dev"),
        ("flux1-schnell", "flux-schnell"),
        ("fal-ai/flux/dev", "flux-dev"),
        ("z_image_turbo_bf16", "z-image-turbo"),
        ("flux-dev-realism-v3", None),
        ("flux", None),
        ("", None),
    ],
)
def test_a_model_is_found_by_its_names_and_never_by_likeness(name: str, model: str | None) -> None:
    found = find_model(CATALOG, name)
    assert (None if found is None else found.id) == model


def test_values_beyond_a_models_limits_are_not_restored() -> None:
    found = FoundRecipe(
        source=Source.COMFYUI,
        prompt="x" * 6000,
        model="flux-dev",
        seed=2**63,
        width_px=4096,
        height_px=64,
        params={"num_inference_steps": 500, "guidance_scale": 3, "made_up": 1},
    )
    result = restored(found)
    assert (result.prompt, result.seed, result.width_px, result.params) == (None, None, None, {"guidance_scale": 3})
    assert set(reasons(result)) == {"Prompt", "Seed", "Size", "Steps", "Made up"}


def test_a_lora_of_the_library_is_restored_by_name() -> None:
    found = FoundRecipe(
        source=Source.A1111, model="flux-lora", loras=(FoundLora("ink_wash", 0.8), FoundLora("other", 1.0))
    )
    result = restored(found)
    assert [(lora.id, lora.weight) for lora in result.loras] == [(LORA_ID, 0.8)]
    assert reasons(result) == {"LoRA": "There is no LoRA of this name in your library."}


def test_too_many_loras_are_cut_off_with_a_reason() -> None:
    found = FoundRecipe(source=Source.A1111, model="flux-lora", loras=(FoundLora("ink wash", 1.0),) * 7)
    result = restored(found)
    assert len(result.loras) == 5
    assert reasons(result) == {"LoRA": "FLUX.1 dev with LoRA takes no more LoRAs."}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=5),
    max_leaves=30,
)
KEYWORDS = ("synthlabel", "parameters", "prompt", "invokeai_metadata", "UserComment", "Make", "Model")
LINK = st.tuples(st.sampled_from("123"), st.just(0)).map(list)
NODE = st.fixed_dictionaries(
    {
        "class_type": st.sampled_from(
            ["KSampler", "CLIPTextEncode", "LoraLoader", "SamplerCustom", "EmptyLatentImage"]
        ),
        "inputs": st.dictionaries(
            st.sampled_from(
                [
                    "latent_image",
                    "positive",
                    "negative",
                    "model",
                    "text",
                    "width",
                    "height",
                    "seed",
                    "lora_name",
                    "noise",
                ]
            ),
            LINK | JSON,
        ),
    }
)


def _read(texts: dict[str, str]) -> None:
    result = restored(read_recipe(texts))
    json.dumps([result.prompt, result.seed, dict(result.params)], allow_nan=False).encode()


@given(st.dictionaries(st.sampled_from(KEYWORDS), st.text(max_size=300) | JSON.map(json.dumps)))
def test_no_text_makes_reading_fail(texts: dict[str, str]) -> None:
    _read(texts)


@given(st.dictionaries(st.sampled_from("123"), NODE | JSON))
def test_no_graph_makes_reading_fail(graph: dict[str, Any]) -> None:
    _read(comfyui(graph))


@given(st.lists(st.tuples(st.sampled_from(["Steps", "Seed", "Size", "Model", "CFG scale"]), st.text(max_size=20))))
def test_no_facts_make_reading_fail(pairs: list[tuple[str, str]]) -> None:
    _read({"parameters": "a fox\n" + ", ".join(f"{name}: {value}" for name, value in pairs)})


@given(st.dictionaries(st.sampled_from([*INVOKEAI, "version", "params", "prompt"]), JSON))
def test_no_metadata_makes_reading_fail(facts: dict[str, Any]) -> None:
    _read({"invokeai_metadata": json.dumps(facts)})
    _read({"synthlabel": json.dumps({"version": 1, **facts})})


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        '{"a":' * 50_000,
        "a" * 2_000_000,
        "a:" * 100_000,
        'a: "' * 50_000,
        'a: "\\' * 50_000,
        "<lora:" * 100_000,
        "\n" * 1_000_000,
        *(f"x{sign * 100_000}x" for sign in ' ,":'),
        *(f"a:{sign * 100_000}x" for sign in ' ,":'),
        *(sign.join("x" * 50_000) for sign in ' ,":'),
        "Steps: " + "9" * 100_000 + ", Seed: 1, Size: 1x1",
        '{"version": ' + "9" * 10_000 + "}",
    ],
    ids=lambda text: repr(text[:12]),
)
def test_texts_made_to_keep_a_reader_busy_do_not(text: str) -> None:
    """The suite's time limit is the judge."""
    for keyword in KEYWORDS:
        _read({keyword: text})


@pytest.mark.parametrize("spaces", ["\t", " ", "\N{EM SPACE}", " \t"])
def test_a_line_of_spaces_keeps_no_reader_busy(spaces: str) -> None:
    """The suite's time limit is the judge."""
    for position in range(10):
        for name in ("parameters", "UserComment", "Description"):
            _read({name: f"x{position}{spaces * 100_000}x"})


def test_a_graph_made_to_keep_a_reader_busy_does_not() -> None:
    inputs = {f"i{index}": [str(index), 0] for index in range(200)}
    graph = {
        str(index): {"class_type": "KSampler", "inputs": {"latent_image": ["0", 0], **inputs}} for index in range(500)
    }
    assert read_recipe(comfyui(graph)).source == Source.COMFYUI
