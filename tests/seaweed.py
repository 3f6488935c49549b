"""SeaweedFS: an S3 server in one process, the peer of ``S3Storage``."""

import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from tests.factories import free_port

ACCESS_KEY = "tests"
SECRET_KEY = "a secret of the tests"
REGION = "us-east-1"
PATIENCE_S = 60.0
_PORTS = ("master", "filer", "volume", "s3")
"""Each also listens on its number plus 10000 for gRPC."""


@dataclass(frozen=True, slots=True)
class Bucket:
    endpoint_url: str
    name: str


@contextmanager
def s3_bucket() -> Generator[Bucket]:
    """Run a server on the loopback interface with one bucket; everything is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="seaweed-") as directory:
        ports = {name: _port_with_grpc() for name in _PORTS}
        process = _start(Path(directory), ports)
        try:
            bucket = Bucket(f"http://127.0.0.1:{ports['s3']}", "pictures")
            _create(bucket, process)
            yield bucket
        finally:
            process.kill()
            process.wait()


def _start(directory: Path, ports: dict[str, int]) -> subprocess.Popen[bytes]:
    credentials = [{"accessKey": ACCESS_KEY, "secretKey": SECRET_KEY}]
    identity = {"name": "tests", "credentials": credentials, "actions": ["Admin", "Read", "List", "Tagging", "Write"]}
    config = directory / "s3.json"
    config.write_text(json.dumps({"identities": [identity]}))
    program = shutil.which("weed", path=str(Path(sys.executable).parent)) or "weed"
    options = [f"-dir={directory}", f"-s3.config={config}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1"]
    options += [f"-{name}.port={port}" for name, port in ports.items()]
    options += ["-admin.ui=false", "-webdav=false", "-master.telemetry=false"]
    with (directory / "log").open("wb") as log:
        return subprocess.Popen([program, "mini", *options], stdout=log, stderr=log)


def _create(bucket: Bucket, process: subprocess.Popen[bytes]) -> None:
    """Create the bucket, as soon as the server is able to."""
    client: Any = boto3.client(
        "s3",
        endpoint_url=bucket.endpoint_url,
        region_name=REGION,
        aws_access_key_id=ACCESS_KEY,
        aws_secret_access_key=SECRET_KEY,
        config=Config(retries={"max_attempts": 0}, connect_timeout=2, read_timeout=5),
    )
    give_up_at = time.monotonic() + PATIENCE_S
    while True:
        assert process.poll() is None, "the S3 server ended instead of starting"
        assert time.monotonic() < give_up_at, "the S3 server did not start"
        with suppress(BotoCoreError, ClientError):
            client.create_bucket(Bucket=bucket.name)
            client.put_object(Bucket=bucket.name, Key="ready", Body=b"")
            return
        time.sleep(0.05)


def _port_with_grpc() -> int:
    while True:
        port = free_port()
        if port + 10_000 < 65_536:
            return port
