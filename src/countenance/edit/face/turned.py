"""What a turned head keeps an engine from doing."""

MOST_YAW_FOR_LIDS_DEG = 25
"""At 33 degrees the lid of the far eye would spread over the outline of the face, in the frontal portraits (up to 5)
never: the limit lies between, since nothing between was seen."""
_REASON = "the head is turned too far to close the far eye"


def far_eye(yaw_deg: float, renders: frozenset[str]) -> dict[str, str]:
    """Units that would close the eye on the far side, with the reason; yaw to image right turns the left eye away."""
    if abs(yaw_deg) <= MOST_YAW_FOR_LIDS_DEG:
        return {}
    return {unit: _REASON for unit in ("AU43", "AU43L" if yaw_deg > 0 else "AU43R") if unit in renders}
