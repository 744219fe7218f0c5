"""A built page and a model folder in miniature."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest

SHELL = {
    "language": "en",
    "title": "Visit scribe",
    "description": 'Notes from "visits"',
    "noScript": "Needs JavaScript.",
    "damaged": {"heading": "Cannot be opened", "sentence": "Damaged:"},
    "html": "<h1>Visit scribe</h1><button>Generate note</button>",
}
VITE_MANIFEST = {
    "src/page/main.tsx": {
        "file": "assets/page-1a.js",
        "isEntry": True,
        "imports": ["_shared.js"],
        "css": ["assets/page-1a.css"],
    },
    "_shared.js": {"file": "assets/shared-2b.js", "css": ["assets/shared-2b.css"]},
}


@pytest.fixture
def webui(tmp_path: Path) -> Path:
    folder = tmp_path / "webui"
    (folder / "assets").mkdir(parents=True)
    for name in ("page-1a.js", "page-1a.css", "shared-2b.js", "shared-2b.css", "worker-3c.js"):
        (folder / "assets" / name).write_text(f"/* {name} */")
    (folder / "icons").mkdir()
    for name in ("icon.svg", "icon-192.png", "icon-512.png", "maskable-512.png", "touch-180.png"):
        (folder / "icons" / name).write_bytes(name.encode())
    (folder / "shell.json").write_text(json.dumps(SHELL))
    (folder / "manifest.json").write_text(json.dumps(VITE_MANIFEST))
    (folder / "third-party.json").write_text("[]")
    (folder / "service-worker.js").write_text("(function () { SHELL; })();\n")
    return folder


@pytest.fixture
def make_model(tmp_path: Path) -> Callable[..., Path]:
    """Writes a model folder with a few files; `change` overrides what its manifest says."""

    def make(name: str = "small", folder: str | None = None, **change: object) -> Path:
        path = tmp_path / "models" / (folder or name)
        path.mkdir(parents=True)
        files = {"prompt.json": b"{}", "params_shard_0.bin": name.encode() * 100}
        for file, content in files.items():
            (path / file).write_bytes(content)
        manifest = {
            "format": 1,
            "name": name,
            "title": f"Model {name}",
            "test_model": False,
            "weights_bytes": 500,
            "licence": {"model": "Apache-2.0", "data": None},
            "files": [
                {"path": file, "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
                for file, content in files.items()
            ],
        } | change
        (path / "manifest.json").write_text(json.dumps(manifest))
        return path

    return make
