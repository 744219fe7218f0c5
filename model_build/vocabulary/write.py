"""Writes the vocabularies as the page and the evaluation read them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ..node import ROOT
from .codes import make_codes
from .conditions import make_conditions
from .drugs import make_drugs
from .names import make_names

FOLDER = ROOT / "webui" / "src" / "scribe" / "vocabulary"
MAKERS: dict[str, Callable[[], dict[str, Any]]] = {
    "drugs.json": make_drugs,
    "conditions.json": make_conditions,
    "names.json": make_names,
    "codes.json": make_codes,
}


def write_vocabularies(folder: Path = FOLDER) -> list[Path]:
    """Writes each vocabulary; every name in lower case, sorted, each once.

    The same packages give the same bytes. The functions in MAKERS tell the forms.

    Raises:
        VocabularyError: where a package is missing or its data has another form.
        OSError: where the folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, make in MAKERS.items():
        path = folder / name
        text = json.dumps(make(), ensure_ascii=False, separators=(",", ":"))
        if not path.exists() or path.read_text(encoding="utf-8") != text + "\n":
            path.write_text(text + "\n", encoding="utf-8")
        written.append(path)
    return written
