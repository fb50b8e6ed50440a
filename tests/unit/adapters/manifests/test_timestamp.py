"""Time-stamps: a real authority made of `openssl ts` behind a local port."""

import http.server
import shutil
import socket
import subprocess
import threading
from dataclasses import replace

import pytest

from countenance.adapters.manifests.c2pa import build_sealer
from countenance.errors import SealError

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")

CONFIG = """
[tsa]
dir = {folder}
serial = $dir/serial
crypto_device = builtin
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha384, sha512
accuracy = secs:1
ordering = no
tsa_name = no
ess_cert_id_chain = no
ess_cert_id_alg = sha256
[root]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign
subjectKeyIdentifier = hash
[leaf]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
"""


def openssl(folder, *arguments):
    subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture(scope="session")
def authority(tmp_path_factory):
    """Its URL and its root (PEM)."""
    folder = tmp_path_factory.mktemp("tsa")
    (folder / "tsa.cnf").write_text(CONFIG.format(folder=folder))
    (folder / "serial").write_text("01\n")
    for name in ("root", "leaf"):
        openssl(folder, "ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", f"{name}.key")
        openssl(folder, "req", "-new", "-key", f"{name}.key", "-subj", f"/O=Time/CN={name}", "-out", f"{name}.csr")
    common = ("-days", "30", "-extfile", "tsa.cnf", "-sha256")
    openssl(
        folder,
        "x509",
        "-req",
        "-in",
        "root.csr",
        "-signkey",
        "root.key",
        "-extensions",
        "root",
        *common,
        "-out",
        "root.pem",
    )
    issuer = ("-CA", "root.pem", "-CAkey", "root.key", "-set_serial", "7")
    openssl(folder, "x509", "-req", "-in", "leaf.csr", *issuer, "-extensions", "leaf", *common, "-out", "leaf.pem")

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            (folder / "query.tsq").write_bytes(self.rfile.read(int(self.headers["Content-Length"])))
            reply = (
                "ts",
                "-reply",
                "-config",
                "tsa.cnf",
                "-section",
                "tsa",
                "-queryfile",
                "query.tsq",
                "-out",
                "reply.tsr",
            )
            openssl(folder, *reply, "-signer", "leaf.pem", "-inkey", "leaf.key", "-chain", "root.pem")
            body = (folder / "reply.tsr").read_bytes()
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        socket.create_connection(server.server_address, timeout=5).close()
    except OSError:
        pytest.skip("this machine has no loopback interface")
    yield f"http://127.0.0.1:{server.server_port}", (folder / "root.pem").read_text()
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="session")
def stamped(studio, authority):
    sealer = build_sealer(studio.claim, studio.operator, authority[0])
    return sealer.seal(studio.encoded(), "image/jpeg", studio.draft, parent=studio.source, parent_type="image/jpeg")


def test_none_without_an_authority(studio, sealed, authority):
    knows = replace(studio, trust=replace(studio.trust, tsa_pem=authority[1]))
    assert knows.read(sealed.data).timestamp is None


def test_trusted_under_its_own_anchors_only(studio, stamped, authority):
    knows = replace(studio, trust=replace(studio.trust, tsa_pem=authority[1]))
    reading = knows.read(stamped.data)
    assert reading.timestamp == "trusted"
    assert reading.timestamp_at
    assert reading.failures == ()
    assert reading.claim_trusted
    assert reading.identity.trusted


def test_untrusted_otherwise(studio, stamped):
    assert studio.read(stamped.data).timestamp == "untrusted"
    wrong = replace(studio, trust=replace(studio.trust, tsa_pem=studio.keys.claim_root_pem))
    assert wrong.read(stamped.data).timestamp == "untrusted"


def test_broken(studio, stamped, authority):
    at = stamped.data.index(b"gsigTst2") + 300
    broken = bytearray(stamped.data)
    broken[at] ^= 0xFF
    knows = replace(studio, trust=replace(studio.trust, tsa_pem=authority[1]))
    assert knows.read(bytes(broken)).timestamp in {"malformed", "untrusted"}


def test_unreachable_authority(studio):
    sealer = build_sealer(studio.claim, studio.operator, "http://127.0.0.1:9")
    with pytest.raises(SealError, match="time-stamp authority"):
        sealer.seal(studio.encoded(), "image/jpeg", studio.draft, parent=studio.source, parent_type="image/jpeg")


def test_not_an_address(studio):
    sealer = build_sealer(studio.claim, studio.operator, "ftp://example")
    with pytest.raises(SealError):
        sealer.seal(studio.encoded(), "image/jpeg", studio.draft, parent=studio.source, parent_type="image/jpeg")
