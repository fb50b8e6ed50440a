"""Keys over time: listed, given another passphrase, rotated, lost. Each act is logged, and whole or not at all."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Literal

from countenance.core.records.consent import Operator, Revocation
from countenance.core.records.keys import KeyChange, KeyRole
from countenance.desk import find_operator, revoke_operator
from countenance.errors import ConfigError, StoreError
from countenance.toolkit.act import act, check_active
from countenance.toolkit.pen import Pen
from countenance.wiring.kept import KeptReadings
from countenance.wiring.office import Office

Rotated = Literal["claim", "operator", "log", "mark"]
_Act = Literal["rotation", "passphrase"]
_Prepare = Callable[[str, str], Any]
"""(id of the change, now) -> the change as it was written beside the keys."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A key as it is told of: never anything secret."""

    kind: str
    key_id: str
    created_at: str
    state: Literal["in use", "retired", "revoked"]
    ended_at: str | None
    expires_at: str | None
    operator: str | None


def listed(office: Office) -> list[Listed]:
    """Every key of the home, with what the books know of it."""
    books, organisation = office.books, office.organisation()
    changes = [
        change
        for of_id in (organisation.id, *(one.id for one in books.operators()))
        for change in books.key_changes(of_id)
        if change.act == "rotation"
    ]
    begun = {change.new_key_id: change.at for change in changes}
    ended = {change.old_key_id: change.at for change in changes}
    found = []
    for one in office.keys.listed():
        revoked = books.revocations(one.operator)[:1] if one.operator and one.state == "in use" else ()
        found.append(
            Listed(
                kind=one.kind,
                key_id=one.key_id,
                created_at=one.created_at or begun.get(one.key_id, organisation.created_at),
                state="revoked" if revoked else one.state,
                ended_at=revoked[0].at if revoked else ended.get(one.key_id),
                expires_at=one.expires_at,
                operator=one.operator,
            )
        )
    return found


def change_passphrase(office: Office, new: str, operator_id: str | None = None) -> KeyChange:
    """Give the organisation's keys another passphrase, with those of operators who share it; or an operator's own.

    Raises:
        ConfigError: a passphrase is wrong, empty, in use by another, or the old one.
        StoreError: the keys cannot be written.
    """
    if not new:
        raise ConfigError("the new passphrase is empty", hint="choose one, or set COUNTENANCE_NEW_PASSPHRASE")
    if operator_id is not None:
        return _change_operator_passphrase(office, new, operator_id)
    old = office.secrets.organisation
    change = _changed(
        office,
        "passphrase",
        "organisation",
        office.organisation().id,
        lambda change_id, _: office.keys.changes.organisation_passphrase(old, new, change_id),
    )
    _seal_readings_again(office, old, new)
    return change


def rotate(office: Office, role: Rotated, operator_id: str | None = None) -> KeyChange:
    """Put a new key in the place of one. What the old one signed still verifies; the old private key is gone.

    Raises:
        ConfigError: a wrong passphrase, or no such operator.
        DeniedError: the operator has been revoked.
        StoreError: the keys cannot be written.
    """
    changes, secrets = office.keys.changes, office.secrets
    operator = _active(office, operator_id) if role == "operator" else None
    own = "" if operator is None else office.operator_passphrase(operator)
    of_id = office.organisation().id if operator is None else operator.id
    prepare: dict[Rotated, _Prepare] = {
        "operator": lambda change_id, at: changes.operator(of_id, own, secrets.organisation, at, change_id),
        "claim": lambda change_id, at: changes.claim(secrets.organisation, at, change_id),
        "log": lambda change_id, _: changes.log(secrets.organisation, change_id),
        "mark": lambda change_id, at: changes.mark(at, change_id),
    }
    return _changed(office, "rotation", role, of_id, prepare[role])


def replace_lost(office: Office, operator_id: str, reason: str) -> tuple[Revocation, Operator]:
    """An operator whose key or passphrase is lost: their right to act ends, and they come back as a new operator.

    Raises:
        ConfigError: no such operator, revoked already, or a wrong passphrase of the organisation.
    """
    operator = find_operator(office.books, operator_id)
    _ = office.secrets.new_operator  # asked for before anything ends
    revocation = revoke_operator(office.organisation_pen(), operator_id=operator_id, reason=reason)
    office.write_log()
    return revocation, office.hire(name=operator.name, role=operator.role)


def _change_operator_passphrase(office: Office, new: str, operator_id: str) -> KeyChange:
    operator = _active(office, operator_id)
    old = office.operator_passphrase(operator)
    return _changed(
        office,
        "passphrase",
        "operator",
        operator.id,
        lambda change_id, _: office.keys.changes.operator_passphrase(operator.id, old, new, change_id),
    )


def _active(office: Office, operator_id: str | None) -> Operator:
    if operator_id is None:
        raise ConfigError("which operator?", hint="name one by id; `countenance operator list` shows them")
    operator = find_operator(office.books, operator_id)
    check_active(office.books, operator.id)
    return operator


def _changed(office: Office, what: _Act, role: KeyRole, of_id: str, prepare: _Prepare) -> KeyChange:
    """Prepare beside the keys, log, decide. If it stops in between, whether it was logged decides."""
    changes = office.keys.changes

    def settle() -> None:
        changes.settle(lambda change_id: office.books.key_change(change_id) is not None)

    with changes.locked():
        settle()
        pen = office.organisation_pen()
        change_id = office.ids.new("keychange")
        try:
            change = _logged(pen, what, role, of_id, change_id, prepare(change_id, office.clock.now()))
        finally:
            settle()
    office.write_log()
    return change


def _logged(pen: Pen, what: _Act, role: KeyRole, of_id: str, change_id: str, prepared: Any) -> KeyChange:
    new = prepared.new
    with act(pen):
        at = pen.clock.now()
        bare = KeyChange(
            id=change_id,
            act=what,
            role=role,
            of_id=of_id,
            old_key_id=prepared.old_key_id,
            new_key_id=prepared.new_key_id,
            public_pem=new.public_pem if new else None,
            certificate_pem=(new.chain_pem or None) if new else None,
            passphrase="own" if (what, role) == ("passphrase", "operator") else None,
            entries=pen.books.size() if role == "log" else None,
            at=at,
        )
        change = _signed(bare, prepared)
        if role == "log":
            pen = replace(pen, log_key=new, log_base=prepared.old.public_pem)
        pen.books.add(change)
        pen.write("key-change", change, subject=of_id, at=at)
    return change


def _signed(change: KeyChange, prepared: Any) -> KeyChange:
    """The change under the signatures of both keys, if they sign at all."""
    if prepared.old is None or prepared.new is None:
        return change
    said = change.signed_bytes()
    return change.model_copy(
        update={"signatures_hex": tuple(key.sign(said).hex() for key in (prepared.old, prepared.new))}
    )


def _seal_readings_again(office: Office, old: str, new: str) -> None:
    """What is kept for replay opens under the new passphrase too; what does not could not be opened before either."""
    home = office.settings.home
    before = KeptReadings(home, office.keys, lambda: old)
    after = KeptReadings(home, office.keys, lambda: new)
    for path in sorted((home / "kept").glob("*.reading")):
        try:
            after.keep(path.stem, before.open(path.stem))
        except (ConfigError, StoreError):
            continue
