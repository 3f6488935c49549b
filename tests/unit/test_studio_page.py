"""The Studio's page and states, without a browser and without a database."""

from typing import Any
from uuid import UUID

import pytest
import reflex as rx

from synthlabel.services.views import GenerationView
from synthlabel.ui.pages.studio.page import page
from synthlabel.ui.pages.studio.stream_state import MAX_MOVING, StudioStreamState, show, shown_runs
from tests.unit.test_studio_cards import image, view


@pytest.fixture
def stream() -> StudioStreamState:
    root: Any = rx.State(_reflex_internal_init=True)
    return root.get_substate(StudioStreamState.get_full_name().split("."))


def numbered(number: int, status: str = "queued", **changes: Any) -> GenerationView:
    return view(status, id=UUID(int=number), **changes)


def sent(stream: StudioStreamState) -> set[str]:
    """Return the names of what would go to the browser, and forget them."""
    names = set(stream.dirty_vars)
    stream._clean()
    return names


def test_the_page_evaluates() -> None:
    assert "studio-form" in str(page().render())


def test_a_new_generation_stands_on_top(stream: StudioStreamState) -> None:
    show(stream, numbered(1))
    show(stream, numbered(2))
    assert [run.id for run in shown_runs(stream)] == [str(UUID(int=2)), str(UUID(int=1))]
    assert set(stream.live) == {str(UUID(int=1)), str(UUID(int=2))}


def test_progress_sends_the_small_part_only(stream: StudioStreamState) -> None:
    show(stream, numbered(1, "running", progress=0.1))
    sent(stream)
    show(stream, numbered(1, "running", progress=0.2))
    assert sent(stream) == {"live"}


def test_news_that_change_nothing_send_nothing(stream: StudioStreamState) -> None:
    show(stream, numbered(1, "running", progress=0.1))
    sent(stream)
    show(stream, numbered(1, "running", progress=0.1))
    assert sent(stream) == set()


def test_a_generation_that_comes_to_rest_keeps_its_place_and_gets_its_images(stream: StudioStreamState) -> None:
    show(stream, numbered(1))
    show(stream, numbered(2))
    show(stream, numbered(1, "done", images=(image(0), image(1))))
    assert [run.id for run in shown_runs(stream)] == [str(UUID(int=2)), str(UUID(int=1))]
    assert [tile.kind for tile in shown_runs(stream)[1].tiles] == ["image", "image"]
    assert set(stream.live) == {str(UUID(int=2))}


def test_news_of_a_generation_on_a_page_that_was_not_asked_for_change_nothing(stream: StudioStreamState) -> None:
    show(stream, numbered(5))
    sent(stream)
    show(stream, numbered(3, "done"))
    assert [run.id for run in shown_runs(stream)] == [str(UUID(int=5))]


def test_runs_that_came_to_rest_leave_the_list_that_is_sent_often(stream: StudioStreamState) -> None:
    for number in range(1, 2 * MAX_MOVING + 1):
        show(stream, numbered(number))
        show(stream, numbered(number, "done"))
    assert len(stream.moving) <= MAX_MOVING
    assert [run.id for run in shown_runs(stream)] == [str(UUID(int=number)) for number in range(2 * MAX_MOVING, 0, -1)]


def test_a_run_on_its_way_stays_among_the_moving_however_many_come_after_it(stream: StudioStreamState) -> None:
    show(stream, numbered(1))
    for number in range(2, 3 * MAX_MOVING):
        show(stream, numbered(number))
        show(stream, numbered(number, "done"))
    assert str(UUID(int=1)) in [run.id for run in stream.moving]
