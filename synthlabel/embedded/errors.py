"""The one error of the embedded server."""


class EmbeddedPostgresError(Exception):
    """The server cannot run here. The message is one line that says what to do."""
