"""How a generation ends: the status, the ledger, the place at the provider and the news, in one transaction."""

from datetime import UTC, datetime

from synthlabel.db.tables import Generation, LedgerEntry
from synthlabel.db.unit_of_work import UnitOfWork
from synthlabel.domain.generation import GenerationStatus, advance
from synthlabel.domain.ledger import LedgerKind, closing_amounts
from synthlabel.errors import ProviderRefusedError, SynthLabelError
from synthlabel.ports import Job

DISPATCH = Job("dispatch", key="dispatch")
"""Send waiting requests while there is a place at the provider. One such job waiting is enough."""


async def finish(
    work: UnitOfWork,
    row: Generation,
    target: GenerationStatus,
    *,
    charged_micros: int,
    note: str,
    error: SynthLabelError | None = None,
) -> None:
    """Bring a locked row to a terminal status and close its reservation. The caller commits."""
    row.status = advance(GenerationStatus(row.status), target)
    row.finished_at = datetime.now(UTC)
    row.lease_until = row.next_look_at = None
    row.queue_position = None
    row.phase = None
    if error is not None:
        _describe(row, error)
    _close_reservation(work, row, charged_micros=charged_micros, note=note)
    await work.flush()
    await work.notify(row.account_id, "generation", row.id)
    await work.enqueue(DISPATCH)  # its place may be free now


def _describe(row: Generation, error: SynthLabelError) -> None:
    row.error_code = error.code
    row.error_message = error.user_message
    row.error_retryable = error.retryable
    if isinstance(error, ProviderRefusedError):
        row.error_fields = [{"field": item.field, "message": item.message} for item in error.errors]
        row.provider_message = error.detail[:4000] or None


def reserve(work: UnitOfWork, row: Generation) -> None:
    """Set the price aside for a new row."""
    work.ledger.add(_entry(row, LedgerKind.RESERVE, row.price_micros, row.price_formula))


def _close_reservation(work: UnitOfWork, row: Generation, *, charged_micros: int, note: str) -> None:
    row.charged_micros = charged_micros
    for kind, amount_micros in closing_amounts(row.price_micros, charged_micros).items():
        work.ledger.add(_entry(row, kind, amount_micros, note))


def _entry(row: Generation, kind: LedgerKind, amount_micros: int, note: str) -> LedgerEntry:
    return LedgerEntry(
        account_id=row.account_id, generation_id=row.id, kind=kind, amount_micros=amount_micros, note=note
    )
