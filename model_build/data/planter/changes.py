"""Where a note can be made wrong, and how: one finder for each kind of error.

A finder yields every change of its kind that is an error for certain, as far as words can show: the
new value, side, drug or diagnosis is heard nowhere in the visit where it could be meant. Where the
old value was heard, so that the note was right before, the change is `sure`.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from ..dialogue import Turn
from ..sections import Division, read_lines
from .said import Said, number_in, number_readings, stem, telling

Family = Literal["training", "tests"]
WORDS: Mapping[str, Any] = json.loads(Path(__file__).with_name("words.json").read_text("utf-8"))
_PARTS = frozenset(WORDS["body_parts"].split())
_DRUGS = frozenset(WORDS["drugs"].split())
_RELATIVES = frozenset(WORDS["relatives"].split())

_BULLET = re.compile(r"\s*(?:[-•*–]|\d{1,2}[.)])?\s*(?:[A-Z][A-Za-z,/ ]{2,40}:(?=\s|$))?\s*")
# A sentence ends at a stop, but not within 'Dr. Lee' or '2.5 mg'.
_SENTENCE = re.compile(
    r"(?:(?:\b(?:Dr|Mr|Mrs|Ms|St|vs|approx|e\.g|i\.e)\.)|[^.!?]|[.!?](?!\s|$))+[.!?]?"
)
_NUMBER = r"\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?"
_DOSE = re.compile(
    rf"(?<![\d/.,-])(?P<value>{_NUMBER})(?P<gap>[ -]?)"
    r"(?P<unit>mg|milligrams?|mcg|micrograms?|units?|grams?|g|mL|ml|puffs?|tablets?|drops?)\b(?!/)"
)
_DURATION = re.compile(
    rf"(?<![\w-])(?P<value>{_NUMBER}|a|one|two|three|four|five|six|seven|eight|nine|ten|twelve)"
    r"(?P<gap>[ -])(?P<unit>day|week|month|year|hour)(?P<plural>s?)\b(?![- ]old)"
)
_RATE = re.compile(
    r"\b(?:every|per|in|after|within|next|each|follow\S*)\s+(?:the\s+)?(?:next\s+)?"
    r"(?:[\w.]+\s*(?:to|or|-)\s*)?$"
)
_SPAN_FOLLOWS = re.compile(r"\b(?:for|about|been|last|past)\s+$")  # and no rate, 'two packs a day'
_PRESSURE = re.compile(r"(?<![\d/])(?P<value>\d{2,3})/(?P<low>\d{2,3})(?![\d/])")
_VITAL = re.compile(
    r"\b(?:blood pressure|bp|pulse|heart rate|hr|temp(?:erature)?|respirat\w+|weigh\w*|height"
    r"|bmi|(?:oxygen )?saturations?|spo2|o2 sat\w*|pulse ox\w*)\b",
    re.IGNORECASE,
)
_TEST = re.compile(
    r"\b(?:a1c|hemoglobin|glucose|blood sugars?|creatinine|potassium|sodium|calcium|cholesterol"
    r"|ldl|hdl|triglycerides|tsh|ferritin|platelets?|wbc|white (?:blood )?(?:cell )?count|inr|psa"
    r"|gfr|ejection fraction|ef|strength|range of motion|flexion|extension|score|murmur|reflexes"
    r"|vitamin|effusion|nodule|mass|lesion|measur\w+|degrees)\b",
    re.IGNORECASE,
)
_FIGURE = re.compile(
    rf"(?<![\w/.,-])(?P<value>{_NUMBER})(?![\w/]|'s|-(?:year|month|week|day)|[.,]\d)"
)
_SIDE = re.compile(r"\b(left|right|bilateral)\b", re.IGNORECASE)
_NEGATED = re.compile(
    r"\b(?:no|not|denies|denied|without|negative|never|none|any)\b", re.IGNORECASE
)
# fmt: off
_NO_FINDINGS = frozenset((
    "that", "this", "it", "he", "she", "they", "his", "her", "longer", "further", "other", "more",
    "known", "acute", "apparent", "change", "changes", "drug", "to", "significant", "been", "due",
    "being", "taking", "the", "having", "feeling", "when", "if", "any", "only", "yet", "sure",
))
# fmt: on
_OPEN = re.compile(r"\b(?:if|whether|risks?|possible|rule|or)\b", re.IGNORECASE)  # says no fact
_TAKEN_BACK = re.compile(
    r"(?P<cue>\bno\b|\bsorry\b|\bi mean\b|\bactually\b|\bwait\b|\bscratch that\b|\bcorrection\b"
    r"|\bmake that\b|\brather\b)"
)
# Strengths that exist, for a neighbour of one that was prescribed.
# fmt: off
_STRENGTHS = (
    0.25, 0.5, 0.75, 1, 1.25, 1.5, 2, 2.5, 3, 4, 5, 7.5, 8, 10, 12.5, 15, 20, 25, 30, 37.5, 40, 50,
    60, 75, 80, 88, 100, 112, 125, 150, 175, 200, 250, 300, 325, 400, 450, 500, 600, 650, 750, 800,
    850, 875, 1000, 1200, 1500, 2000,
)
# fmt: on
_ALLERGIC = re.compile(r"\ballerg(?:ic|y|ies) to\b|\ballerg(?:y|ies):", re.IGNORECASE)
_COUNTED = re.compile("puff|tablet|drop|m[lL]")
_UNITS = {"mg": "mcg", "mcg": "mg", "milligrams": "micrograms", "micrograms": "milligrams"}
_UNITS |= {"milligram": "microgram", "microgram": "milligram", "g": "mg", "grams": "mg"}
_SPANS = ("hour", "day", "week", "month", "year")
_WORDS = ("zero", "a", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


@dataclass(frozen=True)
class Sentence:
    """A sentence or list item of a note, without bullet and label, at its place."""

    text: str
    start: int
    division: Division
    heading: str
    """The heading that it stands under, in lower case."""


@dataclass(frozen=True)
class Change:
    """One way to make a note wrong: put `after` for the text from `start` to `end`.

    `sentence` is the one that changes; None where `after` is a sentence of its own, put at `start`
    with `lead` before it.
    """

    kind: str
    form: str
    start: int
    end: int
    after: str
    sentence: Sentence | None
    sure: bool
    lead: str = ""


@dataclass(frozen=True)
class Visit:
    """What the finders look at."""

    note: str
    sentences: Sequence[Sentence]
    turns: Sequence[Turn]
    said: Said
    family: Family

    @property
    def words(self) -> Mapping[str, Any]:
        """The family's own forms."""
        return WORDS[self.family]


