"""Registering, signing in and out, tokens: over HTTP."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from synthlabel.api.app import create_api
from tests.api.installation import ORIGIN, PASSWORD, RECIPE, Installation, Person, open_installation, settings_for

AUTH = "/api/v1/auth"
ADA = {"email": "Ada@Example.com ", "password": PASSWORD, "name": "Ada"}
COOKIE = "synthlabel_session"


def _session_of(answer: httpx.Response) -> dict[str, str]:
    return {"Cookie": f"{COOKIE}={answer.cookies[COOKIE]}", "Origin": ORIGIN}


async def test_the_first_account_becomes_the_administrators(installation: Installation) -> None:
    answer = await installation.client.post(f"{AUTH}/register", json=ADA)
    assert answer.status_code == 201
    assert answer.json() | {"id": "", "created_at": ""} == {
        "id": "",
        "email": "ada@example.com",
        "name": "Ada",
        "role": "admin",
        "created_at": "",
    }


async def test_registration_closes_after_the_first_account(installation: Installation, ada: Person) -> None:
    answer = await installation.client.post(f"{AUTH}/register", json={**ADA, "email": "eve@example.com"})
    assert (answer.status_code, answer.json()["code"]) == (403, "registration_closed")


async def test_open_registration_admits_members_and_refuses_a_taken_address(database_url: str, tmp_path: Path) -> None:
    async with open_installation(settings_for(database_url, tmp_path, open_registration=True)) as opened:
        roles = [
            (await opened.client.post(f"{AUTH}/register", json={**ADA, "email": email})).json()["role"]
            for email in ("ada@example.com", "bob@example.com")
        ]
        taken = await opened.client.post(f"{AUTH}/register", json={**ADA, "email": "BOB@example.com"})
    assert roles == ["admin", "member"]
    assert (taken.status_code, taken.json()["errors"][0]["field"]) == (422, "email")


async def test_of_two_who_register_first_at_once_one_becomes_administrator(installation: Installation) -> None:
    answers = await asyncio.gather(
        *(
            installation.client.post(f"{AUTH}/register", json={**ADA, "email": f"{name}@example.com"})
            for name in ("ada", "bob", "eve")
        )
    )
    assert sorted(answer.status_code for answer in answers) == [201, 403, 403]


async def test_every_wrong_field_of_a_registration_is_named_at_once(installation: Installation) -> None:
    answer = await installation.client.post(
        f"{AUTH}/register", json={"email": "ada@", "password": "short", "name": " "}
    )
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == ["email", "password", "name"]


@pytest.mark.parametrize("text", ["a\x00b@example.com", "\x00"])
async def test_nul_in_credentials_is_just_wrong(installation: Installation, text: str) -> None:
    answer = await installation.client.post(f"{AUTH}/sign-in", json={"email": text, "password": text})
    registered = await installation.client.post(f"{AUTH}/register", json={**ADA, "name": "\x00", "email": text})
    assert answer.status_code == 401
    assert registered.status_code == 422


async def test_signing_in_sets_a_cookie_that_scripts_cannot_read(installation: Installation, ada: Person) -> None:
    answer = await installation.client.post(f"{AUTH}/sign-in", json={"email": ada.email, "password": PASSWORD})
    attributes = answer.headers["set-cookie"].lower()
    me = await installation.client.get("/api/v1/me", headers=_session_of(answer))
    assert answer.status_code == 200
    assert attributes.startswith(f"{COOKIE}=")
    for attribute in ("httponly", "samesite=lax", "path=/", "max-age=604800"):
        assert attribute in attributes
    assert "domain" not in attributes
    assert me.json() == answer.json()


async def test_behind_https_the_cookie_is_bound_to_host_and_transport(database_url: str, tmp_path: Path) -> None:
    settings = settings_for(database_url, tmp_path, public_url="https://images.example.com")
    async with open_installation(settings) as opened:
        ada = await opened.add_person()
        answer = await opened.client.post(f"{AUTH}/sign-in", json={"email": ada.email, "password": PASSWORD})
    assert answer.headers["set-cookie"].startswith("__Host-synthlabel_session=")
    assert "secure" in answer.headers["set-cookie"].lower()


async def test_signing_in_again_ends_the_session_before(installation: Installation, ada: Person) -> None:
    credentials = {"email": ada.email, "password": PASSWORD}
    await installation.client.post(f"{AUTH}/sign-in", json=credentials, headers=ada.cookies)
    assert (await installation.client.get("/api/v1/me", headers=ada.cookies)).status_code == 401


async def test_signing_out_ends_the_session_and_takes_the_cookie_back(installation: Installation, ada: Person) -> None:
    answer = await installation.client.post(f"{AUTH}/sign-out", headers=ada.cookies)
    again = await installation.client.post(f"{AUTH}/sign-out", headers=ada.cookies)
    assert (answer.status_code, again.status_code) == (204, 204)
    assert "max-age=0" in answer.headers["set-cookie"].lower()
    assert (await installation.client.get("/api/v1/me", headers=ada.cookies)).status_code == 401


async def test_all_failures_to_sign_in_read_the_same(installation: Installation, ada: Person) -> None:
    async with installation.uow() as work:
        (await work.accounts.get((await installation.add_person("gone")).id)).deactivated_at = datetime.now(UTC)
        await work.commit()
    await installation.services.accounts.local_actor()
    tries = [(ada.email, "wrong password"), ("nobody@example.com", PASSWORD), ("cli@localhost", PASSWORD)]
    tries += [("gone@example.com", PASSWORD), (ada.email, PASSWORD * 9)]
    answers = [
        await installation.client.post(f"{AUTH}/sign-in", json={"email": email, "password": password})
        for email, password in tries
    ]
    assert {(answer.status_code, answer.text) for answer in answers} == {(401, answers[0].text)}
    assert not any(answer.cookies for answer in answers)


async def test_a_token_opens_the_api_until_it_is_signed_out(installation: Installation, ada: Person) -> None:
    answer = (await installation.client.post(f"{AUTH}/token", json={"email": ada.email, "password": PASSWORD})).json()
    bearer = {"Authorization": f"Bearer {answer['access_token']}"}
    before = await installation.client.post("/api/v1/generations", json=RECIPE, headers=bearer)
    await installation.client.post(f"{AUTH}/sign-out", headers=bearer)
    after = await installation.client.get("/api/v1/me", headers=bearer)
    assert (answer["token_type"], answer["expires_in"]) == ("bearer", 3600)
    assert (before.status_code, after.status_code) == (202, 401)
    assert after.headers["www-authenticate"] == "Bearer"


async def test_a_bad_token_is_refused_even_beside_a_good_cookie(installation: Installation, ada: Person) -> None:
    headers = {**ada.cookies, "Authorization": "Bearer nonsense"}
    assert (await installation.client.get("/api/v1/me", headers=headers)).status_code == 401


async def test_other_schemes_of_authorization_do_not_get_in_the_cookies_way(
    installation: Installation, ada: Person
) -> None:
    headers = {**ada.cookies, "Authorization": "Basic eDp5"}
    assert (await installation.client.get("/api/v1/me", headers=headers)).status_code == 200


@pytest.mark.parametrize("origin", ["https://evil.test", "null", "http://localhost:3000.evil.test", None])
async def test_a_cookie_write_from_somebody_elses_page_is_refused(
    installation: Installation, ada: Person, origin: str | None
) -> None:
    headers = {"Cookie": ada.cookies["Cookie"], **({"Origin": origin} if origin else {})}
    answers = [
        await installation.client.post("/api/v1/generations", json=RECIPE, headers=headers),
        await installation.client.patch("/api/v1/me", json={"name": "Eve"}, headers=headers),
        await installation.client.post(f"{AUTH}/sign-out", headers=headers),
    ]
    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(403, "foreign_origin")] * 3
    assert (await installation.client.get("/api/v1/me", headers=headers)).json()["name"] == "Ada"


async def test_somebody_elses_page_cannot_sign_a_browser_in(installation: Installation, ada: Person) -> None:
    credentials = {"email": ada.email, "password": PASSWORD}
    foreign = {"Origin": "https://evil.test"}
    answer = await installation.client.post(f"{AUTH}/sign-in", json=credentials, headers=foreign)
    assert (answer.status_code, answer.headers.get("set-cookie")) == (403, None)


@pytest.mark.parametrize("origin", ["http://localhost:3000", "http://127.0.0.1:3000", "http://localhost:8080"])
async def test_a_cookie_write_from_our_own_pages_is_welcome(
    installation: Installation, ada: Person, origin: str
) -> None:
    headers = {"Cookie": ada.cookies["Cookie"], "Origin": origin}
    answer = await installation.client.patch("/api/v1/me", json={"name": " Ada L. "}, headers=headers)
    assert (answer.status_code, answer.json()["name"]) == (200, "Ada L.")


async def test_another_sites_broken_cookie_does_not_hide_ours(installation: Installation, ada: Person) -> None:
    cookie = f'x="broken; theme=dark; a[b]=;; {COOKIE}={ada.token}; z=1'
    assert (await installation.client.get("/api/v1/me", headers={"Cookie": cookie})).status_code == 200


async def test_the_published_keys_hold_no_private_part(installation: Installation) -> None:
    answer = await installation.client.get("/.well-known/jwks.json")
    (key,) = answer.json()["keys"]
    assert set(key) == {"kty", "n", "e", "kid", "use", "alg"}
    assert answer.headers["cache-control"] == "public, max-age=300"


async def test_too_many_failures_are_told_when_to_come_back(installation: Installation, ada: Person) -> None:
    answers = [
        await installation.client.post(
            f"{AUTH}/token",
            json={"email": ada.email, "password": f"wrong {number}"},
            headers={"X-Forwarded-For": f"203.0.{number}.1"},
        )
        for number in range(6)
    ]
    last = answers[-1]
    assert [answer.status_code for answer in answers] == [401] * 5 + [429]
    assert int(last.headers["retry-after"]) == last.json()["retry_after_s"] > 0


async def test_cors_alone_names_our_origin_and_no_other(installation: Installation) -> None:
    app = create_api(lambda: installation.services, cors_origins=installation.settings.allowed_origins)
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8080") as client:
        ours = await client.get("/healthz", headers={"Origin": ORIGIN})
        foreign = await client.get("/healthz", headers={"Origin": "https://evil.test"})
    assert ours.headers["access-control-allow-origin"] == ORIGIN
    assert ours.headers["access-control-allow-credentials"] == "true"
    assert "access-control-allow-origin" not in foreign.headers


async def test_behind_one_proxy_only_what_that_proxy_wrote_counts_as_the_callers_address(
    database_url: str, tmp_path: Path
) -> None:
    async with open_installation(settings_for(database_url, tmp_path, trusted_proxy_hops=1)) as opened:
        ada = await opened.add_person()
        statuses = [
            (
                await opened.client.post(
                    f"{AUTH}/token",
                    json={"email": ada.email, "password": password},
                    headers={"X-Forwarded-For": f"192.0.2.{number}, {proxied}"},
                )
            ).status_code
            for number, (password, proxied) in enumerate(
                [("wrong", "203.0.113.1")] * 5 + [(PASSWORD, "203.0.113.1"), (PASSWORD, "198.51.100.1")]
            )
        ]
    assert statuses == [401] * 5 + [429, 200]
