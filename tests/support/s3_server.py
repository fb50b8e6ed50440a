"""A real server of the S3 protocol on this machine, and a wire to it that can be cut."""

import contextlib
import socket
import threading
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

BUCKET = "shelf"
_CHUNK = 4096


@dataclass(frozen=True)
class S3:
    """The server's address, and a client of it."""

    endpoint: str
    port: int
    client: Any

    def names(self, prefix: str = "") -> list[str]:
        """The objects in the bucket."""
        found = self.client.list_objects_v2(Bucket=BUCKET, Prefix=prefix).get("Contents", [])
        return [one["Key"] for one in found]

    def put(self, name: str, data: bytes) -> None:
        """What anybody with the rights may do to an object."""
        self.client.put_object(Bucket=BUCKET, Key=name, Body=data)

    def get(self, name: str) -> bytes:
        """An object's bytes."""
        return self.client.get_object(Bucket=BUCKET, Key=name)["Body"].read()


@contextlib.contextmanager
def running() -> Iterator[S3]:
    """A server with one empty bucket; the test is skipped where s3fs, moto, flask or flask-cors is not installed."""
    for package in ("s3fs", "flask", "flask_cors", "boto3"):
        pytest.importorskip(package, reason=f"{package} is not installed: no server of S3 can be started")
    server = pytest.importorskip("moto.server", reason="moto is not installed: no server of S3 can be started")
    import boto3  # noqa: PLC0415

    started = server.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    started.start()
    host, port = started.get_host_and_port()
    endpoint = f"http://{host}:{port}"
    # What it holds is one for the whole process, and may be of a server before.
    urllib.request.urlopen(f"{endpoint}/moto-api/reset", data=b"", timeout=5).close()  # noqa: S310
    client = boto3.client(
        "s3", endpoint_url=endpoint, aws_access_key_id="test", aws_secret_access_key="test", region_name="us-east-1"
    )
    client.create_bucket(Bucket=BUCKET)
    try:
        yield S3(endpoint, port, client)
    finally:
        client.close()
        started.stop()


def point_to(endpoint: str, patch: pytest.MonkeyPatch, *, key: str = "test", secret: str = "test") -> None:  # noqa: S107
    """What a user sets to reach a server; s3fs keeps connections by process, and is told to forget them."""
    import s3fs  # noqa: PLC0415

    patch.setenv("AWS_ENDPOINT_URL", endpoint)
    patch.setenv("AWS_ACCESS_KEY_ID", key)
    patch.setenv("AWS_SECRET_ACCESS_KEY", secret)
    patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    patch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    s3fs.S3FileSystem.clear_instance_cache()


@contextlib.contextmanager
def wire(port: int, cut_after: int) -> Iterator[str]:
    """An address that passes everything on to the server, until so many bytes went there: then it is cut for good."""
    left, listener = [cut_after], socket.create_server(("127.0.0.1", 0))
    open_ones: list[socket.socket] = []

    def serve() -> None:
        with contextlib.suppress(OSError):
            while left[0] > 0:
                near, _ = listener.accept()
                far = socket.create_connection(("127.0.0.1", port))
                open_ones.extend((near, far))
                threading.Thread(target=up, args=(near, far), daemon=True).start()
                threading.Thread(target=down, args=(far, near), daemon=True).start()

    def up(near: socket.socket, far: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := near.recv(_CHUNK):
                far.sendall(data[: left[0]])
                left[0] -= len(data)
                if left[0] <= 0:
                    close()
                    return

    def down(far: socket.socket, near: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := far.recv(_CHUNK):
                near.sendall(data)
        near.close()

    def close() -> None:
        listener.close()
        for one in open_ones:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        close()