Finder = Callable[[Visit], Iterator[Change]]


def note_sentences(note: str) -> list[Sentence]:
    """The sentences and list items of a note, in order; headings alone are none."""
    found: list[Sentence] = []
    at, heading = 0, ""
    for line in read_lines(note):
        if line.is_heading:
            heading = line.text.strip().strip("#*: ").lower()
        else:
            bullet = _BULLET.match(line.text)
            begin = bullet.end() if bullet else 0
            for match in _SENTENCE.finditer(line.text, begin):
                text = match.group()
                bare = text.strip()
                if re.search(r"\w", bare):
                    start = at + match.start() + text.index(bare)
                    found.append(Sentence(bare, start, line.division, heading))
        at += len(line.text) + 1
    return found


def find_changes(visit: Visit) -> list[Change]:
    """Every change of every kind, in the order of `FINDERS` and of the note."""
    return [change for find in FINDERS.values() for change in find(visit)]


# --- values -----------------------------------------------------------------------------------


def _doses(visit: Visit) -> Iterator[Change]:
    for sentence in visit.sentences:
        for match in _DOSE.finditer(sentence.text):
            value = number_in(match["value"])
            if value is None:
                continue
            sure = visit.said.number(value)
            counted = bool(_COUNTED.match(match["unit"]))
            for form, new in _other_doses(value, counted, visit.family):
                if not visit.said.number(new):
                    yield _put(visit, "dose", form, sentence, match, "value", figure(new), sure)
            unit = _UNITS.get(match["unit"])
            if visit.family == "tests" and unit and not visit.said.phrase(unit[:5]):
                yield _put(visit, "dose", "unit", sentence, match, "unit", unit, sure)


def _other_doses(value: float, counted: bool, family: Family) -> Iterator[tuple[str, float]]:
    """Other doses; `counted` ones are of tablets, puffs, drops or millilitres."""
    if value <= 0:
        return
    if family == "training":
        yield "doubled", value * 2
        if counted:
            return
        yield "halved", value / 2
        if (turned := _turned(value)) is not None:
            yield "digits swapped", turned
        return
    yield "decimal slip", value * 10
    if counted:
        return
    around = [s for s in _STRENGTHS if s not in (value, value * 2, value / 2)]
    for near in ([s for s in around if s < value][-1:], [s for s in around if s > value][:1]):
        for strength in near:
            yield "neighbouring strength", float(strength)


