"""Refusing to start on ports that somebody else has."""

import contextlib
import errno
import socket
from collections.abc import Iterable
from pathlib import Path

from synthlabel.errors import ConfigurationError

_LISTEN = "0A"  # TCP_LISTEN in /proc/net/tcp, see proc_net(5)


def require_free(host: str, ports: Iterable[tuple[int, str]]) -> None:
    """Raises ConfigurationError for the first busy port; pairs of a port and the variable that sets it.

    Also for a host at which this machine cannot listen.
    """
    for port, variable in ports:
        reason = _why_not(host, port)
        if reason is not None:
            raise ConfigurationError(f"Port {port} {reason}: free it, or set {variable} to another port.")


def _why_not(host: str, port: int) -> str | None:
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        socket.create_server(address[:2], family=family).close()
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            return f"is in use{_by_whom(port)}"
        if error.errno != errno.EACCES:  # not the port's fault
            raise ConfigurationError(f"SYNTHLABEL_HOST: cannot listen on {host} ({error.strerror}).") from error
        return f"cannot be opened on {host} ({error.strerror})"
    return None


def _by_whom(port: int) -> str:
    """Return `` by <program> (process <pid>)`` if the system tells us (Linux, our own processes or root)."""
    inodes = {f"socket:[{inode}]" for inode in _listening_inodes(port)}
    for process in Path("/proc").glob("[0-9]*") if inodes else ():
        if inodes & _open_files(process):
            with contextlib.suppress(OSError):
                return f" by {(process / 'comm').read_text().strip()} (process {process.name})"
    return ""


def _open_files(process: Path) -> set[str]:
    found: set[str] = set()
    with contextlib.suppress(OSError):  # not ours to see, or gone meanwhile
        for link in (process / "fd").iterdir():
            with contextlib.suppress(OSError):  # just closed
                found.add(str(link.readlink()))
    return found


def _listening_inodes(port: int) -> set[str]:
    found: set[str] = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        with contextlib.suppress(OSError):
            for line in Path(table).read_text().splitlines()[1:]:
                columns = line.split()
                if columns[3] == _LISTEN and int(columns[1].rpartition(":")[2], 16) == port:
                    found.add(columns[9])
    return found
