"""``synthlabel generate``: images from the shell, through the same services as everything else."""

import asyncio
import contextlib
import itertools
import os
import re
import signal
import threading
from contextlib import aclosing
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from synthlabel import launcher
from synthlabel.bootstrap import running
from synthlabel.commands.installation import database_url, is_working
from synthlabel.domain.account import Actor
from synthlabel.domain.generation import GenerationSpec
from synthlabel.domain.money import usd_label
from synthlabel.errors import ConfigurationError, SynthLabelError
from synthlabel.services.registry import Services
from synthlabel.services.views import GenerationView, ImageView
from synthlabel.settings import Settings

LOOK_AGAIN_S = 2.0


def generate_to_folder(settings: Settings, spec: GenerationSpec, folder: Path) -> int:
    """Make images and write them to a folder; return the exit code.

    Uses the running installation. Without one it starts database, sandbox, backend and worker for as long as it
    takes. Interrupted, the request goes on at the running installation: nothing that is paid for is lost.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigurationError(f"--out: cannot write to {folder} ({error.strerror})") from error
    if asyncio.run(is_working(settings)):
        return _make(settings, spec, folder)
    return _make_with_own_installation(settings, spec, folder)


def _make(settings: Settings, spec: GenerationSpec, folder: Path) -> int:
    address = database_url(settings)
    return asyncio.run(_generate(settings.model_copy(update={"database_url": address}), spec, folder))


def _make_with_own_installation(settings: Settings, spec: GenerationSpec, folder: Path) -> int:
    codes: list[int] = []

    def make_then_stop() -> None:
        try:
            codes.append(_make(settings, spec, folder))
        except SynthLabelError as error:
            Console(stderr=True).print(error.user_message)
            codes.append(1)
        finally:
            os.kill(os.getpid(), signal.SIGTERM)

    thread = threading.Thread(target=make_then_stop, name="generate")
    code = launcher.up(settings, with_frontend=False, on_ready=thread.start)
    if thread.ident is not None:
        thread.join()
    return codes[0] if codes else code or 1


async def _generate(settings: Settings, spec: GenerationSpec, folder: Path) -> int:
    console = Console(stderr=True)
    async with running(settings) as services:
        actor = await services.accounts.local_actor()
        quote = services.generations.estimate(spec)
        console.print(f"{quote.formula}  (price of {quote.priced_at})", highlight=False)
        view = await services.generations.request(actor, spec, origin="shell")
        view = await _follow(services, actor, view, console)
        for image in view.images:
            path = await _save(services, actor, image, folder)
            print(path)  # noqa: T201 - the files' names are this command's output
    return _report(view, console)


async def _follow(services: Services, actor: Actor, view: GenerationView, console: Console) -> GenerationView:
    listening = asyncio.create_task(services.changes.run())
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    try:
        with Progress(*columns, console=console) as progress:
            bar = progress.add_task("waiting", total=1.0)
            # Looked at also when there is no news: news may get lost, rows do not
            async with aclosing(services.changes.stream(actor.user_id, idle_s=LOOK_AGAIN_S)) as changes:
                async for _ in changes:
                    view = await services.generations.get(actor, str(view.id))
                    _show(progress, bar, view)
                    if view.finished or view.status == "unknown":
                        break
    finally:
        listening.cancel()
    return view


def _show(progress: Progress, bar: TaskID, view: GenerationView) -> None:
    words = str(view.status)
    if view.queue_position is not None:
        words += f", position {view.queue_position + 1}"
    elif view.phase:
        words += f", {view.phase}"
    progress.update(bar, description=words, completed=1.0 if view.finished else view.progress or 0.0)


async def _save(services: Services, actor: Actor, image: ImageView, folder: Path) -> Path:
    data = await services.gallery.read(actor, str(image.id))
    words = re.sub(r"[^a-z0-9]+", "-", image.prompt.lower()).strip("-")[:48].strip("-") or "image"
    suffix = image.content_type.rpartition("/")[2].replace("jpeg", "jpg")
    return await asyncio.to_thread(_write_new, folder, f"{words}-{image.seed}-{image.index}", suffix, data)


def _write_new(folder: Path, name: str, suffix: str, data: bytes) -> Path:
    """Write a file that was not there before: ``name-2`` if ``name`` is taken, and so on."""
    for number in itertools.count(1):
        path = folder / (f"{name}.{suffix}" if number == 1 else f"{name}-{number}.{suffix}")
        with contextlib.suppress(FileExistsError), path.open("xb") as file:
            file.write(data)
            return path
    raise AssertionError("counting never ends")


def _report(view: GenerationView, console: Console) -> int:
    if view.error is not None:
        console.print(f"{view.status}: {view.error.message}", style="red", highlight=False)
    if view.charged_micros is not None:
        console.print(f"{view.status}, {usd_label(view.charged_micros)}", highlight=False)
    return 0 if view.status == "done" else 1