def _turned(value: float) -> float | None:
    """A number with its last two different digits swapped, 25 → 52; None where there are none."""
    digits = figure(value).replace(",", "")
    if "." in digits or len(digits) < 2:
        return None
    for at in range(len(digits) - 1, 0, -1):
        if digits[at] != digits[at - 1] and (at > 1 or digits[at] != "0"):
            swapped = digits[: at - 1] + digits[at] + digits[at - 1] + digits[at + 1 :]
            return float(swapped)
    return None


def _vitals(visit: Visit) -> Iterator[Change]:
    yield from _measured(visit, "vital", _VITAL)


def _results(visit: Visit) -> Iterator[Change]:
    yield from _measured(visit, "result", _TEST)
    pairs = visit.words["qualities"]
    for sentence in visit.sentences:
        if sentence.division not in ("objective_exam", "objective_results"):
            continue
        for old, new in pairs:
            for match in _find_words(old, sentence.text):
                if not visit.said.phrase(new) and not _NEGATED.search(
                    sentence.text[: match.start()]
                ):
                    sure = visit.said.phrase(old)
                    yield _put(visit, "result", f"{old} → {new}", sentence, match, 0, new, sure)


def _measured(visit: Visit, kind: str, names: re.Pattern[str]) -> Iterator[Change]:
    for sentence in visit.sentences:
        text = sentence.text
        if _DOSE.search(text) or _drugs_in(text) or not names.search(text):
            continue
        if kind == "vital":
            for match in _PRESSURE.finditer(sentence.text):
                value = float(match["value"])
                for form, new in _other_values(value, visit.family):
                    if not visit.said.number(new) and new > float(match["low"]):
                        sure = visit.said.number(value)
                        yield _put(visit, kind, form, sentence, match, "value", figure(new), sure)
        for name in names.finditer(sentence.text):
            # The figure that belongs to the name: the first one after it, at most a few words on.
            match = _FIGURE.search(sentence.text, name.end(), name.end() + 40)
            value = number_in(match["value"]) if match else None
            if match is None or value is None or _DURATION.match(sentence.text, match.start()):
                continue
            for form, new in _other_values(value, visit.family):
                if not visit.said.number(new):
                    sure = visit.said.number(value)
                    yield _put(visit, kind, form, sentence, match, "value", figure(new), sure)


def _other_values(value: float, family: Family) -> Iterator[tuple[str, float]]:
    if value <= 0:
        return
    whole = value == int(value)
    if family == "training":
        if (turned := _turned(value)) is not None:
            yield "digits swapped", turned
        step = 1.0 if whole and value < 20 else (10.0 if whole else 1.0)
        yield "one step higher", round(value + step, 2)
        return
    for factor in (1.3, 0.7):
        changed = round(value * factor, 0 if whole else 1)
        if changed not in (value, 0):
            yield "another value", changed


def _frequencies(visit: Visit) -> Iterator[Change]:
    swaps: Mapping[str, str] = visit.words["frequencies"]
    longest_first = sorted(swaps, key=len, reverse=True)
    pattern = re.compile(rf"\b(?:{'|'.join(map(re.escape, longest_first))})\b", re.IGNORECASE)
    for sentence in visit.sentences:
        if not (_DOSE.search(sentence.text) or _drugs_in(sentence.text)):
            continue
        for match in pattern.finditer(sentence.text):
            old, new = match.group().lower(), swaps[match.group().lower()]
            if sentence.text[: match.start()].rstrip().endswith(("times", "per")):
                continue
            if not visit.said.phrase(new) and not _heard_as(visit.said, new):
                sure = visit.said.phrase(old) or _heard_as(visit.said, old)
                yield _put(visit, "frequency", f"{old} → {new}", sentence, match, 0, new, sure)


# How a frequency is said otherwise; any of the ways keeps it from being planted in a visit. The
# first key that is part of a frequency counts: 'once a week' is heard in 'week', not in 'once'.
_SPOKEN = {
    "other day": ("every other", "every second"),
    "2 days": ("other day", "two days", "2 days"),
    "around the clock": ("around the clock", "every"),
    "hour": ("hour",),
    "month": ("month",),
    "week": ("week",),
    "meal": ("meal", "breakfast", "food"),
    "needed": ("as needed", "if you need", "when you need", "p r n"),
    "night": ("night", "bedtime", "before bed", "evening"),
    "bedtime": ("night", "bedtime", "before bed", "evening"),
    "morning": ("morning", "breakfast"),
    "four times": ("four times", "q i d", "qid"),
    "three times": ("three times", "t i d", "tid"),
    "twice": ("twice", "two times", "b i d", "bid", "morning and night"),
    "once": ("once", "one time", "daily", "every day", "a day", "each day", "every morning"),
    "daily": ("daily", "once", "every day", "a day", "each day", "every morning"),
}


