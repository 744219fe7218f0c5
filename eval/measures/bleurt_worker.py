"""Scores pairs with bleurt-pytorch: JSON lines [reference, note] in, a number a line out.

Stands alone, since the Python that runs it has other packages than the harness.
"""

import json
import sys

import torch
from bleurt_pytorch import BleurtForSequenceClassification, BleurtTokenizer

_LONGEST = 512


def main() -> None:
    """`bleurt_worker.py FOLDER`; `--probe` only shows that the imports work."""
    folder = sys.argv[1]
    if folder == "--probe":
        return
    model = BleurtForSequenceClassification.from_pretrained(folder).eval()
    tokenizer = BleurtTokenizer.from_pretrained(folder)
    with torch.inference_mode():
        for line in sys.stdin:
            reference, note = json.loads(line)
            inputs = tokenizer(
                [reference], [note], truncation=True, max_length=_LONGEST, return_tensors="pt"
            )
            print(float(model(**inputs).logits.flatten()[0]), flush=True)


if __name__ == "__main__":
    main()
