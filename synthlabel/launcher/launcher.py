"""Keeps the parts of the product alive, in one thread."""

import selectors
import signal
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType

from synthlabel.launcher.part import Part, PartError
from synthlabel.launcher.screen import Screen

FIRST_DELAY_S = 0.5
LONGEST_DELAY_S = 10.0
FORGIVEN_AFTER_S = 30.0
TRIES_BEFORE_READY = 4
CONFIGURATION_EXIT = 78
_TURN_S = 0.1
_WORTH_SAYING_AFTER_S = 3.0


class StartFailedError(Exception):
    """The product did not come up. The message is one line for a person; ``exit_code`` is the program's."""

    def __init__(self, message: str, *, exit_code: int = 1) -> None:
        super().__init__(message)
        self.exit_code = exit_code


@dataclass(slots=True)
class _Slot:
    """A part and how it has fared."""

    part: Part
    running: bool = False
    ready: bool = False
    was_ready: bool = False
    failures: int = 0
    started_at: float = 0.0
    restart_at: float | None = None
    reported: bool = False

    @property
    def age_s(self) -> float:
        return time.monotonic() - self.started_at


class Launcher:
    """Starts parts as soon as they may, restarts those that die, stops them in reverse order.

    The first SIGINT or SIGTERM stops everything in order, the second kills at once. ``run`` must be called from the
    main thread: signal handlers and the kernel's parent-death signal belong to it.
    """

    def __init__(self, parts: Sequence[Part], *, screen: Screen) -> None:
        self._slots = [_Slot(part) for part in parts]
        self._screen = screen
        self._selector = selectors.DefaultSelector()
        self._stop_signals = 0

    def run(self, *, on_ready: Callable[[], None] | None = None) -> int:
        """Run until a signal comes. Return the exit code: 0 after a signal, else why the start failed."""
        with self._signals():
            try:
                self._start_all()
                if on_ready is not None and not self._stop_signals:
                    on_ready()
                while not self._stop_signals:
                    self._turn()
            except StartFailedError as error:
                self._screen.trouble(str(error))
                return error.exit_code
            finally:
                self._stop_all()
        return 0

    @contextmanager
    def _signals(self) -> Generator[None]:
        numbers = (signal.SIGINT, signal.SIGTERM)
        before = [signal.signal(number, self._on_signal) for number in numbers]
        try:
            yield
        finally:
            for number, handler in zip(numbers, before, strict=True):
                signal.signal(number, handler)

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self._stop_signals += 1

    def _start_all(self) -> None:
        """Start each part as soon as what it needs is ready; return when all that is awaited is."""
        waiting = list(self._slots)
        while not self._stop_signals and (waiting or not all(slot.ready for slot in self._slots if slot.part.awaited)):
            for slot in [slot for slot in waiting if self._may_start(slot)]:
                waiting.remove(slot)
                self._start(slot)
            self._turn()
            self._report_slow()

    def _may_start(self, slot: _Slot) -> bool:
        earlier = self._slots[: self._slots.index(slot)]
        needs = slot.part.needs
        return all(
            other.ready for other in earlier if (other.part.awaited if needs is None else other.part.name in needs)
        )

    def _report_slow(self) -> None:
        for slot in self._slots:
            if slot.running and not (slot.ready or slot.reported) and slot.age_s > _WORTH_SAYING_AFTER_S:
                slot.reported = True
                self._screen.waiting(slot.part.name, "still starting")

    def _turn(self) -> None:
        """Wait a moment for output, then look after every part."""
        self._read_output(_TURN_S)
        for slot in self._slots:
            if slot.restart_at is not None and time.monotonic() >= slot.restart_at:
                self._start(slot)
            elif slot.running:
                self._look_after(slot)

    def _read_output(self, timeout_s: float) -> None:
        if not self._selector.get_map():
            time.sleep(timeout_s)  # select() without descriptors returns at once on some platforms
        for key, _ in self._selector.select(timeout_s):
            if not key.data.pump():
                self._selector.unregister(key.fd)

    def _start(self, slot: _Slot) -> None:
        slot.restart_at = None
        slot.ready = False
        slot.started_at = time.monotonic()
        try:
            slot.part.start()
        except PartError as error:
            self._failed(slot, str(error))
            return
        slot.running = True
        descriptor = slot.part.output()
        if descriptor is not None:
            self._selector.register(descriptor, selectors.EVENT_READ, slot.part)

    def _look_after(self, slot: _Slot) -> None:
        code = slot.part.poll()
        if code is not None:
            self._ended(slot, code)
        elif not slot.ready:
            try:
                if slot.part.is_ready():
                    self._became_ready(slot)
            except PartError as error:
                self._clean_up(slot)
                self._failed(slot, str(error))

    def _became_ready(self, slot: _Slot) -> None:
        slot.ready = slot.was_ready = True
        self._screen.ready(slot.part.name, seconds=time.monotonic() - slot.started_at)

    def _ended(self, slot: _Slot, code: int) -> None:
        self._clean_up(slot)
        name = slot.part.name
        if slot.part.once and code == 0:
            self._became_ready(slot)
            return
        for line in slot.part.tail():
            self._screen.quote(name, line)
        final = slot.part.once or (code == CONFIGURATION_EXIT and not slot.was_ready)
        if final:
            raise StartFailedError(f"{name} failed ({_describe(code)}).", exit_code=code if code > 0 else 1)
        self._plan_restart(slot, f"{name} ended ({_describe(code)})")

    def _failed(self, slot: _Slot, message: str) -> None:
        if not slot.was_ready:
            raise StartFailedError(message)
        self._plan_restart(slot, message)

    def _plan_restart(self, slot: _Slot, what: str) -> None:
        now = time.monotonic()
        if now - slot.started_at > FORGIVEN_AFTER_S:
            slot.failures = 0
        delay = min(LONGEST_DELAY_S, FIRST_DELAY_S * 2**slot.failures)
        slot.failures += 1
        if slot.part.awaited and not slot.was_ready and slot.failures >= TRIES_BEFORE_READY:
            raise StartFailedError(f"{what}, {slot.failures} times in a row.")
        slot.restart_at = now + delay
        self._screen.trouble(f"{what}: starting it again in {delay:g} s")

    def _clean_up(self, slot: _Slot) -> None:
        """Leave nothing of a part that ended: a grandchild might keep its port."""
        slot.part.kill()
        descriptor = slot.part.output()
        if descriptor is not None and descriptor in self._selector.get_map():
            self._selector.unregister(descriptor)
        slot.part.close()
        slot.running = slot.ready = False

    def _stop_all(self) -> None:
        for slot in reversed(self._slots):
            if slot.running:
                self._stop(slot)

    def _stop(self, slot: _Slot) -> None:
        slot.part.request_stop()
        deadline = time.monotonic() + slot.part.grace_s
        while slot.part.poll() is None:
            if time.monotonic() > deadline or self._stop_signals > 1:
                slot.part.kill()
            self._read_output(_TURN_S)
        self._clean_up(slot)


def _describe(code: int) -> str:
    if code >= 0:
        return f"exit code {code}"
    try:
        return f"killed by {signal.Signals(-code).name}"
    except ValueError:
        return f"killed by signal {-code}"
