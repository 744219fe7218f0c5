"""Writes the whole site as a folder that any file server can host, under any path."""

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.errors import SiteError
from app.headers import SECURITY_HEADERS, media_type
from app.models import ModelFolder, open_model
from app.render import read_build, render, render_page

ROOT = Path(__file__).parent.parent
WEBUI = ROOT / "build" / "webui"
SAMPLES = ROOT / "webui" / "samples"

SITE_FORMAT = 1
SITE_FILE = "site.json"
"""Lists models and samples for the page, and marks a folder as a site that may be replaced."""

WORKER_FILE = "service-worker.js"


@dataclass(frozen=True)
class Export:
    """What was written."""

    out: Path
    models: list[str]
    bytes: int


def export_site(
    out: Path, models: Sequence[Path], webui: Path = WEBUI, samples: Path = SAMPLES
) -> Export:
    """
    Writes the site to `out`, in place of one that is there. The old site stays whole until the new
    one is complete. Raises SiteError where something that it needs is missing, or where `out` holds
    something else than a site.
    """
    folders = [open_model(path) for path in models]
    _check_names(folders)
    out = out.resolve()
    if out.exists() and not _replaceable(out):
        raise SiteError(
            f"{out} holds other files than a site and was left as it is. "
            "Choose another folder with --out."
        )
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.name}-") as scratch:
        new = Path(scratch) / "new"
        new.mkdir(mode=0o755)
        _write_shell(new, folders, webui, samples)
        for folder in folders:
            _copy_model(folder, new / "models" / folder.name)
        size = sum(file.stat().st_size for file in new.rglob("*") if file.is_file())
        _swap(new, out, Path(scratch) / "old")
    return Export(out, [folder.name for folder in folders], size)


def _check_names(folders: list[ModelFolder]) -> None:
    if not folders:
        raise SiteError(
            "There is no built model for the site. "
            "Build one with `python -m model_build`, or name folders with --models."
        )
    names = [folder.name for folder in folders]
    for name in names:
        if names.count(name) > 1:
            raise SiteError(f"Two of the models are named '{name}'; a site can hold one of them.")
        if name in ("", ".", "..") or "/" in name or "\\" in name:
            raise SiteError(f"A model cannot be named '{name}', since that is no folder's name.")


def _replaceable(out: Path) -> bool:
    return out.is_dir() and ((out / SITE_FILE).is_file() or not any(out.iterdir()))


def _write_shell(site: Path, folders: list[ModelFolder], webui: Path, samples: Path) -> None:
    """Everything but the models, and the service worker that knows it all by hash."""
    shell = read_build(webui, "shell.json")
    shutil.copytree(webui / "assets", site / "assets")
    shutil.copytree(samples, site / "samples")
    shutil.copytree(webui / "icons", site / "icons")
    shutil.copy(webui / "third-party.json", site)
    (site / "index.html").write_text(render_page(webui), "utf-8")
    (site / "site.webmanifest").write_text(render("site.webmanifest", shell=shell), "utf-8")
    listing = {
        "format": SITE_FORMAT,
        "models": [folder.entry() for folder in folders],
        "samples": json.loads((samples / "index.json").read_text("utf-8")),
    }
    _write_json(site / SITE_FILE, listing)
    (site / WORKER_FILE).write_text(_service_worker(site, webui, shell["damaged"]), "utf-8")


def _service_worker(site: Path, webui: Path, damaged: dict[str, str]) -> str:
    """
    The built worker, with the list of the shell's files in front of it and with what it shows in
    place of a damaged page.
    """
    try:
        code = (webui / WORKER_FILE).read_text("utf-8")
    except OSError:
        raise SiteError(
            f"{webui} does not hold the built service worker. "
            "Run `npm ci && npm run build` in webui first."
        ) from None
    files = [
        {
            "path": _site_path(site, file),
            "sha256": hashlib.sha256(file.read_bytes()).hexdigest(),
            "type": media_type(file.name),
        }
        for file in sorted(site.rglob("*"))
        if file.is_file()
    ]
    version = hashlib.sha256(json.dumps([files, SECURITY_HEADERS]).encode()).hexdigest()[:16]
    shell = {
        "version": version,
        "files": files,
        "headers": SECURITY_HEADERS,
        "damaged": damaged,
    }
    return f"const SHELL = {json.dumps(shell)};\n{code}"


def _site_path(site: Path, file: Path) -> str:
    path = file.relative_to(site).as_posix()
    return "" if path == "index.html" else path


def _copy_model(folder: ModelFolder, target: Path) -> None:
    """Hard links where the file system has them: a site of gigabytes is written at once."""
    for path in folder.files():
        file = target / path
        file.parent.mkdir(parents=True, exist_ok=True)
        source = (folder.path / path).resolve()
        try:
            os.link(source, file)
        except OSError:
            shutil.copy(source, file)


def _swap(new: Path, out: Path, old: Path) -> None:
    """Puts `new` in the place of `out`; the old site goes to `old`, or back where that fails."""
    if not out.exists():
        new.rename(out)
        return
    out.rename(old)
    try:
        new.rename(out)
    except OSError:
        old.rename(out)
        raise


def _write_json(file: Path, value: Any) -> None:
    file.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", "utf-8")
