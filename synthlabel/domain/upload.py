"""Files that browsers send straight to storage."""

from enum import StrEnum


class Purpose(StrEnum):
    SOURCE = "source"
    TRAINING = "training"


class UploadStatus(StrEnum):
    WAITING = "waiting"  # announced: the browser may send the file
    READY = "ready"  # looked at: a proper picture
    REFUSED = "refused"  # looked at: not what was announced; its file is gone
