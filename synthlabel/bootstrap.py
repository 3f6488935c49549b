"""The composition root: settings in, built services out. The only importer of adapters."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from secrets import token_hex
from urllib.parse import urlencode
from uuid import UUID

from pydantic import SecretStr
from sqlalchemy.ext.asyncio import AsyncEngine

from synthlabel.adapters.auth.passwords import Argon2Hasher
from synthlabel.adapters.auth.tokens import JwtSigner
from synthlabel.adapters.catalog import load_catalog
from synthlabel.adapters.change_feed import PostgresChangeFeed
from synthlabel.adapters.cleaning import VipsCleaner
from synthlabel.adapters.clock import SystemClock
from synthlabel.adapters.images import VipsInspector
from synthlabel.adapters.provenance import FileMarks
from synthlabel.adapters.providers.fal import FalProvider
from synthlabel.adapters.providers.fal_webhook import FalWebhookVerifier
from synthlabel.adapters.queue import ProcrastinateQueue
from synthlabel.adapters.storage.local import LocalStorage
from synthlabel.adapters.storage.s3 import S3Storage
from synthlabel.db.engine import check_database, create_engine, libpq_url
from synthlabel.db.migrations import check_schema
from synthlabel.db.unit_of_work import CHANNEL, UnitOfWork
from synthlabel.ports import ObjectStorage
from synthlabel.services.accounts import AccountService
from synthlabel.services.activity import ActivityService
from synthlabel.services.batches import BatchService
from synthlabel.services.boards import BoardService
from synthlabel.services.changes import ChangeHub
from synthlabel.services.copies import Copies
from synthlabel.services.curation import CurationService
from synthlabel.services.dispatch import DispatchService
from synthlabel.services.downloads import DownloadService
from synthlabel.services.drafts import DraftService
from synthlabel.services.gallery import GalleryService
from synthlabel.services.generations import GenerationService
from synthlabel.services.housekeeping import HousekeepingService
from synthlabel.services.ingestion import Ingestion
from synthlabel.services.loras import LoraService
from synthlabel.services.pace import PaceReader
from synthlabel.services.presets import PresetService
from synthlabel.services.prompts import PromptService
from synthlabel.services.recipes import RecipeReader
from synthlabel.services.registry import Services
from synthlabel.services.results import ResultService
from synthlabel.services.share_links import ShareLinks
from synthlabel.services.shares import ShareService
from synthlabel.services.uploads import UploadService
from synthlabel.services.usage import UsageService
from synthlabel.services.views import Views
from synthlabel.settings import SANDBOX_KEY, Settings

WEBHOOK_PATH = "/api/v1/webhooks/fal"


@dataclass(frozen=True, slots=True)
class Running:
    """Services with what must be closed after them."""

    services: Services
    close: Callable[[], Awaitable[None]]


def build(settings: Settings) -> Running:
    """Build everything. Connects to nothing yet: engine and clients connect at first use.

    Raises ConfigurationError.
    """
    catalog = load_catalog()
    engine = create_engine(settings.required_database_url)
    queue = ProcrastinateQueue()
    storage = _storage(settings)
    views = Views(catalog, storage, api_url=settings.api_url)
    provider = _provider(settings)

    def uow() -> UnitOfWork:
        return UnitOfWork(engine, queue)

    generations = GenerationService(uow, catalog, views, PaceReader(places=settings.provider_concurrency))
    prompts = PromptService(uow, generations)
    copies = Copies(catalog, storage, FileMarks())
    services = Services(
        settings=settings,
        catalog=catalog,
        accounts=AccountService(
            uow,
            Argon2Hasher(),
            JwtSigner(settings.secret_value),
            SystemClock(),
            issuer=settings.frontend_url,
            open_registration=settings.open_registration,
            views=views,
        ),
        activity=ActivityService(uow, generations),
        batches=BatchService(uow, generations, prompts),
        boards=BoardService(uow, views),
        curation=CurationService(uow),
        changes=ChangeHub(PostgresChangeFeed(libpq_url(settings.required_database_url), CHANNEL)),
        dispatch=DispatchService(
            uow,
            provider,
            storage,
            concurrency=settings.provider_concurrency,
            submit_timeout=timedelta(seconds=settings.submit_timeout_s),
            webhook_url=_webhook_url(settings),
        ),
        downloads=DownloadService(uow, copies),
        drafts=DraftService(uow),
        gallery=GalleryService(uow, views, storage),
        generations=generations,
        loras=LoraService(uow, catalog),
        housekeeping=HousekeepingService(uow, storage),
        presets=PresetService(uow),
        prompts=prompts,
        recipes=RecipeReader(uow, catalog, FileMarks()),
        results=ResultService(
            uow,
            provider,
            Ingestion(uow, catalog, provider, storage, VipsInspector()),
            FalWebhookVerifier(settings.fal_base_url),
        ),
        shares=ShareService(uow, views, storage, copies, FileMarks(), _share_links(settings)),
        uploads=UploadService(uow, storage, VipsCleaner(), VipsInspector(), origins=settings.allowed_origins),
        usage=UsageService(uow),
        files=storage if isinstance(storage, LocalStorage) else None,
        storage=storage,
        checks={
            "database": lambda: check_database(engine),
            "schema": lambda: check_schema(engine),
            "storage": storage.check,
        },
    )
    return Running(services, close=lambda: _close(engine, provider))


@asynccontextmanager
async def running(settings: Settings) -> AsyncGenerator[Services, None]:
    """Build the services, and close them at the end of the block."""
    built = build(settings)
    try:
        yield built.services
    finally:
        await built.close()


async def check_provider(settings: Settings) -> None:
    """Ask the configured provider for a price, with the configured key. Raises ProviderError."""
    provider = _provider(settings)
    try:
        await provider.check(load_catalog().models[0].endpoint)
    finally:
        await provider.close()


async def check_storage(settings: Settings) -> bool:
    """Ask the configured storage whether it can be used, and return whether it takes files from our pages yet.

    Makes nothing, no secret either. Raises StorageError.
    """
    nothing_is_signed = SecretStr(token_hex(32))
    storage = _storage(settings.model_copy(update={"secret": nothing_is_signed}))
    await storage.check()
    return await storage.admits_pages(settings.allowed_origins)


async def _close(engine: AsyncEngine, provider: FalProvider) -> None:
    await provider.close()
    await engine.dispose()


def _provider(settings: Settings) -> FalProvider:
    return FalProvider(
        key=settings.fal_key.get_secret_value() if settings.fal_key else SANDBOX_KEY,
        base_url=settings.fal_base_url,
        submit_timeout=timedelta(seconds=settings.submit_timeout_s),
    )


def _storage(settings: Settings) -> ObjectStorage:
    if settings.s3_bucket is None:
        return LocalStorage(settings.data_dir / "objects", base_url=settings.api_url, secret=settings.secret_value)
    secret = settings.aws_secret_access_key
    session = settings.aws_session_token
    return S3Storage(
        settings.s3_bucket,
        endpoint_url=settings.aws_endpoint_url,
        region=settings.aws_region,
        access_key_id=settings.aws_access_key_id,
        secret_access_key=secret.get_secret_value() if secret else None,
        session_token=session.get_secret_value() if session else None,
    )


def _share_links(settings: Settings) -> ShareLinks:
    return ShareLinks(settings.secret_value, page_url=settings.frontend_url, api_url=settings.api_url)


def _webhook_url(settings: Settings) -> Callable[[UUID], str | None]:
    base = settings.webhook_base_url
    if base is None:
        return lambda _token: None
    return lambda token: f"{base}{WEBHOOK_PATH}?{urlencode({'token': str(token)})}"
