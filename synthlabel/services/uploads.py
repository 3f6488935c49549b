"""Pictures that people bring along: announced, sent by the browser straight to storage, then looked at."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from synthlabel.db.tables import Upload, new_id
from synthlabel.db.unit_of_work import UnitOfWork
from synthlabel.domain.account import Actor
from synthlabel.domain.identifiers import parse_id
from synthlabel.domain.upload import (
    FORM_LIFETIME,
    UNUSED_IS_FORGOTTEN_AFTER,
    WAITING_IS_FORGOTTEN_AFTER,
    Announcement,
    Purpose,
    UploadStatus,
    check_announcement,
    plain_filename,
)
from synthlabel.errors import ConflictError, FieldError, InvalidInputError, NotFoundError, StorageError
from synthlabel.logs import get_logger
from synthlabel.ports import ObjectStorage, PictureCleaner, PictureFacts, PictureInspector, UploadForm
from synthlabel.services.idempotency import earlier_answer, remember

FORGOTTEN_AT_ONCE = 200

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class UploadView:
    """An upload. The addresses are signed and expire; they and the sizes are None until it is ready."""

    id: UUID
    purpose: Purpose
    status: UploadStatus
    filename: str
    content_type: str
    size_bytes: int
    width_px: int | None
    height_px: int | None
    sha256: str | None
    thumbhash: str | None
    url: str | None
    thumbnails: Mapping[int, str]
    """Addresses of WebP thumbnails by their longer side in pixels, ascending."""
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Begun:
    upload: UploadView
    form: UploadForm


class UploadService:
    def __init__(
        self,
        uow: Callable[[], UnitOfWork],
        storage: ObjectStorage,
        cleaner: PictureCleaner,
        inspector: PictureInspector,
        *,
        origins: Sequence[str],
    ) -> None:
        self._uow = uow
        self._storage = storage
        self._cleaner = cleaner
        self._inspector = inspector
        self._origins = origins
        self._pages_admitted = False

    async def begin(
        self, actor: Actor, purpose: Purpose, announced: Announcement, *, idempotency_key: str | None = None
    ) -> Begun:
        """Note what is coming, and return the form by which a browser sends it within the hour.

        Raises InvalidInputError. Safe to repeat with the same ``idempotency_key``.
        """
        check_announcement(announced)
        await self._admit_pages()
        fingerprint = f"upload {purpose} {announced.content_type} {announced.size_bytes} {announced.filename}"
        async with self._uow() as work:
            earlier = await earlier_answer(work, actor, fingerprint, idempotency_key)
            if earlier is None:
                row = _announced(actor, purpose, announced)
                work.uploads.add(row)
                await remember(work, actor, fingerprint, idempotency_key, {"id": str(row.id)})
                await work.commit()
            else:
                row = await work.uploads.get(actor.user_id, UUID(earlier["id"]))
        form = self._storage.upload_form(
            _incoming_key(row), content_type=announced.content_type, max_bytes=row.size_bytes, lifetime=FORM_LIFETIME
        )
        return Begun(self._view(row), form)

    async def get(self, actor: Actor, upload_id: str) -> UploadView:
        """Return one of the person's own uploads. Raises NotFoundError."""
        return self._view(await self._own(actor, upload_id))

    async def complete(self, actor: Actor, upload_id: str) -> UploadView:
        """Look at what arrived, and keep the picture without anything else that was in the file. Safe to repeat.

        Raises NotFoundError; ConflictError if nothing has arrived; InvalidInputError if it is no proper picture: then
        the file is gone and the upload refused.
        """
        row = await self._own(actor, upload_id)
        if row.status == UploadStatus.WAITING:
            row = await self._look(row)
        if row.status == UploadStatus.REFUSED:
            raise InvalidInputError(FieldError("file", row.refusal or "The file was refused."))
        return self._view(row)

    async def delete(self, actor: Actor, upload_id: str) -> None:
        """Remove an upload with its files. Raises NotFoundError; ConflictError while a generation needs it."""
        async with self._uow() as work:
            row = await work.uploads.lock(actor.user_id, parse_id(upload_id, what="upload"))
            if await work.uploads.is_in_use(row.id):
                raise ConflictError("A generation that is not finished yet needs this picture.", code="upload_in_use")
            await work.uploads.delete([row.id])
            await work.commit()
        await self._remove_files(row)

    async def tidy(self) -> None:
        """Forget what never came, and what has not been used for a month. Safe to repeat."""
        while await self._forget_some(datetime.now(UTC)):
            pass

    async def _forget_some(self, now: datetime) -> bool:
        """Return whether there may be more. Files first: if that breaks off, the rows say what is left."""
        async with self._uow() as work:
            rows = await work.uploads.list_forgotten(
                expired_before=now - WAITING_IS_FORGOTTEN_AFTER,
                unused_since=now - UNUSED_IS_FORGOTTEN_AFTER,
                limit=FORGOTTEN_AT_ONCE,
            )
        for row in rows:
            await self._remove_files(row)
        async with self._uow() as work:
            await work.uploads.delete([row.id for row in rows])
            await work.commit()
        return len(rows) == FORGOTTEN_AT_ONCE

    async def _own(self, actor: Actor, upload_id: str) -> Upload:
        async with self._uow() as work:
            return await work.uploads.get(actor.user_id, parse_id(upload_id, what="upload"))

    async def _look(self, row: Upload) -> Upload:
        """Judge what arrived and note it. Two at once come to the same."""
        key = _incoming_key(row)
        try:
            if await self._storage.size(key) > row.size_bytes:
                return await self._refuse(row, "The file is larger than announced.")
            picture = await self._cleaner.clean(await self._storage.get(key))
            facts = await self._inspector.inspect(picture)
        except NotFoundError:
            return await self._looked_at_elsewhere(row)
        except InvalidInputError as error:
            return await self._refuse(row, error.errors[0].message)
        keys = await self._store(row, picture, facts)
        row = await self._note(row, status=UploadStatus.READY, **keys, **_facts(facts), size_bytes=len(picture))
        await self._storage.delete(key)
        return row

    async def _looked_at_elsewhere(self, row: Upload) -> Upload:
        """Return the row as another request has left it. Raises ConflictError if there was none: nothing came."""
        async with self._uow() as work:
            row = await work.uploads.get(row.account_id, row.id)
        if row.status == UploadStatus.WAITING:
            raise ConflictError("The file has not arrived yet.", code="not_uploaded", retryable=True)
        return row

    async def _refuse(self, row: Upload, why: str) -> Upload:
        refused = await self._note(row, status=UploadStatus.REFUSED, refusal=why)
        await self._storage.delete(_incoming_key(row))
        return refused

    async def _note(self, row: Upload, **values: Any) -> Upload:
        """Write what was found, unless somebody was faster. Raises NotFoundError if it was deleted meanwhile."""
        async with self._uow() as work:
            locked = await work.uploads.lock(row.account_id, row.id)
            if locked.status == UploadStatus.WAITING:
                for name, value in values.items():
                    setattr(locked, name, value)
                await work.flush()
                await work.commit()
        return locked

    async def _store(self, row: Upload, picture: bytes, facts: PictureFacts) -> dict[str, Any]:
        prefix = f"{_folder(row)}/picture"
        key = f"{prefix}.{facts.extension}"
        thumbnail_keys = {str(side): f"{prefix}.{side}.webp" for side in facts.thumbnails}
        await self._storage.put(key, picture, content_type=facts.content_type)
        for side, thumbnail in facts.thumbnails.items():
            await self._storage.put(thumbnail_keys[str(side)], thumbnail, content_type="image/webp")
        return {"storage_key": key, "thumbnail_keys": thumbnail_keys}

    async def _remove_files(self, row: Upload) -> None:
        for key in {_incoming_key(row), row.storage_key, *row.thumbnail_keys.values()}:
            await self._storage.delete(key)

    async def _admit_pages(self) -> None:
        """Once in a process: a bucket without leave still takes files from programs, so this is only a warning."""
        if not self._pages_admitted:
            try:
                await self._storage.admit_pages(self._origins)
            except StorageError as error:
                log.warning("browsers can't send files", reason=error.user_message)
            self._pages_admitted = True

    def _view(self, row: Upload) -> UploadView:
        ready = row.status == UploadStatus.READY
        return UploadView(
            id=row.id,
            purpose=Purpose(row.purpose),
            status=UploadStatus(row.status),
            filename=row.filename,
            content_type=row.content_type,
            size_bytes=row.size_bytes,
            width_px=row.width_px,
            height_px=row.height_px,
            sha256=row.sha256,
            thumbhash=row.thumbhash,
            url=self._storage.url(row.storage_key) if ready else None,
            thumbnails={
                int(side): self._storage.url(key)
                for side, key in sorted(row.thumbnail_keys.items(), key=lambda item: int(item[0]))
            },
            created_at=row.created_at,
            expires_at=row.expires_at,
        )


def _announced(actor: Actor, purpose: Purpose, announced: Announcement) -> Upload:
    row = Upload(
        id=new_id(),
        account_id=actor.user_id,
        purpose=purpose,
        filename=plain_filename(announced.filename),
        content_type=announced.content_type,
        size_bytes=announced.size_bytes,
        storage_key="",
        expires_at=datetime.now(UTC) + FORM_LIFETIME,
    )
    row.storage_key = _incoming_key(row)
    return row


def _facts(facts: PictureFacts) -> dict[str, Any]:
    return {
        "content_type": facts.content_type,
        "width_px": facts.width_px,
        "height_px": facts.height_px,
        "sha256": facts.sha256,
        "thumbhash": facts.thumbhash,
    }


def _folder(row: Upload) -> str:
    return f"users/{row.account_id}/uploads/{row.id}"


def _incoming_key(row: Upload) -> str:
    """Where the browser's form leads. Never the place of the picture: a form may be used again after the look."""
    return f"{_folder(row)}/incoming"
