"""The committed training visits fit their facts and share no run of words, with the tests too."""

import re
from pathlib import Path

from model_build.data import Pair, read_written
from model_build.data.written import check_pair

ROOT = Path(__file__).parents[2]
VISITS = ROOT / "model_build" / "synth" / "visits"
TEST_SET = ROOT / "eval" / "sets" / "endocrinology"
RUN = 12


def runs(pair: Pair) -> set[tuple[str, ...]]:
    words = re.findall(r"[a-z0-9']+", " ".join(turn.text.lower() for turn in pair.dialogue))
    return {tuple(words[i : i + RUN]) for i in range(len(words) - RUN + 1)}


def test_every_visit_fits_its_facts():
    wrong = {pair.id: faults for pair in read_written(VISITS) if (faults := check_pair(pair))}
    assert not wrong


def test_no_run_of_twelve_words_is_shared():
    seen: dict[tuple[str, ...], str] = {}
    for pair in [*read_written(TEST_SET), *read_written(VISITS)]:
        for run in runs(pair):
            assert seen.setdefault(run, pair.id) == pair.id, " ".join(run)
