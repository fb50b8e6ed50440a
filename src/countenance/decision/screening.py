"""The gate of screening: what was declared of a picture, and when a person must look. Pure, and it guesses nothing."""

from countenance.core.records.decision import Decision, Reason
from countenance.core.records.screening import Flags, Screening
from countenance.decision.ports import Answer

INTIMATE = Reason(policy="screening-intimate", reason="the picture is declared intimate")
UNSURE = Reason(
    policy="screening-ask-a-human",
    reason="the screener cannot say whether the picture shows a minor or is intimate: an approver must look at it",
)
MINOR = Reason(
    policy="screening-minor",
    reason="the picture is declared to show a minor, and the model release names an adult: an approver must look at it",
)


def gate(screening: Screening | None, *, adult: bool) -> tuple[Answer, ...]:
    """Why the declared flags refuse; nothing where no screener is set up, or nothing was found.

    Intimate content is always refused. An approver who cleared the picture answers for what was unclear, not for that.

    Args:
        screening: what was declared and cleared.
        adult: whether the model release is that of an adult.
    """
    if screening is None or (screening.screener is None and screening.flags is None):
        return ()
    flags = screening.flags or Flags(minor="unknown", intimate="unknown")
    if flags.intimate == "yes":
        return (Answer(effect="deny", reasons=(INTIMATE,)),)
    if screening.cleared_by is not None:
        return ()
    found = []
    if "unknown" in {flags.minor, flags.intimate}:
        found.append(Answer(effect="indeterminate", reasons=(UNSURE,)))
    if flags.minor == "yes" and adult:
        found.append(Answer(effect="indeterminate", reasons=(MINOR,)))
    return tuple(found)


def hint_of(decision: Decision) -> str:
    """What to do where the gate asks for a person."""
    named = {reason.policy for reason in decision.reasons}
    asks = {UNSURE.policy, MINOR.policy} & named and INTIMATE.policy not in named
    return "an approver who looked at it says so with `countenance screening clear PHOTO`" if asks else ""


def intimate_ruled_out(screening: Screening | None) -> bool:
    """Whether somebody declared that the picture is not intimate: a screener, or an approver who looked."""
    if screening is None:
        return False
    declared = screening.flags.intimate if screening.flags else "unknown"
    return declared == "no" or (declared == "unknown" and screening.cleared_by is not None)
