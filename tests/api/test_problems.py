"""Every error is a problem document that a person can read and a program can act on."""

import dataclasses
import json

import httpx
import pytest

from synthlabel.api.app import create_api
from synthlabel.errors import InvalidInputError
from tests.api.installation import RECIPE, Installation, Person, shared_api

PROBLEM = "application/problem+json"


async def test_a_problem_has_all_its_members(installation: Installation, ada: Person) -> None:
    answer = await installation.client.post("/api/v1/generations", json={}, headers=ada.cookies)
    body = answer.json()
    assert answer.headers["content-type"] == PROBLEM
    assert (body["type"], body["title"], body["status"]) == ("about:blank", "Unprocessable Entity", 422)
    assert (body["code"], body["retryable"]) == ("invalid_input", False)
    assert body["errors"] == [
        {"field": "prompt", "message": "This is required."},
        {"field": "model", "message": "This is required."},
    ]


async def test_what_was_sent_is_not_repeated(installation: Installation) -> None:
    body = {"email": 5, "password": ["hunter2-canary"], "x": "hunter2-canary"}
    answer = await installation.client.post("/api/v1/auth/sign-in", json=body)
    assert answer.status_code == 422
    assert "canary" not in answer.text


@pytest.mark.parametrize(
    ("query", "field", "message"),
    [
        ("query=cat", "query", "There is no such parameter."),
        ("rating_gte=6", "rating_gte", "Use at most 5."),
        ("limit=0", "limit", "Use at least 1."),
        ("limit=201", "limit", "Use at most 200."),
        ("limit=x", "limit", "Use a whole number."),
        ("cursor=x", "cursor", "This is not a cursor of ours."),
        ("cursor=%00", "cursor", "This is not a cursor of ours."),
        ("created_after=yesterday", "created_after", "Use a time such as 2026-01-31T12:00:00Z."),
        ("created_after=2026-01-31T12:00:00", "created_after", "Say the time zone, such as 2026-01-31T12:00:00Z."),
        ("trashed=perhaps", "trashed", "Use true or false."),
    ],
)
async def test_a_wrong_parameter_is_explained(
    installation: Installation, ada: Person, query: str, field: str, message: str
) -> None:
    answer = await installation.client.get(f"/api/v1/images?{query}", headers=ada.cookies)
    assert answer.status_code == 422
    assert {"field": field, "message": message} in answer.json()["errors"]


async def test_a_status_that_is_none_is_explained(installation: Installation, ada: Person) -> None:
    answer = await installation.client.get("/api/v1/generations?status=finished", headers=ada.cookies)
    assert answer.json()["errors"][0]["message"].startswith("Use one of: 'queued'")


@pytest.mark.parametrize(
    "query",
    [
        "model=%00",
        "model=%ED%A0%80",
        "created_before=0001-01-01T00:00:00%2B14:00",
        "created_after=9999-12-31T23:59:59Z",
    ],
)
async def test_odd_filters_find_nothing_and_break_nothing(installation: Installation, ada: Person, query: str) -> None:
    answer = await installation.client.get(f"/api/v1/images?{query}", headers=ada.cookies)
    assert (answer.status_code, answer.json()["items"]) == (200, [])


@pytest.mark.parametrize("key", ["", "a" * 256, "a\tb"])
async def test_an_unusable_idempotency_key_is_named(installation: Installation, ada: Person, key: str) -> None:
    headers = {**ada.cookies, "Idempotency-Key": key}
    answer = await installation.client.post("/api/v1/generations", json=RECIPE, headers=headers)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "Idempotency-Key")


@pytest.mark.parametrize(
    "body", [b"{", b"[" * 100_000, b'{"seed": ' + b"9" * 5000 + b"}", b"\xff\xfe", b"null", b"[]", b'"text"']
)
async def test_a_body_that_is_no_object_is_refused_politely(
    installation: Installation, ada: Person, body: bytes
) -> None:
    headers = {**ada.cookies, "Content-Type": "application/json"}
    answer = await installation.client.post("/api/v1/generations", content=body, headers=headers)
    assert answer.status_code in (400, 422)
    assert answer.headers["content-type"] == PROBLEM


