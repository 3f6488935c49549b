"""A child that does not outlive its parent."""

import ctypes
import os
import sys
from collections.abc import Callable
from signal import Signals

CAN_DIE_WITH_PARENT = sys.platform == "linux"
_PR_SET_PDEATHSIG = 1


def die_with_parent(signal: Signals) -> Callable[[], None]:
    """Return a ``preexec_fn``: the kernel sends ``signal`` to the child when the forking *thread* ends.

    Fork from the main thread therefore. The setting is lost on a change of credentials, so it has to come
    after one: ``Popen`` runs ``preexec_fn`` after ``user=``, ``group=`` and ``start_new_session=``.
    Linux only (prctl(2)); elsewhere the function does nothing.
    """
    if not CAN_DIE_WITH_PARENT:
        return _do_nothing
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    parent = os.getpid()

    def in_child() -> None:
        prctl(_PR_SET_PDEATHSIG, int(signal))
        if os.getppid() != parent:  # it died between fork and prctl: no signal will come
            os._exit(1)

    return in_child


def _do_nothing() -> None:
    pass
