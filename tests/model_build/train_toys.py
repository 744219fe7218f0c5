"""What the tests of training share: a toy model as a folder, and pairs that were made up for it."""

import json
from dataclasses import replace
from pathlib import Path

from tests.model_build.toys import TOY, toy_state, write_folder

LONG = replace(TOY, context=4096)
"""The toy has a token a byte, so even the prompt's own words need room."""

NOTE = """SUBJECTIVE

CHIEF COMPLAINT

Cough.

OBJECTIVE

Lungs clear.

ASSESSMENT AND PLAN

Bronchitis.
• Medical Reasoning: Dry cough for a week.
• Medical Treatment: Guaifenesin {dose} mg daily.
"""


def toy_folder(folder: Path) -> Path:
    """The toy as a Hugging Face folder, small enough in its weights that it can learn."""
    state = {
        name: array if array.ndim == 1 else array / 8 for name, array in toy_state(LONG).items()
    }
    state = {n: a * 0 + 1 if a.ndim == 1 else a for n, a in state.items()}
    return write_folder(folder, config=LONG, state=state)


def write_toy_pairs(path: Path, count: int = 6, **changes: object) -> Path:
    """A file of visits about a cough; `changes` go into the last one."""
    rows = [
        {
            "id": f"v{i}",
            "dialogue": f"[doctor] what is it\n[patient] a cough, and i take {i + 1}00 mg",
            "note": NOTE.format(dose=(i + 1) * 100),
        }
        for i in range(count)
    ]
    rows[-1] |= changes
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    return path
