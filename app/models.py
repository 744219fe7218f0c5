"""The model folders that a site offers."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.errors import SiteError

FORMAT = 1
CPU_PLAN = "plan.wasm.json"


@dataclass(frozen=True)
class ModelFolder:
    """A built model: its folder and what its `manifest.json` says."""

    path: Path
    manifest: dict[str, Any]

    @property
    def name(self) -> str:
        return self.manifest["name"]

    def files(self) -> list[str]:
        """Paths of all files, the manifest itself last."""
        return [*(entry["path"] for entry in self.manifest["files"]), "manifest.json"]

    def entry(self) -> dict[str, Any]:
        """What the page has to know before it loads the model."""
        return {
            "name": self.name,
            "title": self.manifest["title"],
            "testModel": self.manifest["test_model"],
            "bytes": self.manifest["weights_bytes"],
            "licence": _licences(self.manifest.get("licence")),
            "manifest": hashlib.sha256((self.path / "manifest.json").read_bytes()).hexdigest(),
            "memory": self._memory(),
        }

    def _memory(self) -> int | None:
        """Bytes that the CPU engine reserves; None where the model has no plan for it."""
        if CPU_PLAN not in (entry["path"] for entry in self.manifest["files"]):
            return None
        return json.loads((self.path / CPU_PLAN).read_text("utf-8")).get("memory")


def open_model(path: Path) -> ModelFolder:
    """Reads and checks a model folder; raises SiteError where files are missing or cut short."""
    file = path / "manifest.json"
    try:
        manifest = json.loads(file.read_text("utf-8"))
    except OSError:
        raise SiteError(
            f"{path} is not a model folder: it holds no manifest.json. Build the model first."
        ) from None
    except ValueError:
        raise SiteError(f"{file} is not JSON. Build the model again.") from None
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        found = manifest.get("format") if isinstance(manifest, dict) else None
        raise SiteError(
            f"{file} has format {found!r}, and format {FORMAT} is needed. Build the model again."
        )
    for key in ("name", "title", "test_model", "weights_bytes", "files"):
        if key not in manifest:
            raise SiteError(f"{file} does not give '{key}'. Build the model again.")
    for entry in manifest["files"]:
        _check_file(path, entry)
    return ModelFolder(path, manifest)


def _check_file(folder: Path, entry: dict[str, Any]) -> None:
    file = folder / entry["path"]
    if not file.resolve().is_relative_to(folder.resolve()):
        raise SiteError(f"{folder / 'manifest.json'} names a file outside its folder: {file}.")
    size = file.stat().st_size if file.is_file() else None
    if size != entry["bytes"]:
        found = "is missing" if size is None else f"has {size} bytes instead of {entry['bytes']}"
        raise SiteError(f"{file} {found}. Build the model again.")


def default_models(root: Path) -> list[Path]:
    """
    Model folders under `root`, the smallest first. Test models only where there are no others:
    nobody should choose random weights by mistake.
    """
    found = [open_model(file.parent) for file in sorted(root.glob("*/manifest.json"))]
    real = [model for model in found if not model.manifest["test_model"]]
    chosen = sorted(real or found, key=lambda model: model.manifest["weights_bytes"])
    return [model.path for model in chosen]


def _licences(licence: Any) -> dict[str, str]:
    if not isinstance(licence, dict):
        return {}
    return {str(of): text for of, text in licence.items() if isinstance(text, str)}
