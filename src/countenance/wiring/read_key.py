"""Publishing what reads this house's marks: logged first, since it cannot be taken back."""

import json

from countenance.core.records.keys import ReadKeyExport
from countenance.errors import ConfigError
from countenance.toolkit.act import act
from countenance.wiring.mark_openers import published
from countenance.wiring.office import Office


def publish(office: Office, only: str | None = None) -> tuple[ReadKeyExport, bytes]:
    """What was logged, and the file that may be handed out: of all mark keys, or of `only` one, by its id.

    `keys list` shows ids shortened; a beginning that is one key's alone will do.

    Raises:
        ConfigError: no such key, or a wrong passphrase of the organisation.
    """
    lent = {str(json.loads(one)["key_id"]): one for one in office.keys.read_keys()}
    chosen = [key_id for key_id in lent if only is None or _is_meant(key_id, only)]
    if not chosen or (only is not None and len(chosen) > 1):
        raise ConfigError("there is no such mark key", hint="`countenance keys list` shows their ids")
    pen = office.organisation_pen()
    with act(pen):
        at = pen.clock.now()
        said = ReadKeyExport(key_ids=tuple(chosen), at=at)
        pen.write("read-key", said, subject=pen.actor.id, at=at)
    office.write_log()
    return said, published(office.organisation(), tuple(lent[key_id] for key_id in chosen))


def _is_meant(key_id: str, given: str) -> bool:
    short = given.removeprefix("sha256:")
    return len(short) > 7 and key_id.removeprefix("sha256:").startswith(short)