def _heard_as(said: Said, frequency: str) -> bool:
    ways = next((ways for key, ways in _SPOKEN.items() if key in frequency), ())
    return any(said.phrase(way) for way in ways)


def _durations(visit: Visit) -> Iterator[Change]:
    for sentence in visit.sentences:
        for match in _DURATION.finditer(sentence.text):
            before = sentence.text[: match.start()].lower()
            if _RATE.search(before) or _DOSE.search(sentence.text):
                continue
            value = 1.0 if match["value"] == "a" else number_in(match["value"])
            if value is None or (match["value"] == "a" and not _SPAN_FOLLOWS.search(before)):
                continue
            unit = match["unit"]
            sure = visit.said.number(value)
            for form, number, span in _other_spans(value, unit, visit.family):
                if number <= 0:
                    continue
                if visit.said.number(number) if span == unit else visit.said.phrase(span):
                    continue
                written = figure(number)
                if (
                    not match["value"][0].isdigit()
                    and number == int(number)
                    and number < len(_WORDS)
                ):
                    written = _WORDS[int(number)]
                plural = "s" if number != 1 and match["gap"] == " " else ""
                new = f"{written}{match['gap']}{span}{plural}"
                yield _put(visit, "duration", form, sentence, match, 0, new, sure)


def _other_spans(value: float, unit: str, family: Family) -> Iterator[tuple[str, float, str]]:
    at = _SPANS.index(unit)
    if family == "training":
        yield "doubled", value * 2, unit
        yield "one more", value + 1, unit
        return
    for near in (at + 1, at - 1):
        if 0 < near < len(_SPANS):
            yield "unit", value, _SPANS[near]
    yield "three more", value + 3, unit


# --- words ------------------------------------------------------------------------------------


def _sides(visit: Visit) -> Iterator[Change]:
    for sentence in visit.sentences:
        for match in _SIDE.finditer(sentence.text):
            old = match.group().lower()
            following = re.findall(r"[a-z]+", sentence.text[match.end() : match.end() + 60].lower())
            parts = [w for w in following[:5] if w in _PARTS]
            if not parts or re.match(
                r"\W*(?:now|away|handed|hand dominant)", " ".join(following[:2])
            ):
                continue
            new = {"left": "right", "right": "left"}
            if visit.family == "tests":
                # A flipped side is one in either family; one side for both is the tests' own.
                new |= {"bilateral": "right"}
            other = new.get(old)
            if other is None or visit.said.near(other, parts[:1], 3):
                continue
            if any(visit.said.near(word, parts[:1], 3) for word in ("both", "bilateral")):
                continue
            sure = visit.said.near(old, parts[:1], 3)
            yield _put(visit, "laterality", f"{old} → {other}", sentence, match, 0, other, sure)


def _negations(visit: Visit) -> Iterator[Change]:
    for form, pairs in (
        ("lost", visit.words["negation_lost"]),
        ("added", visit.words["negation_added"]),
    ):
        for sentence in visit.sentences:
            for old, new in pairs:
                for match in _find_words(old, sentence.text):
                    rest = sentence.text[match.end() :]
                    before = sentence.text[: match.start()]
                    if (
                        not _can_be_denied(rest)
                        or _OPEN.search(before)
                        or (form == "added" and _NEGATED.search(sentence.text))
                    ):
                        continue
                    if not new:  # the negation goes, with the blank after it
                        rest = rest.lstrip()
                    sure = visit.said.any_word(re.split(r"[.;]", rest)[0])
                    name = f"{form}: {old} → {new or 'nothing'}"
                    yield _put(visit, "negation", name, sentence, match, 0, new, sure)


def _can_be_denied(rest: str) -> bool:
    """Whether a thing follows, a symptom or a finding, and no clause, side or number."""
    follows = re.match(r"\s+([a-z]+)[\w' -]{2,}", rest)
    return bool(follows and follows[1] not in _NO_FINDINGS and telling(rest[:60]))


