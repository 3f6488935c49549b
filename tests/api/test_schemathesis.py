"""Requests made up from our own OpenAPI document: none may break the server or get an undocumented answer."""

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import CHECKS, load_all_checks

from synthlabel.embedded import EmbeddedPostgres
from tests.api.installation import open_installation, settings_for, shared_api
from tests.api.live import serve
from tests.conftest import TEMPLATE
from tests.postgres import create_database, drop_database

load_all_checks()
WANTED = CHECKS.get_by_names(
    ["not_a_server_error", "status_code_conformance", "content_type_conformance", "response_schema_conformance"]
)
DATABASE = "api_schemathesis"


class LiveApi(threading.Thread):
    """The API with a signed-in person, on an event loop of its own."""

    def __init__(self, database_url: str, data_dir: Path) -> None:
        super().__init__(daemon=True)
        self._settings = settings_for(database_url, data_dir)
        self._ready = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._ended = asyncio.Event()
        self.address = ""
        self.headers: dict[str, str] = {}

    def run(self) -> None:
        self._loop.run_until_complete(self._serve())

    def open(self) -> None:
        self.start()
        assert self._ready.wait(30)

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._ended.set)
        self.join(30)

    async def _serve(self) -> None:
        async with open_installation(self._settings) as installation, serve(installation.app) as self.address:
            self.headers = (await installation.add_person()).cookies
            self._ready.set()
            await self._ended.wait()


@pytest.fixture(scope="module")
def live_api(postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveApi]:
    api = LiveApi(create_database(postgres, DATABASE, template=TEMPLATE), tmp_path_factory.mktemp("live"))
    api.open()
    yield api
    api.close()
    drop_database(postgres, DATABASE)


schema = schemathesis.openapi.from_dict(shared_api().openapi())


@schema.parametrize()
@settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_no_made_up_request_breaks_the_api(case: schemathesis.Case, live_api: LiveApi) -> None:
    response = case.call(base_url=live_api.address, headers={**(case.headers or {}), **live_api.headers}, timeout=20)
    case.validate_response(response, checks=WANTED)
