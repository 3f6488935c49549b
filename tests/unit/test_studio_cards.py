"""The Studio's cards: how a generation stands, what it cost, and what came of it, in words."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from synthlabel.domain.catalog import Task
from synthlabel.domain.generation import GenerationStatus
from synthlabel.domain.pace import Outlook
from synthlabel.services.views import GenerationError, GenerationSourceView, GenerationView, ImageView
from synthlabel.ui.pages.studio.batches import heads_of
from synthlabel.ui.pages.studio.cards import LIVE, live_card, news, run_card

START = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
RUN_ID = UUID("0197e000-0000-7000-8000-000000000001")


def view(status: str = "queued", **changes: Any) -> GenerationView:
    base = GenerationView(
        id=RUN_ID,
        status=GenerationStatus(status),
        prompt="a fox",
        negative_prompt="",
        model="flux-schnell",
        model_name="FLUX.1 schnell",
        params={},
        seed=2**31 - 1,
        width_px=1344,
        height_px=768,
        count=2,
        price_micros=6000,
        price_formula="2 images × 1 MP × $0.003 = $0.006",
        charged_micros=None,
        queue_position=None,
        progress=None,
        phase=None,
        log=(),
        cancel_requested=False,
        error=None,
        provider_message=None,
        retry_of=None,
        created_at=START,
        submitted_at=None,
        finished_at=None,
    )
    return replace(base, **changes)


def image(index: int = 0, *, filtered: bool = False) -> ImageView:
    return ImageView(
        id=UUID(int=index + 1),
        generation_id=RUN_ID,
        index=index,
        prompt="a fox",
        negative_prompt="",
        model="flux-schnell",
        model_name="FLUX.1 schnell",
        params={},
        seed=7,
        width_px=1344,
        height_px=768,
        size_bytes=1,
        sha256="",
        content_type="image/png",
        thumbhash="hash",
        filtered=filtered,
        task="generate",
        loras=(),
        template=None,
        owner_id=UUID(int=7),
        owner_name="Ada",
        is_mine=True,
        rating=None,
        rating_mean=None,
        rating_count=0,
        favorite=False,
        tags=(),
        price_micros=3000,
        created_at=START,
        trashed_at=None,
        purge_at=None,
        url="/full",
        download_url="/file",
        thumbnails={320: "/small", 640: "/large"},
    )


def test_a_new_generation_shows_its_tiles_in_their_final_shape_at_once() -> None:
    card = run_card(view(count=3))
    assert card.live
    assert (card.places, card.tiles, card.aspect) == ([0, 1, 2], [], "1344 / 768")


def test_a_seed_is_text_with_all_its_digits() -> None:
    assert run_card(view()).seed == "2147483647"


@pytest.mark.parametrize(
    ("position", "words"), [(0, "Next in line"), (1, "Position 2"), (11, "Position 12"), (None, "")]
)
def test_a_place_in_the_line_is_counted_from_one(position: int | None, words: str) -> None:
    assert live_card(view(queue_position=position)).detail == words


def test_progress_is_a_share_and_a_phase() -> None:
    card = live_card(view("running", progress=0.43, phase="step 12/28"))
    assert (card.word, card.detail, card.share) == ("Running", "Step 12/28", "43%")


def test_a_phase_that_only_repeats_the_state_is_left_out() -> None:
    assert live_card(view("ingesting", phase="saving")).detail == ""


def test_while_it_is_on_its_way_only_the_live_part_changes() -> None:
    stations = [view("queued", queue_position=3), view("submitting"), view("submitted"), view("running", progress=0.4)]
    assert len({str(run_card(station)) for station in stations}) == 1
    assert len({str(live_card(station)) for station in stations}) == 4


@pytest.mark.parametrize("status", ["queued", "submitting", "submitted", "running"])
def test_a_cancellation_can_be_asked_for_once_until_the_images_are_made(status: str) -> None:
    assert live_card(view(status)).can_cancel
    asked = live_card(view(status, cancel_requested=True))
    assert (asked.word, asked.can_cancel) == ("Cancel asked", False)
    assert not live_card(view("ingesting")).can_cancel


def test_a_cancellation_says_what_it_costs() -> None:
    assert "nothing is charged" in live_card(view("queued")).cancel_note
    assert "may be charged" in live_card(view("running")).cancel_note


def test_a_finished_generation_shows_each_image_with_thumbnails_for_its_screen() -> None:
    card = run_card(view("done", images=(image(0), image(1)), charged_micros=6000, finished_at=START))
    assert not card.live
    assert card.places == []
    assert card.tiles[0].srcset == "/small 320w, /large 640w"
    assert [tile.id for tile in card.tiles] == [str(UUID(int=1)), str(UUID(int=2))]
    assert card.tiles[1].download == "/file"


def test_the_thumbnail_of_a_tall_image_is_as_wide_as_its_proportions_say() -> None:
    tall = replace(image(), width_px=768, height_px=1536)
    card = run_card(view("done", count=1, images=(tall,)))
    assert card.tiles[0].srcset == "/small 160w, /large 320w"


def test_blanked_and_trashed_images_keep_their_places() -> None:
    card = run_card(view("done", count=3, images=(image(0, filtered=True), image(2))))
    assert [tile.kind for tile in card.tiles] == ["filtered", "gone", "image"]


def test_a_failure_says_why_and_what_it_cost() -> None:
    error = GenerationError("policy", "The provider's content policy does not allow this.", retryable=False)
    free = run_card(view("failed", error=error, charged_micros=0, provider_message="flagged"))
    assert free.message == "The provider's content policy does not allow this."
    assert free.cost_note == "Nothing was charged."
    assert free.provider_message == "flagged"
    assert run_card(view("failed", error=error, charged_micros=6000)).cost_note == "$0.006 was charged."


def test_an_unconfirmed_generation_is_said_not_to_be_sent_again() -> None:
    card = run_card(view("unknown"))
    assert not card.live
    assert card.word == "Unconfirmed"
    assert "not sent again by itself" in card.message


def test_the_price_is_what_was_charged_as_soon_as_that_is_known() -> None:
    assert run_card(view("running")).price == "$0.006"
    done = run_card(view("done", charged_micros=4000))
    assert done.price == "$0.004"
    assert done.price_note.endswith("Charged $0.004, released $0.002.")


def test_wide_images_get_as_much_area_as_square_ones() -> None:
    wide, square = run_card(view(count=4)), run_card(view(count=4, width_px=1024, height_px=1024))
    assert square.tile_width == "250px"
    assert wide.tile_width == "331px"


@pytest.mark.parametrize(("count", "height", "columns"), [(1, 768, "1"), (3, 768, "2"), (3, 2000, "3"), (4, 2000, "2")])
def test_where_there_is_less_room_wide_images_stand_in_two_columns(count: int, height: int, columns: str) -> None:
    assert run_card(view(count=count, height_px=height)).fewer_columns == columns


@pytest.mark.parametrize("status", list(GenerationStatus))
def test_every_state_has_a_word_and_every_rest_is_announced(status: GenerationStatus) -> None:
    shown = view(status.value, finished_at=START + timedelta(seconds=4))
    assert run_card(shown).word
    assert bool(news(shown)) is (status not in LIVE)


def test_what_is_expected_is_said_while_it_is_on_its_way() -> None:
    soon = Outlook(expected_start_at=START, expected_done_at=START + timedelta(seconds=9), queue_trend="growing")
    card = live_card(view(queue_position=3, outlook=soon))
    assert (card.start_at, card.done_at) == ("2026-11-25T12:00:00+00:00", "2026-11-25T12:00:09+00:00")
    assert card.trend == "getting longer"
    assert live_card(view()).start_at == ""


def test_when_it_is_given_up_is_said_only_once_it_takes_long() -> None:
    usual, slow = (Outlook(slow=slow, given_up_at=START) for slow in (False, True))
    assert live_card(view("submitted", outlook=usual)).given_up_at == ""
    assert live_card(view("submitted", outlook=slow)).given_up_at == "2026-11-25T12:00:00+00:00"


def test_a_tool_shows_what_became_of_what() -> None:
    source = GenerationSourceView(0, UUID(int=5), None, 640, 480, "/thumb", "hash")
    card = run_card(view("done", task=Task.UPSCALE, count=1, images=(image(),), sources=(source,)))
    assert (card.task, card.turns_into, card.has_sources, card.beside) == ("Upscale", True, False, False)
    assert card.made_from[0].href == f"/gallery?image={UUID(int=5)}"


def test_a_source_that_is_gone_has_no_picture() -> None:
    source = GenerationSourceView(0, None, None, 640, 480, None, None)
    card = run_card(view("done", sources=(source,), images=(image(),)))
    assert (card.has_sources, card.made_from[0].src, card.made_from[0].href) == (True, "", "")


def test_a_description_is_words_without_tiles() -> None:
    card = run_card(view("done", task=Task.DESCRIBE, count=1, output_text="A fox in the snow."))
    assert (card.text, card.has_tiles, card.tiles) == ("A fox in the snow.", False, [])
    assert run_card(view(task=Task.DESCRIBE, count=1)).places == []


def test_loras_are_named_with_their_weights() -> None:
    assert run_card(view(loras=({"id": "1", "name": "Ink", "weight": 0.7},))).loras == ["Ink × 0.7"]


def test_the_newest_run_of_a_press_bears_its_header() -> None:
    batch = UUID(int=9)
    runs = [run_card(view(id=UUID(int=number), batch_id=batch)) for number in (4, 3, 2)]
    alone = run_card(view(id=UUID(int=5)))
    assert heads_of([alone, *runs]) == {str(UUID(int=4)): str(batch)}
