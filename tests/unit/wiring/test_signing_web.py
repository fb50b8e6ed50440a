"""The page on which a person signs in a browser: served on the loopback address, asked as a browser and as an attacker."""

import http.client
import re
import threading
from urllib.parse import urlencode, urlsplit

import pytest
from agency import EXAMPLES
from studio import fast_derivations, make_home

from countenance.errors import ConfigError, CountenanceError, DeniedError
from countenance.request.release_file import parse_release
from countenance.settings import Settings
from countenance.signing import open_invitation
from countenance.wiring.office import Office, Secrets
from countenance.wiring.signing import make_invitation, sign_release
from countenance.wiring.signing_web import MOST_BODY_BYTES, SigningDesk


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    with fast_derivations():
        made, operator = make_home(tmp_path_factory.mktemp("web") / "home")
        yield made, operator, made.ok("person", "add", "--alias", "Mia", "--adult", "--legal-name", "Mia Muster")["id"]


class Visit:
    """A desk that serves in a thread, and what came of it."""

    def __init__(self, home, seconds=30.0):
        made, operator_id, person_id = home
        settings = Settings.load(
            {"passphrase": made.organisation, "operator_passphrase": made.operator, "home": made.path}
        )
        self.office = Office(settings, Secrets(settings, ask=str))
        books = self.office.books
        at = self.office.clock.now()
        said = parse_release((EXAMPLES / "release.yaml").read_bytes(), at=at).draft(at=at)
        self.invited = make_invitation(
            self.office.pen(None), books.operator(operator_id), said, books.person(person_id), organisation="Studio",
            days=1, photos=(), settings=settings, room=lambda: None, draw=lambda cells: None,
        )  # fmt: skip
        invitation, actor = open_invitation(self.invited.token, books)
        pen = self.office.pen_for(actor)

        def sign(name):
            return sign_release(self.office, pen, invitation, name=name, page=self.invited.page, way="page")

        self.desk = SigningDesk(
            self.invited.page, sign=sign, host="127.0.0.1", port=0, path="p" * 32, once="o" * 32, pictures=False
        )
        self.host = urlsplit(self.desk.url).netloc
        self.came, self.failed = None, None
        self.thread = threading.Thread(target=self._serve, args=(seconds,))
        self.thread.start()

    def _serve(self, seconds):
        try:
            self.came = self.desk.serve(seconds=seconds)
        except CountenanceError as error:
            self.failed = error

    def ask(self, method="GET", path=None, body=None, **headers):
        connection = http.client.HTTPConnection(self.host, timeout=20)
        form = {"Content-Type": "application/x-www-form-urlencoded"} if body is not None else {}
        connection.request(method, path or self.desk.path, body, {**form, **headers})
        answer = connection.getresponse()
        answer.text = answer.read().decode()
        connection.close()
        return answer

    def send(self, once="o" * 32, **fields):
        return self.ask("POST", body=urlencode({"once": once, **fields}))

    def end(self):
        if self.thread.is_alive():
            self.send(answer="no")
        self.thread.join(20)
        self.office.books.close()


@pytest.fixture
def visit(home):
    made = Visit(home)
    yield made
    made.end()


def test_the_person_reads_and_signs(visit):
    read = visit.ask()
    assert read.status == 200
    assert "raised, lowered a little" in read.text
    assert "<form" in read.text
    assert "release sign" not in read.text
    (once,) = re.findall(r'name="once" value="([^"]+)"', read.text)
    done = visit.send(once=once, answer="yes", read="yes", name="Mia Muster")
    visit.thread.join(20)
    signed, arrived = visit.came
    assert (done.status, arrived) == (200, True)
    assert "cw1_" in done.text
    assert signed.release.id in done.text
    assert signed.signing.page_digest == visit.invited.invitation.page_digest
    assert signed.signing.way == "page"
    assert visit.office.books.release(signed.release.id).signatures[0].method == "e-signature"


def test_what_a_browser_is_told(visit):
    answer = visit.ask()
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "script" not in policy
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert visit.ask("HEAD").text == ""


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"read": "yes"}, "Type your name."),
        ({"read": "yes", "name": "  "}, "Type your name."),
        ({"name": "Mia Muster"}, "Tick the box"),
        ({"read": "yes", "name": "Somebody <b>Else</b>"}, "The name is not the one on file"),
    ],
)
def test_what_is_missing_is_said_on_the_page(visit, fields, said):
    answer = visit.send(answer="yes", **fields)
    assert answer.status == 422
    assert said in answer.text
    assert "<b>" not in answer.text
    assert visit.thread.is_alive()


@pytest.mark.parametrize(
    ("headers", "changes"),
    [
        ({}, {"path": "/"}),
        ({}, {"path": "/" + "q" * 32 + "/"}),
        ({"Host": "evil.example"}, {}),
        ({"Origin": "http://evil.example"}, {}),
        ({"Content-Type": "text/plain"}, {}),
        ({}, {"body": "once=wrong&answer=yes&read=yes&name=Mia+Muster"}),
        ({}, {"body": "once=" + "o" * 32 + "&answer=maybe&read=yes&name=Mia+Muster"}),
        ({}, {"body": "once=" + "o" * 32 + "&answer=yes&read=yes&name=" + "x" * MOST_BODY_BYTES}),
        ({}, {"body": "&" * 40}),
        ({"Content-Length": "-1"}, {}),
        ({"Content-Length": "9" * 40}, {}),
    ],
)
def test_what_comes_from_elsewhere_signs_nothing(visit, headers, changes):
    told = {"body": urlencode({"once": "o" * 32, "answer": "yes", "read": "yes", "name": "Mia Muster"}), **changes}
    assert visit.ask("POST", **told, **headers).status == 404
    assert visit.thread.is_alive()
    assert visit.office.books.signing_of(visit.invited.invitation.id) is None


def test_a_no_ends_it(visit):
    answer = visit.send(answer="no")
    visit.thread.join(20)
    assert "Nothing was signed" in answer.text
    assert isinstance(visit.failed, DeniedError)
    assert "not-agreed" in visit.failed.message


def test_the_time_ends_it(home):
    made = Visit(home, seconds=0.3)
    made.thread.join(20)
    assert "signing-time-over" in made.failed.message
    made.office.books.close()


def test_signed_elsewhere_meanwhile(visit):
    invitation, actor = open_invitation(visit.invited.token, visit.office.books)
    sign_release(
        visit.office, visit.office.pen_for(actor), invitation, name="Mia Muster", page=visit.invited.page,
        way="command-line",
    )  # fmt: skip
    answer = visit.send(answer="yes", read="yes", name="Mia Muster")
    visit.thread.join(20)
    assert answer.status == 409
    assert "signed-already" in answer.text
    assert "signed-already" in visit.failed.message


def test_nothing_is_written_on_the_terminal(visit, capfd):
    visit.ask()
    visit.ask("BREW")
    visit.send(answer="yes", read="yes")
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("host", ["0.0.0.0", "", "::"])  # noqa: S104 - refused
def test_not_on_every_address(home, host):
    with pytest.raises(ConfigError, match="every address"):
        SigningDesk(b"", sign=None, host=host, port=0, path="p", once="o", pictures=False)


def test_an_address_of_another_machine(home):
    with pytest.raises(ConfigError, match="cannot be put on that address"):
        SigningDesk(b"", sign=None, host="192.0.2.1", port=0, path="p", once="o", pictures=False)
