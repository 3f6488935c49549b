"""From the form to the services: sending what it asks for, and looking up what it names."""

from collections.abc import Sequence

from synthlabel.domain.account import Actor
from synthlabel.domain.generation import GenerationSpec
from synthlabel.errors import FieldError, InvalidInputError, NotFoundError
from synthlabel.services.registry import get_services
from synthlabel.services.views import GenerationView
from synthlabel.ui.pages.studio.draft import Draft, SourcePick, fields_of, model_of, read_spec
from synthlabel.ui.pages.studio.pricing import at_the_form, is_batch, lines_of
from synthlabel.ui.pages.studio.source_cards import SourcePicture


async def send(actor: Actor, draft: Draft, key: str, *, max_price_micros: int) -> Sequence[GenerationView]:
    """Request what the form asks for, newest last.

    Raises InvalidInputError that names the form's fields, PriceChangedError if it costs more than ``max_price_micros``.
    """
    services = get_services()
    spec, errors = read_spec(draft, model_of(draft, services.catalog))
    if errors:
        raise InvalidInputError(*errors)
    if is_batch(draft):
        return await _request_batch(actor, spec, lines_of(draft), key, max_price_micros)
    view = await services.generations.request(
        actor, spec, origin="studio", idempotency_key=key, max_price_micros=max_price_micros
    )
    return [view]


async def _request_batch(
    actor: Actor, spec: GenerationSpec, lines: Sequence[str], key: str, max_price_micros: int
) -> Sequence[GenerationView]:
    batches = get_services().batches
    try:
        batch = await batches.request(
            actor, spec, lines, origin="studio", idempotency_key=key, max_price_micros=max_price_micros
        )
    except InvalidInputError as error:
        raise InvalidInputError(*map(at_the_form, error.errors)) from error
    return batch.items


async def find_picture(actor: Actor, source: SourcePick) -> SourcePicture | None:
    """Make an address for a source's thumbnail; None if it is gone."""
    services = get_services()
    try:
        found = await (services.gallery if source.kind == "image" else services.uploads).get(actor, source.id)
    except (NotFoundError, InvalidInputError):
        return None
    return SourcePicture(next(iter(found.thumbnails.values()), found.url or ""), found.thumbhash or "")


def refusals(refused: GenerationView | None, draft: Draft) -> Sequence[FieldError]:
    """Return what a provider refused in a request, if the form would send the same again."""
    if refused is None or refused.error is None:
        return ()
    model = model_of(draft, get_services().catalog)
    spec, _ = read_spec(draft, model)
    params = {item.name: item.default for item in fields_of(draft, model)} | dict(spec.params)
    is_same = (
        refused.model == spec.model
        and refused.prompt.endswith(spec.prompt.strip())
        and (refused.width_px, refused.height_px, refused.count) == (spec.width_px, spec.height_px, spec.count)
        and all(refused.params.get(name) == value for name, value in params.items())
    )
    return refused.error.fields if is_same else ()
