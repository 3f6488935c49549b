"""Uploads that nobody will miss are forgotten, and no others; two looks at one file come to the same."""

import asyncio
import io
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
import sqlalchemy as sa
from PIL import Image as Picture

from synthlabel.db.tables import GenerationSource
from synthlabel.domain.upload import Announcement, Purpose
from synthlabel.errors import ConflictError, NotFoundError, StorageError
from synthlabel.services.uploads import UploadView
from tests.factories import Studio

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)


def png() -> bytes:
    buffer = io.BytesIO()
    Picture.new("RGB", (64, 64), (200, 40, 30)).save(buffer, "PNG")
    return buffer.getvalue()


async def announced(studio: Studio) -> UUID:
    announcement = Announcement("fox.png", "image/png", len(png()))
    begun = await studio.services.uploads.begin(studio.actor, Purpose.SOURCE, announcement)
    return begun.upload.id


async def sent(studio: Studio) -> UUID:
    """Announce a picture and put it where the form leads."""
    upload_id = await announced(studio)
    key = f"users/{studio.actor.user_id}/uploads/{upload_id}/incoming"
    await studio.services.storage.put(key, png(), content_type="image/png")
    return upload_id


async def ready(studio: Studio) -> UploadView:
    return await studio.services.uploads.complete(studio.actor, str(await sent(studio)))


async def grow_old(studio: Studio, upload_id: UUID, *, by: timedelta) -> None:
    statement = sa.text("UPDATE upload SET created_at = created_at - :by, expires_at = expires_at - :by WHERE id = :id")
    async with studio.engine.begin() as connection:
        await connection.execute(statement, {"by": by, "id": upload_id})


async def use(studio: Studio, upload: UploadView) -> UUID:
    """Let a generation that waits be made from an upload."""
    generation = await studio.request()
    async with studio.uow() as work:
        source = GenerationSource(
            generation_id=generation.id,
            position=0,
            upload_id=upload.id,
            storage_key="x",
            content_type="image/png",
            width_px=64,
            height_px=64,
        )
        work.sources.add(source)
        await work.commit()
    return generation.id


def files_of(studio: Studio) -> Sequence[Path]:
    folder = studio.settings.data_dir / "objects" / "users" / str(studio.actor.user_id) / "uploads"
    return [path for path in folder.rglob("*") if path.is_file()]


async def is_known(studio: Studio, upload_id: UUID) -> bool:
    try:
        await studio.services.uploads.get(studio.actor, str(upload_id))
    except NotFoundError:
        return False
    return True


async def test_what_never_came_is_forgotten_a_day_after_its_form_has_expired(studio: Studio) -> None:
    late, later = await announced(studio), await sent(studio)
    await grow_old(studio, late, by=DAY + timedelta(hours=1) - MINUTE)
    await grow_old(studio, later, by=DAY + timedelta(hours=1) + MINUTE)
    await studio.services.uploads.tidy()
    assert (await is_known(studio, late), await is_known(studio, later)) == (True, False)
    assert files_of(studio) == []


async def test_a_picture_that_is_not_used_for_a_month_is_forgotten(studio: Studio) -> None:
    young, old = await ready(studio), await ready(studio)
    await grow_old(studio, young.id, by=30 * DAY - MINUTE)
    await grow_old(studio, old.id, by=30 * DAY + MINUTE)
    await studio.services.uploads.tidy()
    assert (await is_known(studio, young.id), await is_known(studio, old.id)) == (True, False)
    assert {path.parent.name for path in files_of(studio)} == {str(young.id)}


async def test_a_picture_that_a_waiting_generation_needs_is_kept_however_old(studio: Studio) -> None:
    upload = await ready(studio)
    generation_id = await use(studio, upload)
    await grow_old(studio, upload.id, by=300 * DAY)
    await studio.change(generation_id, created_at=datetime.now(UTC) - 200 * DAY)
    await studio.services.uploads.tidy()
    assert await is_known(studio, upload.id)
    with pytest.raises(ConflictError) as refused:
        await studio.services.uploads.delete(studio.actor, str(upload.id))
    assert refused.value.code == "upload_in_use"


async def test_the_last_use_counts(studio: Studio) -> None:
    lately, long_ago = await ready(studio), await ready(studio)
    for upload, ago in ((lately, 29 * DAY), (long_ago, 31 * DAY)):
        generation_id = await use(studio, upload)
        await studio.change(generation_id, status="cancelled", created_at=datetime.now(UTC) - ago)
        await grow_old(studio, upload.id, by=300 * DAY)
    await studio.services.uploads.tidy()
    assert (await is_known(studio, lately.id), await is_known(studio, long_ago.id)) == (True, False)


async def test_two_looks_at_the_same_file_come_to_the_same(studio: Studio) -> None:
    upload_id = str(await sent(studio))
    complete = studio.services.uploads.complete
    first, second = await asyncio.gather(complete(studio.actor, upload_id), complete(studio.actor, upload_id))
    assert (first.status, first.sha256) == (second.status, second.sha256) == ("ready", first.sha256)
    assert not [path for path in files_of(studio) if path.name == "incoming"]


async def test_a_look_that_broke_off_can_be_repeated(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    upload_id = str(await sent(studio))
    put = studio.services.storage.put

    async def away(key: str, data: bytes, *, content_type: str) -> None:
        raise StorageError("The store is away.")

    monkeypatch.setattr(studio.services.storage, "put", away)
    with pytest.raises(StorageError):
        await studio.services.uploads.complete(studio.actor, upload_id)
    monkeypatch.setattr(studio.services.storage, "put", put)
    assert (await studio.services.uploads.complete(studio.actor, upload_id)).status == "ready"


async def test_an_upload_that_is_deleted_while_it_is_looked_at_leaves_nothing_usable(studio: Studio) -> None:
    upload_id = await sent(studio)
    await studio.services.uploads.delete(studio.actor, str(upload_id))
    with pytest.raises(NotFoundError):
        await studio.services.uploads.complete(studio.actor, str(upload_id))
    assert files_of(studio) == []
