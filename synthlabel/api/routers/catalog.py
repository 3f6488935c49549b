"""The models on offer."""

from fastapi import APIRouter

from synthlabel.api.answers import ModelCatalog
from synthlabel.api.dependencies import CurrentActor, CurrentServices

router = APIRouter(prefix="/catalog", tags=["catalog"])


@router.get("")
async def get_catalog(_actor: CurrentActor, services: CurrentServices) -> ModelCatalog:
    """What each model takes and costs. The first one is the default."""
    return ModelCatalog.of(services.catalog)
