"""The command line: ``synthlabel up | backend | frontend | worker | migrate | sandbox | generate | doctor``."""

import asyncio
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from synthlabel.errors import ConfigurationError, SynthLabelError
from synthlabel.settings import Settings

CONFIGURATION_EXIT = 78
"""EX_CONFIG of sysexits.h: a setting is wrong."""

app = typer.Typer(
    help="SynthLabel: a self-hosted studio for generating, judging and keeping AI images.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.command()
def up(
    dev: Annotated[bool, typer.Option("--dev", help="Reload code as it changes.")] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Show what every process says.")] = False,
) -> None:
    """Start the whole product: database, sandbox, migrations, backend, worker and pages."""
    from synthlabel import launcher

    raise typer.Exit(launcher.up(_settings(), dev=dev, verbose=verbose))


@app.command()
def backend() -> None:
    """Run the web backend: the event server and the REST API."""
    from synthlabel.commands.backend import serve

    serve(_settings_with_database())


@app.command()
def frontend() -> None:
    """Serve the built pages."""
    from synthlabel.launcher import serve_frontend

    serve_frontend(_settings())


@app.command()
def worker() -> None:
    """Run a worker: it sends requests, follows them and brings images home. Any number may run."""
    from synthlabel.commands.worker import work

    asyncio.run(work(_settings_with_database()))


@app.command()
def migrate() -> None:
    """Bring the database to the newest schema."""
    from synthlabel.db.migrations import head_revision, upgrade

    upgrade(_settings_with_database().required_database_url)
    typer.echo(f"The database is at revision {head_revision()}.")


@app.command()
def sandbox() -> None:
    """Run the sandbox provider: it speaks the provider's protocol, draws pictures and bills nothing."""
    from synthlabel.sandbox.options import SandboxOptions
    from synthlabel.sandbox.server import serve

    settings = _settings()
    address = f"http://127.0.0.1:{settings.sandbox_port}"
    options = SandboxOptions(
        base_url=address, data_dir=settings.writable_folder("sandbox"), speed=settings.sandbox_speed
    )
    serve(options, host="127.0.0.1", port=settings.sandbox_port)


@app.command()
def generate(
    prompt: Annotated[str, typer.Argument(help="What the image should show.")],
    model: Annotated[str, typer.Option(help="A model of the catalogue.")] = "flux-schnell",
    count: Annotated[int, typer.Option(help="How many images.")] = 1,
    out: Annotated[Path, typer.Option(help="The folder for the files; it is made if needed.")] = Path(),
    width: Annotated[int | None, typer.Option(help="In pixels.")] = None,
    height: Annotated[int | None, typer.Option(help="In pixels.")] = None,
    seed: Annotated[int | None, typer.Option(help="The same seed gives the same image.")] = None,
    negative: Annotated[str, typer.Option(help="What the image should not show.")] = "",
) -> None:
    """Make images from the shell, with the running installation or by starting what it needs."""
    from synthlabel.commands.generate import generate_to_folder
    from synthlabel.domain.generation import GenerationSpec

    spec = GenerationSpec(
        prompt=prompt,
        model=model,
        count=count,
        width_px=width,
        height_px=height,
        seed=seed,
        negative_prompt=negative,
    )
    raise typer.Exit(generate_to_folder(_settings(), spec, out))


@app.command()
def doctor() -> None:
    """Test each part of the installation and say in words what is wrong."""
    from synthlabel.commands.doctor import examine

    raise typer.Exit(asyncio.run(examine(_settings())))


def _settings() -> Settings:
    from synthlabel.logs import configure_logging

    settings = Settings.load()
    configure_logging(level=settings.log_level, format=settings.log_format)
    return settings


def _settings_with_database() -> Settings:
    """Return the settings with the address of the embedded database, if it runs and none is set."""
    from synthlabel.commands.installation import database_url

    settings = _settings()
    return settings.model_copy(update={"database_url": database_url(settings)})


def _guarded(run: Callable[[], None]) -> None:
    """Turn an error for people into one clear line and the right exit code."""
    try:
        run()
    except ConfigurationError as error:
        typer.echo(error.user_message, err=True)
        sys.exit(CONFIGURATION_EXIT)
    except SynthLabelError as error:
        typer.echo(error.user_message, err=True)
        sys.exit(1)


def main() -> None:
    """Run the command line."""
    _guarded(app)


if __name__ == "__main__":
    main()
