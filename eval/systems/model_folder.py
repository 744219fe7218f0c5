"""What identifies a built model folder: hashes of its weights, prompt and tokenizer."""

import hashlib
import json
from pathlib import Path
from typing import Any

from ..errors import EvalError


def model_identity(folder: Path) -> dict[str, Any]:
    """The model's name and hashes, from the manifest's own hash of every file.

    Raises:
        EvalError: where the folder is no built model.
    """
    if not folder.is_dir():
        raise EvalError(
            f"There is no model folder {folder}; `make build-web MODEL=…` writes them to "
            "build/models."
        )
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        files = {entry["path"]: entry["sha256"] for entry in manifest["files"]}
        prompt = (folder / "prompt.json").read_bytes()
    except FileNotFoundError as error:
        raise EvalError(f"{folder} is no built model: it has no {error.filename}.") from None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise EvalError(f"The manifest of {folder} cannot be read ({error!r}).") from None
    weights = sorted(sha for path, sha in files.items() if path.startswith("params_shard"))
    return {
        "model": folder.resolve().name,
        "weights_sha256": hashlib.sha256("".join(weights).encode()).hexdigest(),
        "tokenizer_sha256": files.get("tokenizer.json"),
        "prompt_sha256": hashlib.sha256(prompt).hexdigest(),
    }
