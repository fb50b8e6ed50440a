"""Story 2 through the command line: a person withdraws with their own key, and everybody who asks learns it."""

import json
import shutil
import stat

import pytest
from agency import EXAMPLES, PORTRAIT, SECRETS, Agency


@pytest.fixture
def site(agency, tmp_path):
    """Where the agency puts its list for others."""
    agency.ok("consent", "status", "publish", "--out", tmp_path / "site")
    return tmp_path / "site" / "status.jwt"


@pytest.fixture
def client(agency, tmp_path):
    """Somebody without a home, who was given the root, the picture and the list."""
    folder = tmp_path / "client"
    folder.mkdir()
    shutil.copy(agency.home / "trust.pem", folder)
    shutil.copy(agency.folder / "published.jpg", folder)
    return Agency(home=folder / "none", folder=folder, secrets={})


def verified(client, token):
    answer = client.run(
        "verify", client.folder / "published.jpg", "--trust", client.folder / "trust.pem", "--status", token
    )
    status = next(one for one in answer.json["findings"] if one["check"] == "consent-status")
    return answer.code, answer.json["verdict"], status["result"], answer.json["consent"]["now"], status["detail"]


def test_a_person_withdraws_and_a_client_learns_it(agency, client, site, tmp_path):
    key = tmp_path / "key.txt"
    linked = agency.ok("consent", "link", agency.release, "--out", key)
    assert linked["file"] == str(key)
    assert "token" not in linked
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert verified(client, site)[:4] == (0, "trusted", "holds", "active")

    before = agency.ok("log", "check")["size"]
    answer = agency.run("consent", "withdraw", "--token-file", key, "--notices", tmp_path / "notices")
    assert answer.code == 0, answer.out
    told = answer.json
    assert (told["of"], told["by"]) == (agency.release, "person")
    published = json.loads((agency.folder / "published.jpg.json").read_text())
    listed = {one["edit_id"]: one for one in told["derivatives"]}
    one = listed[published["edit_id"]]
    assert len(listed) == 2
    assert (one["watermark_id"], one["manifest_id"]) == (published["watermark_id"], published["manifest_id"])
    assert one["path"].endswith("published.jpg")
    assert (one["purpose"], one["medium"], one["territory"]) == ("advertising", "web", "DE")
    names = {path.name for path in (tmp_path / "notices").iterdir()}
    assert names == {"notice-web-advertising-DE.txt", "derivatives.csv"}

    fresh = told["status_lists"][0]
    code, verdict, result, now, detail = verified(client, fresh)
    assert (code, verdict, result, now) == (0, "trusted", "absent", "withdrawn")
    assert "withdrawn, by the list of" in detail
    assert verified(client, site)[3] == "active"  # the list of before says of when it is
    assert agency.ok("log", "check")["size"] == before + 2

    refused = agency.edit(tmp_path / "more.jpg", "--smile", "0.2")
    assert refused.code == 3
    assert "release-withdrawn" in {reason["policy"] for reason in refused.json["reasons"]}
    assert not (tmp_path / "more.jpg").exists()


def test_a_key_serves_once_and_says_so(agency, tmp_path):
    key = tmp_path / "key.txt"
    other = agency.ok("release", "add", EXAMPLES / "release.yaml", "--person", agency.person, "--link", key)["id"]
    told = agency.ok("consent", "withdraw", agency.release)
    assert told["others_active"] == [other]
    assert agency.ok("consent", "withdraw", "--token-file", key)["others_active"] == []
    again = agency.run("consent", "withdraw", "--token-file", key)
    assert again.code == 2
    assert "a key serves once" in again.json["error"]
    assert "nothing more is to be done" in again.json["hint"]


def test_neither_list_nor_manifest_nor_leaf_names_anybody(agency, site):
    agency.ok("consent", "withdraw", agency.release, "--reason", "a private matter")
    token = (agency.home / "status" / "status.jwt").read_bytes()
    leaves = b"".join(path.read_bytes() for path in (agency.home / "log").rglob("*") if path.is_file())
    for secret in (agency.release, agency.person, "made-up", "a private matter"):
        for public in (site.read_bytes(), token, leaves, (agency.folder / "published.jpg").read_bytes()):
            assert secret.encode() not in public