def _look_alikes(visit: Visit) -> Iterator[Change]:
    swaps: Mapping[str, str] = visit.words["look_alikes"]
    for sentence in visit.sentences:
        for old, new in swaps.items():
            for match in _find_words(old, sentence.text):
                if visit.said.phrase(new) or _find_words(new, visit.note):
                    continue
                sure = visit.said.phrase(old)
                yield _put(visit, "medication", f"{old} → {new}", sentence, match, 0, new, sure)


def _invented_drugs(visit: Visit) -> Iterator[Change]:
    for name, brand, dose, frequency in visit.words["invented_drugs"]:
        if any(visit.said.phrase(n) or _find_words(n, visit.note) for n in (name, brand)):
            continue
        for carriers, heading, division in (
            ("takes", "medications", "subjective"),
            ("gets", "plan", "assessment_and_plan"),
        ):
            place = _place(visit, heading, division)
            if place is None:
                continue
            for carrier in visit.words[carriers]:
                text = carrier.format(drug=name, dose=dose, frequency=frequency)
                yield _add("medication", "invented", text, *place)


def _problems(visit: Visit) -> Iterator[Change]:
    for group in WORDS["diagnosis_groups"]:
        fresh = [n for n in group[visit.family] if not _known(visit, n)]
        longest_first = sorted(group["known"], key=len, reverse=True)
        known = re.compile(
            rf"(?<![\w-])(?:{'|'.join(map(re.escape, longest_first))})(?![\w-])", re.I
        )
        for sentence in visit.sentences:
            for match in known.finditer(sentence.text):
                before = sentence.text[: match.start()]
                if _NEGATED.search(before) or _OPEN.search(before) or "family" in before.lower():
                    continue
                old = match.group().lower()
                for new in fresh:
                    form, sure = f"{old} → {new}", visit.said.any_word(old)
                    yield _put(visit, "problem", form, sentence, match, 0, new, sure)


def _invented_problems(visit: Visit) -> Iterator[Change]:
    place = _place(visit, "history", "subjective")
    for group in WORDS["diagnosis_groups"]:
        for new in group[visit.family]:
            if place and not _known(visit, new):
                for carrier in visit.words["problem_carriers"]:
                    yield _add("problem", "invented", carrier.format(problem=new), *place)


def _relatives(visit: Visit) -> Iterator[Change]:
    """A disease that only a relative has, as the patient's."""
    place = _place(visit, "history", "subjective")
    diseases = {known for group in WORDS["diagnosis_groups"] for known in group["known"]}
    for disease in sorted(diseases) if place else ():
        spoken = [m for turn in visit.turns for m in _find_words(disease, turn.text.lower())]
        written = [s.text for s in visit.sentences if _find_words(disease, s.text)]
        if not spoken or not all(map(_is_a_relatives, spoken)):
            continue
        # Nor does the note have it as anything but a relative's.
        if all(_RELATIVES & set(re.findall("[a-z]+", text.lower())) for text in written):
            for carrier in visit.words["person_carriers"]:
                yield _add("person", disease, carrier.format(problem=disease), *place)


def _is_a_relatives(match: re.Match[str]) -> bool:
    """Whether a disease that was said is told of a relative, and not asked or denied."""
    text = match.string
    before = re.findall(r"[a-z']+", text[max(0, match.start() - 50) : match.start()])
    denied = {"no", "not", "never", "don't", "doesn't"} & set(before[-5:])
    asked = re.match(r"[^.!]*\?", text[match.end() :])
    return bool(_RELATIVES & set(before[-8:]) and not denied and not asked)


def _allergies(visit: Visit) -> Iterator[Change]:
    """An allergy that was spoken of and stands in the note, taken out or said to be none."""
    for sentence in visit.sentences:
        listed = sentence.heading.startswith("allerg") and len(sentence.text.split()) <= 8
        if not (listed or _ALLERGIC.search(sentence.text)) or _NEGATED.search(sentence.text):
            continue
        allergens = [
            w for w in telling(sentence.text) if visit.said.phrase(w) and w[:6] != "allerg"
        ]
        if not allergens or not visit.said.phrase("allerg"):
            continue
        start, end = sentence.start, sentence.start + len(sentence.text)
        if visit.family == "training":
            after = "No known drug allergies."
            yield Change("allergy", "none known", start, end, after, sentence, True)
        else:
            yield Change("allergy", "dropped", start, end, "", sentence, True)


