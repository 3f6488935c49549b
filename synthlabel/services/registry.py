"""The built services, for those who cannot be handed them: pages and routes."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from synthlabel.domain.catalog import Catalog
from synthlabel.ports import ObjectStorage, SignedFiles
from synthlabel.services.accounts import AccountService
from synthlabel.services.activity import ActivityService
from synthlabel.services.batches import BatchService
from synthlabel.services.boards import BoardService
from synthlabel.services.changes import ChangeHub
from synthlabel.services.curation import CurationService
from synthlabel.services.dispatch import DispatchService
from synthlabel.services.downloads import DownloadService
from synthlabel.services.drafts import DraftService
from synthlabel.services.gallery import GalleryService
from synthlabel.services.generations import GenerationService
from synthlabel.services.housekeeping import HousekeepingService
from synthlabel.services.loras import LoraService
from synthlabel.services.presets import PresetService
from synthlabel.services.prompts import PromptService
from synthlabel.services.recipes import RecipeReader
from synthlabel.services.results import ResultService
from synthlabel.services.shares import ShareService
from synthlabel.services.uploads import UploadService
from synthlabel.services.usage import UsageService
from synthlabel.settings import Settings


@dataclass(frozen=True, slots=True)
class Services:
    settings: Settings
    catalog: Catalog
    accounts: AccountService
    activity: ActivityService
    batches: BatchService
    boards: BoardService
    changes: ChangeHub
    curation: CurationService
    dispatch: DispatchService
    downloads: DownloadService
    drafts: DraftService
    gallery: GalleryService
    generations: GenerationService
    housekeeping: HousekeepingService
    loras: LoraService
    presets: PresetService
    prompts: PromptService
    recipes: RecipeReader
    results: ResultService
    shares: ShareService
    uploads: UploadService
    usage: UsageService
    files: SignedFiles | None
    """Answers the addresses of local storage; None where a bucket answers its own."""
    storage: ObjectStorage
    checks: dict[str, Callable[[], Awaitable[None]]]
    """A test of each dependency by name, for readiness: raises when the dependency can't be used."""


_installed: Services | None = None


def install(services: Services) -> None:
    """Make the services known to this process. Called once, by the entry points."""
    global _installed
    _installed = services


def get_services() -> Services:
    """Return this process's services. Raises RuntimeError before ``install``."""
    if _installed is None:
        raise RuntimeError("services.registry.install() has not been called")
    return _installed
