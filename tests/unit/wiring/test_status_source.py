"""Where a status list is read from: a file, or a site that the user named."""

import http.server
import threading

import pytest
from statuses import make_issuer

from countenance.errors import ConfigError, TooLargeError, UncheckedError
from countenance.wiring import status_source
from countenance.wiring.status_source import fetch, require_list


class Site(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/status.jwt":
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"a.b.c")
        elif self.path == "/elsewhere":
            self.send_response(302)
            self.send_header("Location", "file:///etc/hostname")
            self.end_headers()
        else:
            self.send_error(404)

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def site():
    try:
        server = http.server.HTTPServer(("127.0.0.1", 0), Site)
    except OSError:
        pytest.skip("this machine has no loopback")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_file(tmp_path):
    (tmp_path / "status.jwt").write_bytes(b"a.b.c")
    assert fetch(str(tmp_path / "status.jwt")) == b"a.b.c"


@pytest.mark.parametrize("name", ["none.jwt", ".", "file:///etc/hostname", "ftp://agency.example/status.jwt"])
def test_what_is_no_file(tmp_path, name, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigError, match="cannot be read"):
        fetch(name)


def test_a_site(site):
    assert fetch(f"{site}/status.jwt") == b"a.b.c"


@pytest.mark.parametrize("path", ["none", "elsewhere"])
def test_a_site_that_does_not_have_it_or_sends_us_to_our_own_files(site, path):
    with pytest.raises(UncheckedError, match="cannot be fetched"):
        fetch(f"{site}/{path}")


def test_no_site():
    with pytest.raises(UncheckedError, match="cannot be fetched"):
        fetch("http://127.0.0.1:1/status.jwt")
    with pytest.raises(UncheckedError, match="cannot be fetched"):
        fetch("http://[not an address/status.jwt")


def test_more_than_any_list(tmp_path, site, monkeypatch):
    monkeypatch.setattr(status_source, "_MAX_BYTES", 4)
    (tmp_path / "status.jwt").write_bytes(b"a.b.c")
    for source in (str(tmp_path / "status.jwt"), f"{site}/status.jwt"):
        with pytest.raises(TooLargeError):
            fetch(source)


def test_a_list_that_does_not_count_is_refused(tmp_path):
    ours, theirs = make_issuer(tmp_path / "a"), make_issuer(tmp_path / "b")
    require_list(ours.listed(), ours.root)
    for token, roots in ((b"hello", ours.root), (theirs.listed(), ours.root), (ours.listed(), "")):
        with pytest.raises(ConfigError, match="does not count") as refused:
            require_list(token, roots)
        assert "--trust" in refused.value.hint