def _invented_allergies(visit: Visit) -> Iterator[Change]:
    place = _place(visit, "allergies", "subjective")
    for allergen in visit.words["invented_allergies"]:
        if place and not _known(visit, allergen):
            for carrier in visit.words["allergy_carriers"]:
                yield _add("allergy", "invented", carrier.format(allergen=allergen), *place)


def _corrections(visit: Visit) -> Iterator[Change]:
    """The value that a speaker took back, for the one that stands ('forty, no, twenty five')."""
    for turn in visit.turns:
        text = turn.text.lower()
        for cue in _TAKEN_BACK.finditer(text):
            wrong = max(number_readings(Said(text[: cue.start()]).words[-3:]), default=0.0)
            right = max(number_readings(Said(text[cue.end() :]).words[:3]), default=0.0)
            # Small counts are said too often to be sure that one was taken back.
            if min(wrong, right) < 3 or wrong == right or not 0.2 <= wrong / right <= 5:
                continue
            for sentence in visit.sentences:
                for match in _FIGURE.finditer(sentence.text):
                    if number_in(match["value"]) == right:
                        new = figure(wrong)
                        yield _put(
                            visit,
                            "correction",
                            f"{new} restored",
                            sentence,
                            match,
                            "value",
                            new,
                            True,
                        )


FINDERS: Mapping[str, Finder] = {
    "dose": _doses,
    "frequency": _frequencies,
    "vital": _vitals,
    "result": _results,
    "laterality": _sides,
    "negation": _negations,
    "medication": _look_alikes,
    "problem": _problems,
    "duration": _durations,
    "person": _relatives,
    "allergy": _allergies,
    "correction": _corrections,
    "medication added": _invented_drugs,
    "allergy added": _invented_allergies,
    "problem added": _invented_problems,
}
"""One finder a row. Those that end in 'added' invent a statement, as nearly every note allows."""

KINDS = tuple(dict.fromkeys(name.removesuffix(" added") for name in FINDERS))


# --- helpers ----------------------------------------------------------------------------------


def figure(value: float) -> str:
    """A number as notes write it: 1,000 as '1000', 7.50 as '7.5'."""
    return f"{value:.3f}".rstrip("0").rstrip(".")


def _find_words(words: str, text: str) -> list[re.Match[str]]:
    """Where words, in lower case, stand as a whole in a text of any case."""
    return list(_whole(words).finditer(text)) if words in text.lower() else []


@cache
def _whole(words: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-]){re.escape(words)}(?![\w-])", re.IGNORECASE)


def _drugs_in(text: str) -> set[str]:
    return _DRUGS & set(re.findall(r"[a-z]+", text.lower()))


def _known(visit: Visit, name: str) -> bool:
    """Whether a name, or what makes it special, is in the visit or the note already."""
    return visit.said.any_word(name) or any(stem(w) in visit.note.lower() for w in telling(name))


def _put(
    visit: Visit,
    kind: str,
    form: str,
    sentence: Sentence,
    match: re.Match[str],
    group: str | int,
    new: str,
    sure: bool,
) -> Change:
    """A change of a match's group, in the case of what stood there."""
    start, end = (sentence.start + offset for offset in match.span(group))
    old = visit.note[start:end]
    if not new:
        while end < len(visit.note) and visit.note[end] == " ":
            end += 1
        if old[:1].isupper():  # the next word begins the sentence
            new, end = visit.note[end : end + 1].upper(), end + 1
    elif old[:1].isupper():
        new = new[:1].upper() + new[1:]
    return Change(kind, form, start, end, new, sentence, sure)


def _add(kind: str, form: str, text: str, at: int, lead: str) -> Change:
    return Change(kind, form, at, at, text, None, True, lead)


def _place(visit: Visit, heading: str, division: Division) -> tuple[int, str] | None:
    """Where a sentence may be put, and what goes before it.

    After the last sentence under a heading of that name, else of that division, else of the note.
    """
    under = [s for s in visit.sentences if heading in s.heading]
    under = under or [s for s in visit.sentences if s.division == division] or [*visit.sentences]
    if not under:
        return None
    last = under[-1]
    end = last.start + len(last.text)
    line = visit.note.rfind("\n", 0, last.start) + 1
    bullet = re.match(r"\s*[-•*–]\s+", visit.note[line : last.start])
    if bullet:
        return end, f"\n{bullet.group()}"
    stop = "" if last.text.endswith((".", "!", "?")) else "."
    return end, f"{stop} "
