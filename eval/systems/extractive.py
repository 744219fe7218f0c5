"""`extractive`: a baseline that only picks the visit's own sentences and assigns them to sections.

Nothing is learned and nothing is rewritten, so nothing is invented. Sentences are sorted by cue
words into the parts of an ACI-Bench note and ranked by how much of the visit's vocabulary they
hold (mean log frequency of their content words, as in SumBasic). Each part takes its best
sentences up to a number of words, which stand in the order in which they were said.
"""

import math
import re
from collections import Counter
from dataclasses import dataclass
from typing import Any

from model_build.data import Pair, Turn

from .base import Prediction, System

# Words of each part on average in ACI-Bench's training notes, headings left out.
BUDGETS = {
    "HISTORY OF PRESENT ILLNESS": 175,
    "PHYSICAL EXAM": 55,
    "RESULTS": 20,
    "ASSESSMENT AND PLAN": 170,
}

# Patterns, each on as many lines as it needs; a part is tried before those below it.
_CUES = {
    "RESULTS": r"""x-?rays?\b.*\b(?:show|look|normal|negative)|\bresults?\b|hemoglobin|a1c|\blabs?\b
        |\b(?:mri|ct|ekg|echo\w*|ultrasound)\b.*\b(?:show|look|was|is)|white count|creatinine
        |cholesterol (?:is|was)""",
    "PHYSICAL EXAM": r"""on (?:your )?(?:physical )?exam|vital|blood pressure (?:is|was|today|looks)
        |heart rate|lungs? (?:is|are|sound)|murmur|edema|tender|swelling|range of motion|rhonchi
        |crackles|wheez|reflex|strength is|sensation|palpat|appreciate|lymph|abdomen is|gallops""",
    "ASSESSMENT AND PLAN": r"""\bi(?:'m| am|'d| would)? (?:want|wan|going|gon|recommend|think|order)
        |\bwe(?:'ll| will|'re| are) |\blet's\b|\bcontinue\b|\bprescri|\brefer|follow[- ]?up
        |\bstart(?:ing)? you|\bimpression|\bassessment|\bplan\b|\bphysical therapy|\bcome back
        |\bsee you (?:in|back)|\brefill|\bmilligrams?\b|first problem|second problem""",
}
_PATTERNS = {
    part: re.compile(re.sub(r"\n\s*", "", cue), re.IGNORECASE) for part, cue in _CUES.items()
}
_TO_A_DEVICE = re.compile(r"\bhey ?,? (?:dragon|dax)\b", re.IGNORECASE)
_STOP_WORDS = """a about all also am an and any are as at be been but by can did do does doing for
    from get go going good got had has have having he her here him his how i if in is it it's its
    just kind know like little me mean mm mm-hmm my no not now of oh okay on one or our out really
    right see she so some that that's the their them then there they think this to too uh um up us
    very was we well were what when which who will with would yeah yes you you're your"""
_STOP = frozenset(_STOP_WORDS.split())
_WORD = re.compile(r"[a-z0-9][a-z0-9'-]*")
_LEAST_WORDS = 5


@dataclass(frozen=True)
class _Sentence:
    order: int
    part: str
    text: str
    words: list[str]


def _part(turn: Turn, sentence: str) -> str:
    """The part of the note that a sentence belongs to; patients tell history."""
    if turn.speaker.startswith("doctor"):
        for part, pattern in _PATTERNS.items():
            if pattern.search(sentence):
                return part
    return "HISTORY OF PRESENT ILLNESS"


def _sentences(dialogue: tuple[Turn, ...]) -> list[_Sentence]:
    found: list[_Sentence] = []
    for turn in dialogue:
        for text in re.split(r"(?<=[.?!])\s+|\n", turn.text):
            words = _WORD.findall(text.lower())
            if len(words) < _LEAST_WORDS or text.rstrip().endswith("?"):
                continue
            if _TO_A_DEVICE.search(text):
                continue
            found.append(_Sentence(len(found), _part(turn, text), text.strip(), words))
    return found


class Extractive(System):
    """The visit's own sentences under ACI-Bench's headings."""

    name = "extractive"

    def settings(self) -> dict[str, Any]:
        """Version of the rules and the words that each part may take."""
        return {"rules": 1, "budgets": BUDGETS}

    def write(self, pair: Pair) -> Prediction:
        """The best sentences of each part."""
        sentences = _sentences(pair.dialogue)
        counts = Counter(w for s in sentences for w in set(s.words) - _STOP)

        def weight(sentence: _Sentence) -> float:
            content = set(sentence.words) - _STOP
            return sum(math.log1p(counts[w]) for w in content) / math.sqrt(len(sentence.words))

        blocks = []
        for part, budget in BUDGETS.items():
            chosen: list[_Sentence] = []
            used = 0
            for sentence in sorted((s for s in sentences if s.part == part), key=weight)[::-1]:
                if used + len(sentence.words) <= budget:
                    chosen.append(sentence)
                    used += len(sentence.words)
            lines = [s.text for s in sorted(chosen, key=lambda s: s.order)]
            blocks.append("\n\n".join([part, "\n".join(lines)]) if lines else "")
        return Prediction(pair.id, "\n\n".join(block for block in blocks if block))
