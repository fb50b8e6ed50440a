"""What every benchmark writes beside its figures: the machine and the date."""

import datetime as dt
import json
import os
import platform
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results"


def cpu() -> str:
    """The processor's name."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


def write(name: str, figures: dict[str, Any]) -> None:
    """Write the figures with the machine and the date."""
    about = {
        "date": dt.datetime.now(dt.UTC).date().isoformat(),
        "machine": cpu(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
    }
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{name}.json").write_text(json.dumps({**about, **figures}, indent=2) + "\n", encoding="utf-8")
