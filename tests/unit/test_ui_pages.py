"""Every page can be built: finds misspelt attributes and ``if`` on Vars without a browser."""

import pytest

from synthlabel.ui.routes import ROUTES, Route
from synthlabel.ui.shell.pages import PAGES
from synthlabel.ui.shell.state import initials_of


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.path)
def test_a_page_can_be_built(route: Route) -> None:
    assert route.build().render()


def test_the_rail_leads_only_to_pages_that_exist() -> None:
    assert {page.route for page in PAGES} <= {route.path for route in ROUTES}


@pytest.mark.parametrize(
    ("name", "initials"),
    [("Ada Lovelace", "AL"), ("ada", "A"), ("ada@example.com", "A"), ("Ada King Lovelace", "AL"), ("", "")],
)
def test_initials_come_from_the_first_and_the_last_word(name: str, initials: str) -> None:
    assert initials_of(name) == initials