DEEP = "[" * 600 + "]" * 600
ACTION = (
    '{{"id": "0197e000-0000-7000-8000-000000000001", "kind": "{}", "selection": {{"ids": []}}, "value": {{"x": {}}}}}'
)


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("presets", f'{{"name": "x", "data": {{"x": {DEEP}}}}}', "data"),
        ("presets", '{"name": "x", "data": {"x": [NaN]}}', "data"),
        ("presets", '{"name": "x", "data": {"x": -Infinity}}', "data"),
        ("images/actions", ACTION.format("trash", DEEP), "value"),
        ("images/actions", ACTION.format("rate", DEEP), "value"),
        ("generations", f'{{"prompt": "x", "model": "flux-schnell", "params": {{"seed": {DEEP}}}}}', "params.seed"),
        ("generations/batch", f'{{"prompt": "x", "model": "flux-schnell", "params": {{"x": {DEEP}}}}}', "params.x"),
        (
            "generations/estimate",
            f'{{"prompt": "x", "model": "flux-schnell", "params": {{"num_inference_steps": {DEEP}}}}}',
            "params.num_inference_steps",
        ),
    ],
    ids=lambda text: text[:12],
)
async def test_json_that_cannot_be_stored_is_refused_by_name(
    installation: Installation, ada: Person, path: str, body: str, field: str
) -> None:
    headers = {**ada.cookies, "Content-Type": "application/json"}
    answer = await installation.client.post(f"/api/v1/{path}", content=body, headers=headers)
    assert answer.status_code == 422, answer.text
    assert field in [error["field"] for error in answer.json()["errors"]]


async def test_a_draft_that_cannot_be_stored_is_refused(installation: Installation, ada: Person) -> None:
    for data in ({"x": float("nan")}, {"x": json.loads(DEEP)}, {"x": "y" * 70_000}):
        with pytest.raises(InvalidInputError):
            await installation.services.drafts.save(ada.actor, "studio", data)
    assert await installation.services.drafts.load(ada.actor, "studio") == {}


async def test_two_tabs_change_different_fields_of_a_draft(installation: Installation, ada: Person) -> None:
    for changed in ({"prompt": "a fox", "count": 2}, {"count": 3}, {"sources": [1]}):
        await installation.services.drafts.save(ada.actor, "studio", changed)
    found = await installation.services.drafts.load(ada.actor, "studio")
    assert found == {"prompt": "a fox", "count": 3, "sources": [1]}


async def test_a_huge_body_is_refused(installation: Installation, ada: Person) -> None:
    headers = {**ada.cookies, "Content-Type": "application/json"}
    answer = await installation.client.post("/api/v1/generations", content=b" " * (1024 * 1024 + 1), headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


async def test_a_form_is_not_taken_for_json(installation: Installation, ada: Person) -> None:
    headers = {**ada.cookies, "Content-Type": "text/plain"}
    answer = await installation.client.post("/api/v1/generations", content=b'{"prompt": "x"}', headers=headers)
    assert answer.status_code == 422


async def test_an_unknown_address_below_the_api_is_a_problem(installation: Installation) -> None:
    for path in ("/api/v1/nothing", "/api/nothing", "/api/v1/me/"):
        answer = await installation.client.get(path)
        assert (answer.status_code, answer.headers["content-type"]) == (404, PROBLEM)


async def test_a_wrong_method_is_told_the_right_ones(installation: Installation) -> None:
    answer = await installation.client.delete("/api/v1/me")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, PATCH")
    assert answer.json()["code"] == "method_not_allowed"


async def test_the_unexpected_is_answered_with_an_id_and_no_details(installation: Installation, ada: Person) -> None:
    broken = dataclasses.replace(installation.services, gallery=None)  # pyright: ignore[reportArgumentType]
    transport = httpx.ASGITransport(app=create_api(lambda: broken))
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8080") as client:
        answer = await client.get("/api/v1/images", headers=ada.cookies)
    body = answer.json()
    assert (answer.status_code, body["code"], body["retryable"]) == (500, "internal_error", True)
    assert body["error_id"] in body["detail"]
    assert "NoneType" not in answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_every_operation_documents_its_errors() -> None:
    document = shared_api().openapi()
    assert "HTTPValidationError" not in document["components"]["schemas"]
    for path, methods in document["paths"].items():
        for about in methods.values():
            wanted = {"422", "503"} if path.startswith("/api/v1") else set[str]()
            if path.startswith("/api/v1/files"):
                wanted = {"422"}  # needs no database
            assert wanted <= set(about["responses"]), path
            assert about["tags"], path
            assert about["description"], path
