"""The trash: from where what was thrown away can be brought back for a while."""

from datetime import timedelta

KEPT_IN_TRASH = timedelta(days=30)
