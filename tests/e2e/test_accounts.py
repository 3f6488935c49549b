"""Registering, signing in and out, and that nobody sees what is somebody else's."""

import re

from playwright.async_api import Page, expect

from tests.e2e.conftest import Seat
from tests.e2e.people import PASSWORD, Person
from tests.e2e.product import Product
from tests.e2e.studio import open_studio
from tests.e2e.visitors import Visitor

REFUSED = r"Failed to load resource: the server responded with a status of 4\d\d"


async def fill(page: Page, **fields: str) -> None:
    for label, text in fields.items():
        await page.get_by_label(label, exact=True).fill(text)


async def expect_filled(page: Page, **fields: str) -> None:
    for label, text in fields.items():
        await expect(page.get_by_label(label, exact=True)).to_have_value(text)


async def test_the_first_person_becomes_the_administrator_and_the_next_one_does_not(
    administrator: Person, ada: Visitor
) -> None:
    assert (await administrator.get("/me"))["role"] == "admin"
    assert (await ada.known.get("/me"))["role"] == "member"


async def test_a_private_page_is_shown_after_signing_in(stranger: Visitor, administrator: Person) -> None:
    stranger.expect_error(REFUSED)
    page = await stranger.open("/gallery")
    await expect(page).to_have_url(re.compile(r"/sign-in\?next=%2Fgallery$"))

    await fill(page, Email=administrator.email, Password=PASSWORD)
    await page.get_by_role("button", name="Sign in").click()

    await expect(page).to_have_url(re.compile("/gallery$"))
    await expect(page.get_by_role("heading", name="Gallery")).to_be_visible()


async def test_a_wrong_password_is_said_and_nothing_typed_is_lost(stranger: Visitor, ada: Visitor) -> None:
    stranger.expect_error(REFUSED)
    page = await stranger.open("/sign-in")
    await fill(page, Email=ada.known.email, Password="seven dry umbrellas")

    await page.get_by_role("button", name="Sign in").click()

    await expect(page.get_by_role("alert").filter(has_text=re.compile("password"))).to_be_visible()
    await expect_filled(page, Email=ada.known.email, Password="seven dry umbrellas")


async def test_a_short_password_is_refused_at_its_field_and_nothing_typed_is_lost(stranger: Visitor) -> None:
    stranger.expect_error(REFUSED)
    page = await stranger.open("/register")
    typed = {"Name": "Carl", "Email": "carl@example.com", "Password": "short"}
    await fill(page, **typed)

    await page.get_by_role("button", name="Create account").click()

    password = page.get_by_label("Password", exact=True)
    await expect(password).to_have_accessible_description("Use at least 8 characters.")
    await expect(password).to_be_focused()
    await expect_filled(page, **typed)


async def test_a_taken_address_is_refused_at_its_field_and_nothing_typed_is_lost(
    stranger: Visitor, ada: Visitor
) -> None:
    stranger.expect_error(REFUSED)
    page = await stranger.open("/register")
    typed = {"Name": "Another Ada", "Email": ada.known.email, "Password": PASSWORD}
    await fill(page, **typed)

    await page.get_by_role("button", name="Create account").click()

    email = page.get_by_label("Email", exact=True)
    await expect(email).to_have_accessible_description("There is an account with this address already.")
    await expect(email).to_be_focused()
    await expect_filled(page, **typed)


async def test_a_second_person_sees_nothing_of_the_first(ada: Visitor, bob: Visitor) -> None:
    bob.expect_error(REFUSED)
    made = await ada.known.has(prompt="a secret garden")
    image_id = made["images"][0]["id"]

    studio = await open_studio(bob)
    await expect(studio.page.get_by_role("heading", name="Describe your first image")).to_be_visible()
    gallery = await bob.open("/gallery")
    await expect(gallery.get_by_role("heading", name="No images yet")).to_be_visible()
    await gallery.goto(f"{bob.product.page_url}/gallery?image={image_id}")
    await expect(gallery.get_by_text("There is no such image")).to_be_visible()

    assert await bob.known.images() == []
    assert await bob.known.generations() == []
    assert await bob.known.status_of(f"/images/{image_id}") == 404
    assert await bob.known.status_of(f"/generations/{made['id']}") == 404


async def test_an_address_of_a_file_is_worth_nothing_when_changed(ada: Visitor, bob: Visitor) -> None:
    address = (await ada.known.has())["images"][0]["url"]

    assert (await bob.known.api.get(address)).status_code == 200
    assert (await bob.known.api.get(address.replace("/0.", "/1."))).status_code == 404
    assert (await bob.known.api.get(address.partition("?")[0])).status_code == 404


async def test_after_signing_out_neither_an_address_nor_the_back_button_shows_anything_private(
    ada: Visitor, product: Product
) -> None:
    ada.expect_error(REFUSED)
    await ada.known.has(prompt="a secret garden")
    studio = await open_studio(ada)
    page = studio.page
    await expect(studio.run("a secret garden", "Done")).to_be_visible()

    await page.get_by_role("button", name=re.compile("^Account")).click()
    await page.get_by_role("menuitem", name="Sign out").click()
    await expect(page).to_have_url(re.compile("/sign-in$"))

    for path in ("/", "/gallery"):
        await page.goto(product.page_url + path)
        await expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    await page.go_back()
    await expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    await expect(page.get_by_text("a secret garden")).to_have_count(0)
    assert await ada.known.status_of("/me") == 401


async def test_the_next_person_at_a_browser_meets_an_empty_studio(sit_down: Seat, ada: Visitor, bob: Visitor) -> None:
    await ada.known.has(prompt="a secret garden")
    studio = await open_studio(ada)
    await studio.prompt.fill("a secret wish")
    await expect(studio.run("a secret garden", "Done")).to_be_visible()
    page = studio.page
    await page.get_by_role("button", name=re.compile("^Account")).click()
    await page.get_by_role("menuitem", name="Sign out").click()

    await fill(page, Email=bob.known.email, Password=PASSWORD)
    await page.get_by_role("button", name="Sign in").click()

    await studio.ready()
    await expect(page.get_by_role("heading", name="Describe your first image")).to_be_visible()
    await expect(studio.prompt).to_have_value("")
