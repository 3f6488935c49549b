"""People with accounts, as programs see them: the same cookie in a REST client and in a browser."""

import secrets
from dataclasses import dataclass
from typing import Any

import httpx

from tests.e2e.product import Product, eventually

PASSWORD = "seven wet umbrellas"
RECIPE: dict[str, Any] = {"prompt": "a red lighthouse at dusk", "model": "flux-schnell", "width": 256, "height": 256}


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who is signed in. ``api`` speaks to the REST API with the session's cookie."""

    name: str
    email: str
    api: httpx.AsyncClient

    async def get(self, path: str, **params: Any) -> Any:
        return (await self.api.get(path, params=params)).raise_for_status().json()

    async def status_of(self, path: str) -> int:
        return (await self.api.get(path)).status_code

    async def generations(self) -> list[dict[str, Any]]:
        return (await self.get("/generations"))["items"]

    async def images(self, *, trashed: bool = False) -> list[dict[str, Any]]:
        return (await self.get("/images", trashed=trashed))["items"]

    async def estimate(self, **recipe: Any) -> str:
        answer = await self.api.post("/generations/estimate", json={**RECIPE, **recipe})
        return answer.raise_for_status().json()["price_usd"]

    async def has(self, **recipe: Any) -> dict[str, Any]:
        """Make images by REST and return the finished generation: what a journey finds there."""
        made = (await self.api.post("/generations", json={**RECIPE, **recipe})).raise_for_status().json()
        return await self.finished(made["id"])

    async def finished(self, generation_id: str) -> dict[str, Any]:
        def is_over(generation: dict[str, Any]) -> bool:
            return generation["finished_at"] is not None

        return await eventually(lambda: self.get(f"/generations/{generation_id}"), is_over)


async def register(product: Product, name: str) -> Person:
    """Add somebody new, with an open session."""
    email = f"{name.lower()}-{secrets.token_hex(4)}@example.com"
    known = {"email": email, "password": PASSWORD}
    async with _client(product) as client:
        (await client.post("/auth/register", json={**known, "name": name})).raise_for_status()
    return await sign_in(product, email, name=name)


async def sign_in(product: Product, email: str, *, name: str) -> Person:
    """Open a session of somebody who has ``PASSWORD``."""
    client = _client(product)
    answer = await client.post("/auth/sign-in", json={"email": email, "password": PASSWORD})
    answer.raise_for_status()
    # Cookie jars treat "localhost" in their own ways; a header is plain
    client.headers["Cookie"] = answer.headers["set-cookie"].partition(";")[0]
    client.cookies.clear()
    return Person(name, email, client)


def _client(product: Product) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        base_url=product.api_url, headers={"Origin": product.page_url}, timeout=30.0, trust_env=False
    )
