"""What the Studio's form does with a person's clicks, on services that remember."""

from uuid import UUID

import pytest

from synthlabel.errors import NotSignedInError
from synthlabel.ui.pages.studio.stream_state import shown_runs
from tests.unit.studio_world import PRICE, World, call


async def test_what_is_typed_is_kept_on_the_server_at_once(world: World) -> None:
    await call(world.form, "load")
    await call(world.form, "set_prompt", "a fox")
    assert world.drafts.stored["prompt"] == "a fox"


async def test_a_draft_is_found_again_by_another_tab(world: World) -> None:
    world.drafts.stored = {"model": "flux-dev", "prompt": "a fox", "count": 3}
    await call(world.form, "load")
    assert (world.form.form.model, world.form.form.prompt, world.form.form.count) == ("flux-dev", "a fox", 3)
    assert world.form.revision.startswith("load")


async def test_a_tab_that_lost_its_state_reads_the_draft_before_it_changes_it(world: World) -> None:
    world.drafts.stored = {"model": "flux-dev", "prompt": "a fox"}
    await call(world.form, "set_count", 2)
    assert (world.drafts.stored["prompt"], world.drafts.stored["count"]) == ("a fox", 2)


async def test_a_tab_replaces_only_what_was_changed_in_it(world: World) -> None:
    await call(world.form, "load")
    world.drafts.stored = {"prompt": "a fox, written in another tab", "count": 3}
    await call(world.form, "choose_shape", "16:9")
    assert world.drafts.stored == {"prompt": "a fox, written in another tab", "count": 3, "shape": "16:9"}


async def test_what_could_not_be_kept_is_kept_with_the_next_change(world: World) -> None:
    await call(world.form, "load")
    world.drafts.is_away = True
    assert await call(world.form, "set_prompt", "a fox") is not None
    world.drafts.is_away = False
    await call(world.form, "set_count", 2)
    assert world.drafts.stored == {"prompt": "a fox", "count": 2}


async def test_typing_never_replaces_the_text_on_the_page(world: World) -> None:
    await call(world.form, "load")
    before = world.form.revision
    await call(world.form, "set_prompt", "a fo")
    await call(world.form, "choose_shape", "16:9")
    assert world.form.revision == before


async def test_the_price_follows_the_form(world: World) -> None:
    await call(world.form, "load")
    assert world.form.price.label == "$0.003"
    await call(world.form, "set_count", 4)
    assert world.form.price.label == "$0.012"


async def test_generate_makes_one_request_and_shows_it_on_top(world: World) -> None:
    await call(world.form, "set_prompt", "a fox")
    await call(world.form, "submit", "key1", "a fox", PRICE)
    assert [spec.prompt for spec in world.generations.requests.values()] == ["a fox"]
    assert [run.prompt for run in shown_runs(world.stream)] == ["a fox"]
    assert world.form.answered == "key1:accepted"


async def test_the_request_is_for_the_prompt_on_the_screen(world: World) -> None:
    await call(world.form, "set_prompt", "a fo")
    await call(world.form, "submit", "key1", "a fox", PRICE)
    assert [spec.prompt for spec in world.generations.requests.values()] == ["a fox"]


async def test_the_same_press_sent_twice_is_one_request(world: World) -> None:
    await call(world.form, "set_prompt", "a fox")
    await call(world.form, "submit", "key1", "a fox", PRICE)
    await call(world.form, "submit", "key1", "a fox", PRICE)
    assert len(world.generations.requests) == len(shown_runs(world.stream)) == 1


async def test_an_empty_prompt_is_a_mistake_only_after_generate(world: World) -> None:
    await call(world.form, "load")
    assert world.form.form.mistakes.prompt == ""
    await call(world.form, "submit", "key1", "", PRICE)
    assert world.form.form.mistakes.prompt == "Write what the image should show."
    assert world.form.answered == "key1:refused"
    assert world.generations.requests == {}


async def test_a_wrong_size_is_said_at_its_field_and_nothing_is_sent(world: World) -> None:
    await call(world.form, "set_prompt", "a fox")
    await call(world.form, "choose_shape", "custom")
    await call(world.form, "set_width", "12")
    assert "pixels" in world.form.form.mistakes.width
    assert (world.form.price.label, world.form.price.stale) == ("$0.003", True)
    await call(world.form, "submit", "key1", "a fox", PRICE)
    assert world.generations.requests == {}
    assert (world.form.form.prompt, world.form.form.width) == ("a fox", "12")


async def test_taking_a_recipe_can_be_undone(world: World) -> None:
    await call(world.form, "set_prompt", "mine")
    await call(world.take, "take_from_image", "all", str(UUID(int=1)))
    assert (world.form.form.prompt, world.form.form.seed) == ("a fox", "7")
    assert world.form.revision.startswith("take")
    await call(world.form, "undo")
    assert (world.form.form.prompt, world.form.form.seed_fixed) == ("mine", False)
    assert world.drafts.stored["prompt"] == "mine"


async def test_fixing_the_seed_takes_the_one_of_the_newest_run(world: World) -> None:
    await call(world.form, "set_prompt", "a fox")
    await call(world.form, "submit", "key1", "a fox", PRICE)
    await call(world.form, "set_seed_mode", "fixed")
    assert world.form.form.seed == shown_runs(world.stream)[0].seed


async def test_a_field_that_the_model_lacks_changes_nothing(world: World) -> None:
    await call(world.form, "load")
    await call(world.form, "set_text", "../../secret", "x")
    assert world.drafts.stored == {}


async def test_a_run_is_requested_again_once_however_often_it_is_pressed(world: World) -> None:
    run_id = str(UUID(int=1))
    await call(world.stream, "retry", run_id)
    await call(world.stream, "retry", run_id)
    assert world.generations.retries == [run_id]
    assert world.stream.retried == [run_id]


async def test_a_refused_retry_can_be_tried_again(world: World) -> None:
    world.generations.refuses_retry = True
    assert await call(world.stream, "retry", str(UUID(int=1))) is not None
    assert world.stream.retried == []


async def test_without_a_session_nothing_is_read_or_kept(world: World) -> None:
    world.accounts.signed_in = False
    with pytest.raises(NotSignedInError):
        await call(world.form, "set_prompt", "a fox")
    assert world.drafts.stored == {}
