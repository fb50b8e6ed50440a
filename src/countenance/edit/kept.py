"""A face reading as bytes and back, for replay where the release lets landmarks be kept. Whoever keeps it encrypts."""

import io
import json
import zipfile
from typing import Any

import numpy as np
import torch

from countenance.edit.ports import FaceReading
from countenance.errors import StoreError

_NUMBERS = ("eye_distance_px", "yaw_deg", "pitch_deg", "roll_deg", "face_logit", "disagreement", "teeth_visible")


def pack(reading: FaceReading) -> bytes:
    """What an engine renders from: landmarks, permitted region, pose and present units; no pixels of the face."""
    about: dict[str, Any] = {name: getattr(reading, name) for name in _NUMBERS}
    about |= {"box": reading.box, "units": dict(reading.units), "blocked": dict(reading.blocked)}
    out = io.BytesIO()
    np.savez_compressed(
        out,
        landmarks=reading.landmarks.cpu().numpy(),
        head=np.packbits(reading.head.cpu().numpy()),
        size=np.array(reading.head.shape),
        about=np.frombuffer(json.dumps(about).encode(), dtype=np.uint8),
    )
    return out.getvalue()


def unpack(data: bytes, device: str) -> FaceReading:
    """The reading again.

    Raises:
        StoreError: not a kept reading.
    """
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as kept:
            height, width = (int(side) for side in kept["size"])
            head = np.unpackbits(kept["head"], count=height * width).reshape(height, width).astype(bool)
            landmarks = kept["landmarks"].astype(np.float32).reshape(478, 3)
            about = json.loads(kept["about"].tobytes())
        return FaceReading(
            box=tuple(about.pop("box")),
            landmarks=torch.from_numpy(landmarks).to(device),
            head=torch.from_numpy(head).to(device),
            **about,
        )
    except (ValueError, KeyError, TypeError, OSError, EOFError, zipfile.BadZipFile) as error:
        raise StoreError("what was kept of the face is damaged", hint="delete it: replay does without") from error
