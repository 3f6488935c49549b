"""Runs the product's processes as one foreground program."""

from synthlabel.launcher.child import Child, ChildProcess, answers
from synthlabel.launcher.frontend import FrontendBuildError, ensure_frontend, serve_frontend
from synthlabel.launcher.guardian import Guardian
from synthlabel.launcher.launcher import Launcher
from synthlabel.launcher.up import up

__all__ = [
    "Child",
    "ChildProcess",
    "FrontendBuildError",
    "Guardian",
    "Launcher",
    "answers",
    "ensure_frontend",
    "serve_frontend",
    "up",
]
