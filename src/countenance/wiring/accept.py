"""Going on after the held checkpoint was lost: the database's own is taken for it, by the organisation, and logged."""

from dataclasses import replace

from countenance.audit.check import LogReport
from countenance.core.records.backup import Acceptance
from countenance.errors import ConfigError
from countenance.toolkit.act import act
from countenance.wiring.office import Office
from countenance.wiring.plugins import open_books


def accept(office: Office, reason: str, *, held: tuple[str, ...]) -> LogReport:
    """Check the whole log by itself, log that its own checkpoint is taken on trust, and hold it from now on.

    The statement is logged first: a crash leaves the checkpoint still missing, and never one that nobody accepted.

    Raises:
        ConfigError: a checkpoint is held, or the passphrase of the organisation is wrong.
        TamperedLogError: the log disagrees with itself, or with a checkpoint of `held`.
    """
    settings, keys = office.settings, office.keys
    if (settings.log_folder / "checkpoint").exists():
        raise ConfigError("a checkpoint is held, so there is nothing to accept", hint="run `countenance log check`")
    own = office.books.checkpoint()
    if own is None:
        raise ConfigError("the log has no checkpoint to accept", hint="restore the home folder from a backup")
    report: LogReport = office.books.check(settings.log_folder, keys.log_public, held=(own, *held))
    unguarded = open_books(settings, office.origin)
    pen = replace(office.unguarded_pen(), books=unguarded)
    with act(pen):
        at = pen.clock.now()
        said = Acceptance(entries=report.size, root_hex=report.root_hex, reason=reason, at=at)
        pen.write("checkpoint-accepted", said, subject=pen.actor.id, at=at)
    unguarded.close()
    office.books.write_tiles(settings.log_folder, keys.log_public)
    return report