def test_two_files_of_one_release_have_nothing_in_common_in_their_entries(agency):
    found = agency.ok("consent", "withdraw", agency.release)["derivatives"]
    assert len({one["status_index"] for one in found}) == len(found) == 2


def test_trace_from_every_end(agency):
    published = json.loads((agency.folder / "published.jpg.json").read_text())
    ends = (published["edit_id"], published["watermark_id"], published["manifest_id"], agency.folder / "published.jpg")
    for wanted in ends:
        told = agency.ok("trace", wanted)
        assert told["asked"] == {"kind": "edit", "id": published["edit_id"]}
        (release,) = told["persons"][0]["releases"]
        assert [[edit["edit_id"] for edit in title["edits"]] for title in release["titles"]] == [[published["edit_id"]]]
    for wanted in (agency.person, agency.release, PORTRAIT):
        told = agency.ok("trace", wanted)
        (release,) = told["persons"][0]["releases"]
        assert (release["id"], release["state"], len(release["titles"][0]["edits"])) == (agency.release, "active", 2)
    title = release["titles"][0]["id"]
    assert agency.ok("trace", title)["asked"] == {"kind": "title", "id": title}


def test_trace_for_people(agency):
    agency.ok("consent", "withdraw", agency.release)
    answer = agency.run("trace", agency.person, as_json=False)
    assert answer.code == 0
    assert all(word in answer.out for word in ("made-up", "withdrawn", "by the operator", "title", "edit", "watermark"))


@pytest.mark.parametrize(
    "wanted", ["edit_" + "0" * 32, "person_" + "0" * 32, "00000000f", "urn:c2pa:none", "no-such.jpg"]
)
def test_what_the_books_do_not_know(agency, wanted):
    assert agency.run("trace", wanted).code == 2


def test_a_picture_that_is_nowhere(agency, tmp_path):
    (tmp_path / "other.jpg").write_bytes(b"\xff\xd8\xff other")
    assert agency.run("trace", tmp_path / "other.jpg").code == 2


def test_a_key_may_be_handed_out_with_the_release(agency, tmp_path):
    key = tmp_path / "key.txt"
    made = agency.ok("release", "add", EXAMPLES / "release.yaml", "--person", agency.person, "--link", key)
    assert made["link"] == str(key)
    assert agency.ok("consent", "withdraw", made["id"], "--token-file", key)["by"] == "person"


def test_a_key_file_is_never_written_over(agency, tmp_path):
    (tmp_path / "key.txt").write_text("mine")
    assert agency.run("consent", "link", agency.release, "--out", tmp_path / "key.txt").code == 2
    assert (tmp_path / "key.txt").read_text() == "mine"
    assert agency.run("consent", "link", "release_" + "0" * 32, "--out", tmp_path / "new.txt").code == 2
    assert not (tmp_path / "new.txt").exists()


def test_what_does_not_go_together(agency, tmp_path):
    token = agency.ok("consent", "link", agency.release)["token"]
    (tmp_path / "key.txt").write_text(token)
    for words in (["--reason", "r"], ["--operator", agency.operator]):
        assert agency.run("consent", "withdraw", "--token-file", tmp_path / "key.txt", *words).code == 2
    assert agency.run("consent", "withdraw").code == 2
    assert agency.run("consent", "status", "publish", "--days", "0").code == 2


def test_the_person_needs_no_operator(agency, tmp_path):
    """Only the organisation's passphrase, with which the log is signed; the operator's is not at hand."""
    token = agency.ok("consent", "link", agency.release)["token"]
    (tmp_path / "key.txt").write_text(token)
    alone = Agency(home=agency.home, folder=agency.folder, secrets={"passphrase": SECRETS["passphrase"]})
    assert alone.ok("consent", "withdraw", "--token-file", tmp_path / "key.txt")["by"] == "person"


def test_a_list_that_cannot_be_written_does_not_stop_a_withdrawal(agency):
    (agency.home / "status").write_text("in the way")
    answer = agency.run("consent", "withdraw", agency.release)
    assert (answer.code, answer.json["status_lists"]) == (0, [])


def test_a_list_that_is_not_there(agency):
    picture = agency.folder / "published.jpg"
    assert agency.run("verify", picture, "--status", "no-such.jwt").code == 2
    assert agency.run("verify", picture, "--status", "http://127.0.0.1:1/status.jwt").code == 5
