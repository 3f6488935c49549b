"""Who may call what: the whole table, written out. A route that is not in it fails the test."""

from typing import Literal

import pytest
from fastapi.routing import iter_route_contexts

from tests.api.installation import Installation, shared_api

Access = Literal["public", "signed-in", "provider", "signature", "private network"]

TABLE: dict[tuple[str, str], Access] = {
    ("GET", "/healthz"): "public",
    ("GET", "/readyz"): "public",
    ("GET", "/metrics"): "private network",
    ("GET", "/.well-known/jwks.json"): "public",
    ("GET", "/api/docs"): "public",
    ("GET", "/api/docs/oauth2-redirect"): "public",
    ("GET", "/api/openapi.json"): "public",
    ("POST", "/api/v1/auth/register"): "public",
    ("POST", "/api/v1/auth/token"): "public",
    ("POST", "/api/v1/auth/sign-in"): "public",
    ("POST", "/api/v1/auth/sign-out"): "public",
    ("GET", "/api/v1/me"): "signed-in",
    ("PATCH", "/api/v1/me"): "signed-in",
    ("GET", "/api/v1/catalog"): "signed-in",
    ("POST", "/api/v1/generations/estimate"): "signed-in",
    ("POST", "/api/v1/generations"): "signed-in",
    ("GET", "/api/v1/generations"): "signed-in",
    ("GET", "/api/v1/generations/{generation_id}"): "signed-in",
    ("POST", "/api/v1/generations/{generation_id}/cancel"): "signed-in",
    ("POST", "/api/v1/generations/{generation_id}/retry"): "signed-in",
    ("POST", "/api/v1/generations/{generation_id}/check"): "signed-in",
    ("GET", "/api/v1/generations/{generation_id}/events"): "signed-in",
    ("GET", "/api/v1/generations/counts"): "signed-in",
    ("POST", "/api/v1/generations/actions"): "signed-in",
    ("POST", "/api/v1/generations/expand"): "signed-in",
    ("POST", "/api/v1/generations/batch"): "signed-in",
    ("GET", "/api/v1/presets"): "signed-in",
    ("POST", "/api/v1/presets"): "signed-in",
    ("GET", "/api/v1/presets/{preset_id}"): "signed-in",
    ("PATCH", "/api/v1/presets/{preset_id}"): "signed-in",
    ("DELETE", "/api/v1/presets/{preset_id}"): "signed-in",
    ("GET", "/api/v1/wildcards"): "signed-in",
    ("GET", "/api/v1/wildcards/{name}"): "signed-in",
    ("PUT", "/api/v1/wildcards/{name}"): "signed-in",
    ("DELETE", "/api/v1/wildcards/{name}"): "signed-in",
    ("GET", "/api/v1/prompts/history"): "signed-in",
    ("GET", "/api/v1/images"): "signed-in",
    ("GET", "/api/v1/images/anchors"): "signed-in",
    ("GET", "/api/v1/images/facets"): "signed-in",
    ("POST", "/api/v1/images/actions"): "signed-in",
    ("POST", "/api/v1/images/actions/{action_id}/undo"): "signed-in",
    ("POST", "/api/v1/images/{image_id}/tools/{task}"): "signed-in",
    ("POST", "/api/v1/images/{image_id}/tools/{task}/estimate"): "signed-in",
    ("GET", "/api/v1/loras"): "signed-in",
    ("POST", "/api/v1/loras"): "signed-in",
    ("PATCH", "/api/v1/loras/{lora_id}"): "signed-in",
    ("DELETE", "/api/v1/loras/{lora_id}"): "signed-in",
    ("POST", "/api/v1/loras/{lora_id}/restore"): "signed-in",
    ("GET", "/api/v1/images/{image_id}"): "signed-in",
    ("GET", "/api/v1/images/{image_id}/lineage"): "signed-in",
    ("GET", "/api/v1/images/{image_id}/boards"): "signed-in",
    ("PATCH", "/api/v1/images/{image_id}"): "signed-in",
    ("GET", "/api/v1/tags"): "signed-in",
    ("POST", "/api/v1/tags/rename"): "signed-in",
    ("GET", "/api/v1/boards"): "signed-in",
    ("POST", "/api/v1/boards"): "signed-in",
    ("GET", "/api/v1/boards/{board_id}"): "signed-in",
    ("PATCH", "/api/v1/boards/{board_id}"): "signed-in",
    ("DELETE", "/api/v1/boards/{board_id}"): "signed-in",
    ("POST", "/api/v1/boards/{board_id}/restore"): "signed-in",
    ("DELETE", "/api/v1/images/{image_id}"): "signed-in",
    ("POST", "/api/v1/images/{image_id}/restore"): "signed-in",
    ("GET", "/api/v1/images/{image_id}/file"): "signed-in",
    ("POST", "/api/v1/images/download"): "signed-in",
    ("POST", "/api/v1/downloads"): "signed-in",
    ("GET", "/api/v1/downloads/{download_id}"): "signed-in",
    ("POST", "/api/v1/recipes"): "signed-in",
    ("POST", "/api/v1/uploads"): "signed-in",
    ("POST", "/api/v1/uploads/{upload_id}/complete"): "signed-in",
    ("GET", "/api/v1/uploads/{upload_id}"): "signed-in",
    ("DELETE", "/api/v1/uploads/{upload_id}"): "signed-in",
    ("GET", "/api/v1/shares"): "signed-in",
    ("POST", "/api/v1/shares"): "signed-in",
    ("DELETE", "/api/v1/shares/{share_id}"): "signed-in",
    ("GET", "/api/v1/shared/{token}"): "signature",
    ("GET", "/api/v1/shared/{token}/{position}"): "signature",
    ("POST", "/api/v1/webhooks/fal"): "provider",
    ("GET", "/api/v1/files/{key:path}"): "signature",
    ("PUT", "/api/v1/files/{key:path}"): "signature",
}
FALLBACK = "/api/{path:path}"
SIGNED_IN = [operation for operation, access in TABLE.items() if access == "signed-in"]


def test_the_table_is_complete() -> None:
    routes = {
        (method, route.path)
        for route in iter_route_contexts(shared_api().routes)
        for method in (route.methods or ())
        if route.path != FALLBACK and method != "HEAD"
    }
    assert routes == set(TABLE)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer x.y.z"},
        {"Cookie": "synthlabel_session=invented", "Origin": "http://localhost:3000"},
    ],
    ids=["nobody", "bad token", "bad cookie"],
)
async def test_strangers_are_asked_to_sign_in(installation: Installation, headers: dict[str, str]) -> None:
    async def answer_of(method: str, path: str) -> tuple[int, int, str]:
        answer = await installation.client.request(method, path, headers=headers, json={})
        return answer.status_code, answer.json()["status"], answer.headers["cache-control"]

    answers = {operation: await answer_of(*operation) for operation in SIGNED_IN}
    assert {operation: answer for operation, answer in answers.items() if answer != (401, 401, "no-store")} == {}


def test_the_document_says_which_routes_need_signing_in() -> None:
    paths = shared_api().openapi()["paths"]
    secured = {
        (method.upper(), path)
        for path, methods in paths.items()
        for method, about in methods.items()
        if "security" in about
    }
    assert set(SIGNED_IN) <= secured
    assert secured - set(SIGNED_IN) == {("POST", "/api/v1/auth/sign-out")}
