"""A private PostgreSQL server for the time that one process lives. Imports nothing else of the product."""

from synthlabel.embedded.errors import EmbeddedPostgresError
from synthlabel.embedded.postgres import EmbeddedPostgres, find_running

__all__ = ["EmbeddedPostgres", "EmbeddedPostgresError", "find_running"]
