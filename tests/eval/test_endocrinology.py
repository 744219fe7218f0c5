"""The committed endocrinology visits keep what their README says of them."""

import re

from eval.datasets import load_dataset
from model_build.data.written import check_pair


def test_every_visit_fits_its_facts():
    pairs = load_dataset("endocrinology").pairs
    assert len(pairs) == 100
    wrong = {pair.id: faults for pair in pairs if (faults := check_pair(pair))}
    assert not wrong


def test_no_two_visits_share_a_run_of_twelve_words():
    seen: dict[tuple[str, ...], str] = {}
    for pair in load_dataset("endocrinology").pairs:
        words = re.findall(r"[a-z0-9']+", " ".join(turn.text.lower() for turn in pair.dialogue))
        for start in range(len(words) - 11):
            run = tuple(words[start : start + 12])
            assert seen.setdefault(run, pair.id) == pair.id, " ".join(run)
