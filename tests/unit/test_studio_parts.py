"""The parts of the form: sources, LoRAs, presets, templates, tools; what a person does there is kept."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from synthlabel.errors import FieldError
from synthlabel.services.views import GenerationError
from synthlabel.ui.pages.studio.form_state import note_refusal
from synthlabel.ui.pages.studio.stream_state import shown_runs
from tests.unit.studio_world import CATALOG, PRICE, World, call
from tests.unit.test_studio_cards import view

FIRST, SECOND, GONE = (str(UUID(int=number)) for number in (1, 2, 404))
BY_WORDS = "params.num_inference_steps"


async def test_an_upload_becomes_a_source_and_goes_with_the_request(world: World) -> None:
    await call(world.form, "choose_model", "flux-dev")
    await call(world.source, "add_upload", FIRST)
    assert [(card.kind, card.src, card.note) for card in world.form.sources.shown] == [("upload", "/upload", "")]
    await call(world.form, "submit", "key1", "a fox", PRICE)
    assert world.specs[0].sources == (FIRST,)


async def test_a_source_that_the_model_does_not_take_is_said_with_models_that_do(world: World) -> None:
    await call(world.source, "add_images", [FIRST])
    assert world.form.sources.note.startswith("FLUX.1 schnell takes no images.")
    assert "Z-Image turbo" in [offer.name for offer in world.form.sources.offers]
    await call(world.form, "choose_model", "flux-2")
    assert (world.form.sources.note, world.form.sources.title) == ("", "Reference images")


async def test_the_price_and_the_size_follow_the_source(world: World) -> None:
    await call(world.form, "choose_model", "flux-2")
    before = world.form.price.label
    await call(world.source, "add_images", [FIRST])
    assert world.form.price.label != before
    await call(world.form, "choose_model", "flux-dev")
    assert world.form.sources.size == "1344 × 768"


async def test_one_source_in_the_place_of_another_can_be_undone(world: World) -> None:
    await call(world.form, "choose_model", "flux-dev")
    await call(world.source, "add_images", [FIRST])
    await call(world.source, "add_images", [SECOND])
    assert [card.id for card in world.form.sources.shown] == [SECOND]
    await call(world.form, "undo")
    assert [card.id for card in world.form.sources.shown] == [FIRST]


async def test_a_source_that_is_gone_says_so_and_can_be_removed(world: World) -> None:
    world.drafts.stored = {"model": "flux-dev", "sources": [{"kind": "image", "id": GONE}]}
    await call(world.form, "load")
    assert world.form.sources.shown[0].note == "It is not there any more. Remove it."
    await call(world.source, "remove", GONE)
    assert world.form.sources.shown == []


async def test_sources_and_their_order_survive_in_the_draft(world: World) -> None:
    await call(world.form, "choose_model", "flux-2")
    await call(world.source, "add_images", [FIRST, SECOND])
    await call(world.source, "move", SECOND, -1)
    assert [source["id"] for source in world.drafts.stored["sources"]] == [SECOND, FIRST]


async def test_taking_all_settings_of_an_edit_brings_its_source(world: World) -> None:
    world.gallery.made_from(UUID(int=2))
    await call(world.take, "take_from_image", "all", FIRST)
    assert [card.id for card in world.form.sources.shown] == [SECOND]
    assert world.form.sources.shown[0].src == "/small"


async def test_a_lora_is_weighed_and_sent_with_its_words(world: World) -> None:
    ink = world.loras.has("Ink", "flux-1", "inkwash")
    await call(world.form, "choose_model", "flux-lora")
    await call(world.lora, "add", str(ink.id))
    await call(world.lora, "set_weight", str(ink.id), 0.7)
    assert [(row.name, row.trigger_word, row.weight, row.note) for row in world.form.loras.rows] == [
        ("Ink", "inkwash", 0.7, "")
    ]
    await call(world.form, "submit", "key1", "a fox", PRICE)
    assert [(choice.model_id, choice.weight) for choice in world.specs[0].loras] == [(str(ink.id), 0.7)]


async def test_a_lora_of_another_family_is_named_with_the_reason(world: World) -> None:
    world.loras.has("Ink", "flux-1")
    await call(world.form, "choose_model", "qwen-image")
    assert world.form.loras.options[0].reason == "Made for flux-1, Qwen-Image takes qwen-image"
    await call(world.form, "choose_model", "flux-schnell")
    assert not world.form.loras.is_shown


async def test_a_lora_that_is_made_known_is_added_if_it_fits(world: World) -> None:
    await call(world.form, "choose_model", "flux-lora")
    await call(world.lora, "make_known", "Ink", "http://example.com/x", "flux-1", "")
    assert "https" in world.lora.mistakes["url"]
    await call(world.lora, "make_known", "Ink", "https://example.com/x", "flux-1", "")
    await call(world.lora, "make_known", "Pixels", "https://example.com/y", "qwen-image", "")
    assert world.lora.mistakes == {}
    assert [row.name for row in world.form.loras.rows] == ["Ink"]
    assert [option.name for option in world.form.loras.options] == ["Pixels", "Ink"]


async def test_a_preset_is_saved_changed_reset_and_saved_again(world: World) -> None:
    await call(world.form, "set_count", 3)
    await call(world.preset, "save_as", "Three")
    assert (world.form.presets.name, world.form.presets.changed) == ("Three", False)
    await call(world.form, "set_count", 4)
    assert world.form.presets.changed
    await call(world.preset, "choose", world.form.presets.id)
    assert (world.form.form.count, world.form.presets.changed) == (3, False)
    await call(world.form, "set_count", 2)
    await call(world.preset, "save")
    assert not world.form.presets.changed


async def test_a_preset_leaves_the_sources_and_can_be_undone(world: World) -> None:
    await call(world.form, "set_prompt", "in ink")
    await call(world.preset, "save_as", "Ink")
    await call(world.preset, "choose", "")
    await call(world.form, "set_prompt", "mine")
    await call(world.source, "add_images", [FIRST])
    await call(world.preset, "choose", world.form.presets.options[0].id)
    assert (world.form.form.prompt, len(world.form.sources.shown)) == ("in ink", 1)
    await call(world.form, "undo")
    assert world.form.form.prompt == "mine"


async def test_a_name_that_is_taken_is_said_at_the_name(world: World) -> None:
    await call(world.preset, "save_as", "Ink")
    await call(world.preset, "save_as", "Ink")
    assert world.preset.problem == "You have a preset of this name."


async def test_a_deleted_preset_comes_back_as_it_was(world: World) -> None:
    await call(world.form, "set_count", 3)
    await call(world.preset, "save_as", "Three")
    await call(world.preset, "delete", world.form.presets.id)
    assert (world.form.presets.options, world.preset.deleted_name) == ([], "Three")
    await call(world.preset, "bring_back")
    assert (world.form.presets.name, world.preset.deleted_name) == ("Three", "")


async def test_alternatives_are_counted_priced_and_made_with_one_press(world: World) -> None:
    await call(world.form, "set_count", 2)
    await call(world.form, "set_prompt", "a {red|blue|green} fox")
    assert (world.form.batch.images, world.form.price.label) == ("6 images", "$0.018")
    assert list(world.form.batch.prompts) == ["a red fox", "a blue fox", "a green fox"]
    await call(world.form, "submit", "key1", "a {red|blue|green} fox", PRICE)
    assert [spec.prompt for spec in world.specs] == ["a red fox", "a blue fox", "a green fox"]
    assert len(shown_runs(world.stream)) == 3
    assert world.form.answered == "key1:accepted"


async def test_a_press_pays_no_more_than_the_button_shows_and_shows_the_new_price(world: World) -> None:
    await call(world.form, "set_prompt", "a fox")
    shown = world.form.price.micros
    told = await call(world.form, "submit", "key1", "a {red|blue} fox", shown)
    assert (world.specs, world.form.answered) == ([], "key1:refused")
    assert told is not None
    assert (world.form.price.label, world.form.form.prompt) == ("$0.006", "a {red|blue} fox")
    await call(world.form, "submit", "key1", "a {red|blue} fox", world.form.price.micros)
    assert (len(world.specs), world.form.answered) == (2, "key1:accepted")


async def test_each_line_is_a_prompt_once_that_is_wanted(world: World) -> None:
    text = "a fox\n\na heron\n"
    await call(world.form, "set_prompt", text)
    assert world.form.batch.count == 0
    await call(world.form, "set_lines", True, text)
    assert list(world.form.batch.prompts) == ["a fox", "a heron"]
    assert world.drafts.stored["lines"]


async def test_a_mistake_in_a_template_stands_at_the_prompt_and_nothing_is_sent(world: World) -> None:
    await call(world.form, "set_prompt", "a {red|blue fox")
    assert world.form.form.mistakes.prompt == "This { is never closed."
    assert world.form.price.stale
    await call(world.form, "submit", "key1", "a {red|blue fox", PRICE)
    assert (world.specs, world.form.answered) == ([], "key1:refused")


@pytest.mark.parametrize("prompt", ["a {fox}", "{json: 1}", "a _fox_", "snake__case"])
async def test_braces_without_a_choice_are_ordinary_words(world: World, prompt: str) -> None:
    await call(world.form, "submit", "key1", prompt, PRICE)
    assert [spec.prompt for spec in world.specs] == [prompt]


async def test_too_many_prompts_are_refused_with_their_number(world: World) -> None:
    await call(world.form, "set_prompt", "{" + "|".join("abcde") + "} {1|2|3|4|5} {x|y|z|w|v}")
    assert world.form.form.mistakes.prompt == "These make 125 prompts; one press makes at most 100."


async def test_a_tool_makes_one_request_per_press(world: World) -> None:
    await call(world.tool, "run", "key1", "upscale", FIRST, PRICE)
    await call(world.tool, "run", "key1", "upscale", FIRST, PRICE)
    assert world.tool.answered == "key1"
    assert [(spec.model, spec.sources) for spec in world.specs] == [("clarity-upscaler", (FIRST,))]
    assert [run.task for run in shown_runs(world.stream)] == ["Upscale"]


async def test_what_is_no_tool_does_nothing(world: World) -> None:
    await call(world.tool, "run", "key1", "generate", FIRST, PRICE)
    assert world.specs == []


async def test_a_tool_is_not_used_for_more_than_was_shown(world: World) -> None:
    assert await call(world.tool, "run", "key1", "upscale", FIRST, 1) is not None
    assert (world.specs, world.tool.answered) == ([], "key1")


async def test_starting_over_cancels_and_asks_again_once_with_another_seed(world: World) -> None:
    await call(world.form, "submit", "key1", "a fox", PRICE)
    await call(world.tool, "start_over")
    assert world.generations.cancelled == [FIRST]
    assert [(spec.prompt, spec.seed) for spec in world.specs] == [("a fox", None), ("a fox", None)]


async def test_without_its_source_nothing_is_started_over_and_nothing_is_cancelled(world: World) -> None:
    await call(world.form, "submit", "key1", "a fox", PRICE)
    world.generations.lacks_source = True
    assert await call(world.tool, "start_over") is not None
    assert (world.generations.cancelled, len(world.specs)) == ([], 1)


async def test_all_that_wait_are_cancelled_at_once(world: World) -> None:
    await call(world.form, "submit", "key1", "a {red|blue} fox", PRICE)
    assert world.stream.waiting == 2
    world.activity.waiting = [run.id for run in shown_runs(world.stream)]
    await call(world.stream, "cancel_waiting")
    assert (world.stream.waiting, {run.status for run in shown_runs(world.stream)}) == (0, {"cancelled"})


async def test_what_a_provider_refuses_stands_at_the_field_until_that_changes(world: World) -> None:
    await call(world.form, "set_prompt", "a fox")
    await call(world.form, "set_number", "num_inference_steps", 8)
    wrong = GenerationError("provider_invalid_input", "No.", False, (FieldError(BY_WORDS, "too many"),))
    failed = view("failed", prompt="a fox", width_px=1024, height_px=1024, count=1, error=wrong)
    params = {item.name: item.default for item in CATALOG.models[0].fields}
    await note_refusal(world.form, replace(failed, params={**params, "num_inference_steps": 8}))
    assert _field_error(world, "num_inference_steps") == "too many"
    await call(world.form, "set_number", "num_inference_steps", 4)
    assert _field_error(world, "num_inference_steps") == ""


async def test_a_reload_shows_as_many_runs_as_before(world: World) -> None:
    for number in range(30):
        await call(world.form, "submit", f"key{number}", f"fox {number}", PRICE)
    await call(world.stream, "load")
    assert len(shown_runs(world.stream)) == 30


def _field_error(world: World, name: str) -> Any:
    return next(card.error for card in world.form.form.fields if card.name == name)
