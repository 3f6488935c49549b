"""What happens when a handler fails in a way nobody foresaw: a log entry, and a message with the same number."""

import secrets

from reflex.event import EventSpec

from synthlabel.errors import SynthLabelError
from synthlabel.logs import get_logger
from synthlabel.ui.feedback import toast, toast_for

_log = get_logger(__name__)


def on_backend_error(exception: Exception) -> EventSpec:
    """Return the message for an error that left a handler. No detail of it reaches the page."""
    if isinstance(exception, SynthLabelError):
        return toast_for(exception)
    number = secrets.token_hex(4)
    _log.error("handler_failed", error_id=number, exc_info=exception)
    return toast(f"Something went wrong on our side. Error {number} is in the log.", "bad")


def on_frontend_error(exception: Exception) -> None:
    """Log what a browser reported: text from outside, so short and on one line."""
    _log.warning("page_failed", text=" ".join(str(exception).split())[:1000])
