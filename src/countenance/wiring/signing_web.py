"""One page on which one person signs in a browser, at the agency's desk or on its network. Plain HTTP, no script.

It answers under one unguessable path, keeps nothing in its logs (there are none), and ends with the signature, the
refusal, or the time. Requests are read in threads; the books are written by the thread that runs `serve`.
"""

import contextlib
import hmac
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from time import monotonic
from typing import Any
from urllib.parse import parse_qs

from countenance.errors import ConfigError, CountenanceError, DeniedError
from countenance.wiring.signing import Signed
from countenance.wiring.signing_page import content_policy, done_page, form_of, with_form

MOST_BODY_BYTES = 4096
MOST_AT_ONCE = 16
_WAIT_S = 10
_HEADERS = {
    "Content-Security-Policy": f"{content_policy()}; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_LOOPBACK = ("127.0.0.1", "localhost")
_UNTICKED = "Tick the box if you agree; if you do not, use the other button, or close the page."


@dataclass(frozen=True, slots=True)
class _Answer:
    status: HTTPStatus
    body: bytes
    last: bool = False
    """Whether nothing comes after it."""


@dataclass(slots=True)
class _Said:
    """What was sent with the form, and how it was answered."""

    name: str
    agrees: bool
    ticked: bool
    """The box that says that they read the page."""
    answer: _Answer | None = None
    answered: threading.Event = field(default_factory=threading.Event)
    sent: threading.Event = field(default_factory=threading.Event)


class SigningDesk:
    """The page of one invitation."""

    def __init__(
        self, page: bytes, *, sign: Callable[[str], Signed], host: str, port: int, path: str, once: str, pictures: bool
    ) -> None:
        """Bind the address.

        Args:
            page: the page that was fixed by the invitation.
            sign: signs with the name that was typed.
            host: an address of this machine.
            port: 0 for any.
            path: the unguessable path.
            once: what the form carries, so that only a page that was read here can send it.
            pictures: whether the page shows pictures.

        Raises:
            ConfigError: the address cannot be had, or is every address of this machine.
        """
        if host in ("", "0.0.0.0", "::"):  # noqa: S104 - refused
            raise ConfigError("the page is not put on every address of this machine", hint="name one with --host")
        self._page, self._sign, self._once, self._pictures = page, sign, once, pictures
        self.path = f"/{path}/"
        self.inbox: queue.Queue[_Said] = queue.Queue(maxsize=MOST_AT_ONCE)
        try:
            self._server = _Server((host, port), self)
        except OSError as error:
            raise ConfigError("the page cannot be put on that address", hint="see --host and --port") from error
        port = self._server.server_address[1]
        self.hosts = {f"{one}:{port}" for one in ({host, *_LOOPBACK} if host in _LOOPBACK else {host})}
        self.url = f"http://{host}:{port}{self.path}"

    def serve(self, *, seconds: float) -> tuple[Signed, bool]:
        """Wait for the signature. With it: whether the last page, with the key to withdraw, arrived.

        Raises:
            DeniedError: the person does not agree, the time is over, or it may not be signed any more.
        """
        until = monotonic() + seconds
        thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.2}, daemon=True)
        thread.start()
        try:
            while (left := until - monotonic()) > 0:
                with contextlib.suppress(queue.Empty):
                    found = self._answer(self.inbox.get(timeout=left))
                    if found is not None:
                        return found
            raise DeniedError("refused: nothing was signed in the time that was given [signing-time-over]")
        finally:
            self._server.shutdown()
            self._server.server_close()

    def form_page(self, *, name: str = "", problem: str = "") -> bytes:
        """The page with the form on it."""
        form = form_of(action=self.path, once=self._once, name=name, problem=problem, pictures=self._pictures)
        return with_form(self._page, form)

    def knows(self, once: str) -> bool:
        """Whether a form was read here."""
        return hmac.compare_digest(once.encode(), self._once.encode())

    def _answer(self, said: _Said) -> tuple[Signed, bool] | None:
        """Sign, or say what is missing; None where the page stays."""
        try:
            if not said.agrees:
                lines = ["Nothing was signed, and nothing was kept of it. You can close the page."]
                self._send(said, _Answer(HTTPStatus.OK, done_page("You did not agree", lines), last=True))
                raise DeniedError("refused: the person does not agree [not-agreed]", hint="nothing was signed")
            signed = self._sign(said.name)
        except ConfigError as error:
            problem = f"{error.message}{f': {error.hint}' if error.hint else ''}".capitalize()
            page = self.form_page(name=said.name, problem=problem)
            self._send(said, _Answer(HTTPStatus.UNPROCESSABLE_ENTITY, page))
            return None
        except CountenanceError as error:
            if not said.answered.is_set():
                self._send(said, _Answer(HTTPStatus.CONFLICT, done_page("Not signed", [error.message]), last=True))
            raise
        lines = [f"Signed at {signed.signing.at} (UTC). The release is {signed.release.id}."]
        page = done_page("Signed. Thank you", lines, key=signed.withdrawal)
        return signed, self._send(said, _Answer(HTTPStatus.OK, page, last=True))

    @staticmethod
    def _send(said: _Said, answer: _Answer) -> bool:
        said.answer = answer
        said.answered.set()
        return said.sent.wait(_WAIT_S)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = MOST_AT_ONCE

    def __init__(self, address: tuple[str, int], desk: SigningDesk) -> None:
        self.desk = desk
        self._room = threading.BoundedSemaphore(MOST_AT_ONCE)
        super().__init__(address, _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        """No more at once than there is room for."""
        if self._room.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """As `ThreadingHTTPServer`, and make room again."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._room.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A connection that broke is nobody's business."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    timeout = _WAIT_S
    server_version = "countenance"
    sys_version = ""

    def do_GET(self) -> None:
        """The page."""
        if self._is_ours():
            self._write(_Answer(HTTPStatus.OK, self.server.desk.form_page()))
        else:
            self._write(_NOT_HERE)

    do_HEAD = do_GET  # noqa: N815 - as http.server calls it

    def do_POST(self) -> None:
        """The form."""
        said, desk = self._form(), self.server.desk
        if said is None:
            self._write(_NOT_HERE)
        elif said.agrees and not (said.name and said.ticked):
            problem = _UNTICKED if said.name else "Type your name."
            self._write(_Answer(HTTPStatus.UNPROCESSABLE_ENTITY, desk.form_page(name=said.name, problem=problem)))
        else:
            self._ask(said)

    def _ask(self, said: _Said) -> None:
        try:
            self.server.desk.inbox.put_nowait(said)
        except queue.Full:
            self._write(_NOT_HERE)
            return
        if said.answered.wait(_WAIT_S * 6) and said.answer is not None:
            self._write(said.answer)
            said.sent.set()

    def _form(self) -> _Said | None:
        """What was sent, if it came from a page that was read here."""
        length = self.headers.get("Content-Length", "")
        origin = self.headers.get("Origin", "null")
        kind = self.headers.get_content_type()
        known = self._is_ours() and origin in ("null", f"http://{self.headers.get('Host')}")
        if not known or kind != "application/x-www-form-urlencoded" or not length.isdecimal():
            return None
        if len(length) > len(str(MOST_BODY_BYTES)) or int(length) > MOST_BODY_BYTES:
            return None
        try:
            sent = parse_qs(self.rfile.read(int(length)).decode(), max_num_fields=8, strict_parsing=True)
        except ValueError:
            return None
        first = {name: values[0] for name, values in sent.items()}
        if not self.server.desk.knows(first.get("once", "")) or first.get("answer") not in ("yes", "no"):
            return None
        return _Said(
            name=first.get("name", "").strip()[:200],
            agrees=first["answer"] == "yes",
            ticked=first.get("read") == "yes",
        )

    def _is_ours(self) -> bool:
        desk = self.server.desk
        same = hmac.compare_digest(self.path.encode(), desk.path.encode())
        return same and self.headers.get("Host", "") in desk.hosts

    def _write(self, answer: _Answer) -> None:
        self.send_response(answer.status)
        for name, value in _HEADERS.items():
            self.send_header(name, value)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)
            self.wfile.flush()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - as http.server calls it
        """Nothing: who asked for what is nobody's business, and the path is a secret."""


_NOT_HERE = _Answer(HTTPStatus.NOT_FOUND, done_page("There is nothing here", []))
