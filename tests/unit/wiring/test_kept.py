"""What is kept of a face: encrypted, only for its edit, and gone when the release is."""

import stat
from dataclasses import dataclass, field

import pytest

from countenance.adapters.signers.file import KeyStore
from countenance.core.records.consent import Revocation
from countenance.errors import ConfigError, StoreError
from countenance.testing.worlds import AT, a_world, an_id
from countenance.wiring.kept import KeptReadings

EDIT, OTHER = an_id("edit"), an_id("edit", 2)
PACKED = b"landmarks, bit for bit"
RELEASE = a_world().evidence.releases[0]
KEEPS = RELEASE.model_copy(update={"grant": RELEASE.grant.model_copy(update={"keep_landmarks": True})})


@dataclass(frozen=True)
class Published:
    release_id: str = RELEASE.id


@dataclass
class Books:
    """As far as a sweep asks."""

    its_release: object = KEEPS
    ends: tuple = ()
    published: dict = field(default_factory=lambda: {EDIT: Published()})

    def publication(self, edit_id):
        return self.published.get(edit_id)

    def release(self, release_id):
        return self.its_release

    def revocations(self, of_id):
        return self.ends


def kept_in(folder, words="the agency's"):
    return KeptReadings(folder, KeyStore(folder / "keys"), lambda: words)


def test_a_reading_comes_back_and_is_not_readable_on_disk(tmp_path):
    kept = kept_in(tmp_path)
    kept.keep(EDIT, PACKED)
    assert kept.open(EDIT) == PACKED
    (file,) = (tmp_path / "kept").iterdir()
    assert PACKED not in file.read_bytes()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_nothing_is_kept_where_there_is_nothing(tmp_path):
    kept = kept_in(tmp_path)
    kept.keep(EDIT, None)
    assert not (tmp_path / "kept").exists()
    assert kept.open(EDIT) is None


def test_a_wrong_passphrase_opens_nothing(tmp_path):
    kept_in(tmp_path).keep(EDIT, PACKED)
    with pytest.raises(ConfigError, match="wrong passphrase for the kept landmarks"):
        kept_in(tmp_path, "another").open(EDIT)


def test_one_edit_does_not_open_anothers(tmp_path):
    kept = kept_in(tmp_path)
    kept.keep(EDIT, PACKED)
    folder = tmp_path / "kept"
    (folder / f"{EDIT}.reading").rename(folder / f"{OTHER}.reading")
    with pytest.raises(StoreError):
        kept.open(OTHER)


@pytest.mark.parametrize(
    "books",
    [
        Books(its_release=None),
        Books(its_release=RELEASE),
        Books(its_release=KEEPS.model_copy(update={"grant": KEEPS.grant.model_copy(update={"valid_until": AT})})),
        Books(ends=(Revocation(id=an_id("revocation"), of_id=RELEASE.id, at=AT),)),
        Books(published={}),
    ],
    ids=["erased", "never allowed", "ended", "withdrawn", "never published"],
)
def test_a_reading_does_not_outlive_its_release(tmp_path, books):
    kept = kept_in(tmp_path)
    kept.keep(EDIT, PACKED)
    assert kept.sweep(books, AT) == 1
    assert kept.open(EDIT) is None


def test_a_sweep_leaves_what_may_stay(tmp_path):
    kept = kept_in(tmp_path)
    kept.keep(EDIT, PACKED)
    (tmp_path / "kept" / f".{OTHER}.new").write_bytes(b"a crash left this")
    assert kept.sweep(Books(), AT) == 1
    assert kept.open(EDIT) == PACKED
    assert kept_in(tmp_path / "nowhere").sweep(Books(), AT) == 0
