"""An append-only file of JSON lines: what it has said yes to, it still knows after a crash."""

import asyncio
import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TextIO

Record = dict[str, Any]


class Journal:
    """Appends of one moment share an fsync. One event loop, one process."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: TextIO | None = None
        self._pending: list[tuple[str, asyncio.Future[None]]] = []
        self._writer: asyncio.Task[None] | None = None
        self.length = 0

    def read(self) -> list[Record]:
        """Return the records in order, without a last line that a crash cut short: it was never acknowledged."""
        if not self._path.exists():
            return []
        lines = self._path.read_bytes().split(b"\n")
        return [json.loads(line) for line in lines[:-1] if line]

    def rewrite(self, records: Iterable[Record]) -> None:
        """Replace the file by ``records``, all or nothing. Only while no append is under way."""
        if self._file is not None:
            self._file.close()
        draft = self._path.with_suffix(".draft")
        with draft.open("w", encoding="utf-8") as file:
            lines = [_line(record) for record in records]
            file.writelines(lines)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self._path)
        _fsync_directory(self._path.parent)
        self._file = self._path.open("a", encoding="utf-8")
        self.length = len(lines)

    async def append(self, record: Record) -> None:
        """Return once ``record`` is on disk. Raises OSError if it cannot be written."""
        written: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._pending.append((_line(record), written))
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write_pending())
        await written

    async def settle(self) -> None:
        """Wait until nothing is being written and everyone whose record was written has gone on."""
        while True:
            await asyncio.sleep(0)
            if self._writer is None or self._writer.done():
                return
            await self._writer

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    async def _write_pending(self) -> None:
        while self._pending:
            batch, self._pending = self._pending, []
            try:
                await asyncio.to_thread(self._write, "".join(line for line, _ in batch))
            except OSError as error:
                for _, written in batch:
                    written.set_exception(error)
                continue
            self.length += len(batch)
            for _, written in batch:
                if not written.done():
                    written.set_result(None)

    def _write(self, text: str) -> None:
        assert self._file is not None, "rewrite() opens the journal"  # noqa: S101
        self._file.write(text)
        self._file.flush()
        os.fsync(self._file.fileno())


def _line(record: Record) -> str:
    return json.dumps(record, separators=(",", ":")) + "\n"


def _fsync_directory(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
