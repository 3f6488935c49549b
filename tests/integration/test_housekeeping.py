"""What has had its time is thrown away, and nothing else."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from synthlabel.db.tables import Image
from synthlabel.errors import NotFoundError
from tests.factories import Studio

MONTH = timedelta(days=30)


async def trashed_image(studio: Studio, *, ago: timedelta) -> Image:
    view = await studio.finish(await studio.send())
    (image,) = await studio.images(view.id)
    await studio.services.gallery.delete(studio.actor, str(image.id))
    async with studio.uow() as work:
        row, _ = await work.images.get(studio.actor.user_id, image.id)
        row.trashed_at = datetime.now(UTC) - ago
        await work.commit()
    return image


def files_of(studio: Studio) -> list[Path]:
    return [path for path in (studio.settings.data_dir / "objects").rglob("*") if path.is_file()]


async def test_the_trash_is_emptied_after_a_month_files_included(studio: Studio) -> None:
    image = await trashed_image(studio, ago=MONTH + timedelta(minutes=1))
    assert len(files_of(studio)) == 1 + len(image.thumbnail_keys)
    for _ in range(2):  # safe to repeat
        await studio.services.housekeeping.tidy()
    assert files_of(studio) == []
    with pytest.raises(NotFoundError):
        await studio.services.gallery.get(studio.actor, str(image.id))
    assert (await studio.services.generations.get(studio.actor, str(image.generation_id))).status == "done"
    assert await studio.ledger(image.generation_id), "what was paid stays in the books"


async def test_until_then_an_image_can_be_brought_back(studio: Studio) -> None:
    image = await trashed_image(studio, ago=MONTH - timedelta(minutes=1))
    await studio.services.housekeeping.tidy()
    await studio.services.gallery.restore(studio.actor, str(image.id))
    assert await studio.services.gallery.read(studio.actor, str(image.id))


async def test_what_is_about_to_be_removed_cannot_be_brought_back_or_gain_time(studio: Studio) -> None:
    image = await trashed_image(studio, ago=MONTH + timedelta(minutes=1))
    with pytest.raises(NotFoundError):
        await studio.services.gallery.restore(studio.actor, str(image.id))
    await studio.services.gallery.delete(studio.actor, str(image.id))
    await studio.services.housekeeping.tidy()
    assert files_of(studio) == []


async def test_halves_of_files_go_after_a_day(studio: Studio) -> None:
    view = await studio.finish(await studio.send())
    folder = files_of(studio)[0].parent
    old, new = folder / ".writing-old", folder / ".writing-new"
    yesterday = (datetime.now(UTC) - timedelta(hours=25)).timestamp()
    for path in (old, new):
        path.write_bytes(b"half")
    os.utime(old, (yesterday, yesterday))
    await studio.services.housekeeping.tidy()
    assert (old.exists(), new.exists()) == (False, True)
    assert len(await studio.images(view.id)) == 1
