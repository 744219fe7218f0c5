"""Visits written by hand: one readable file each, facts marked where they are said.

A file `NAME.visit` has a head of `key: value` lines and three parts:

    id: endo-001
    style: clinic

    ## facts
    m1 medication: takes metformin 500 mg twice daily | name=metformin | dose=500 mg
    x1 distractor: her sister takes glipizide | name=glipizide | person=sister

    ## dialogue
    [patient] i'm on {m1|the metformin, five hundred, twice a day}. my sister's on {x1|glipizide}.

    ## note
    MEDICATIONS

    • Metformin 500 mg twice daily. {m1}

The turns of a fact are those in which its words are marked, so nobody has to count them. A
statement of the note names the facts that it states. `distractor` is what was said and must not
stand in the note as the patient's truth: a relative's drug, a value taken back.
"""

import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from .dialogue import Turn
from .errors import DataError
from .pairs import Fact, Pair, Statement, read_pairs
from .sections import read_lines

SUFFIX = ".visit"
# fmt: off
KINDS = (
    "demographic", "complaint", "symptom", "problem", "medication", "allergy", "surgery", "family",
    "social", "vital", "exam", "result", "assessment", "plan", "distractor",
)
# fmt: on
PARTS = ("facts", "dialogue", "note")

_FACT = re.compile(r"(?P<id>[a-z]\d{1,3}) (?P<kind>[a-z]+): (?P<text>[^|]+)(?P<values>(?:\|.*)?)$")
_TURN = re.compile(r"\[(?P<speaker>[a-z][a-z ]{0,30})\] (?P<text>\S.*)$")
_MARK = re.compile(r"\{(?P<ids>[a-z0-9, ]+)\|(?P<words>[^{}]*)\}")
_CITED = re.compile(r"\s*\{(?P<ids>[a-z]\d{1,3}(?:\s*,\s*[a-z]\d{1,3})*)\}")
# What may stand in a note without a fact: a heading in capitals, or a label with its colon.
_LABEL = re.compile(r"[A-Z][A-Z &/,-]*|[A-Z][\w &/,-]{0,40}:")


def written_files(folder: Path) -> list[Path]:
    """The written visits of a folder, by name."""
    return sorted(folder.glob(f"*{SUFFIX}"))


def read_written(path: Path) -> list[Pair]:
    """The pairs of a written visit, or of all those in a folder, by name.

    Raises:
        DataError: where a file is not in this form, naming its line.
    """
    files = written_files(path) if path.is_dir() else [path]
    if not files:
        raise DataError(f"the folder holds no {SUFFIX} files.", path)
    pairs: list[Pair] = []
    seen: dict[str, Path] = {}
    for file in files:
        try:
            pair = parse_visit(file.read_text(encoding="utf-8"), file)
        except UnicodeDecodeError:
            raise DataError("the file is not UTF-8.", file) from None
        if pair.id in seen:
            raise DataError(f"the id {pair.id} is that of {seen[pair.id].name} too.", file)
        seen[pair.id] = file
        pairs.append(pair)
    return pairs


def load_pairs(path: Path) -> list[Pair]:
    """The pairs of a file in any form, or of a folder of written visits.

    Raises:
        DataError: as `read_pairs` and `read_written` do.
    """
    return read_written(path) if is_written(path) else read_pairs(path)


def is_written(path: Path) -> bool:
    """Whether a path names a written visit, or a folder of them."""
    return path.is_dir() or path.suffix == SUFFIX


def parse_visit(text: str, path: Path) -> Pair:
    """One written visit.

    Raises:
        DataError: with the number of the line that is wrong.
    """
    head, parts = _split(text, path)
    facts: dict[str, Fact] = {}
    for number, line in parts["facts"]:
        match = _FACT.match(line.strip())
        if not match or match["kind"] not in KINDS:
            what = (
                f"'ID KIND: what is true | key=value' is needed, with a kind of {' '.join(KINDS)}."
            )
            raise DataError(what, path, number)
        if match["id"] in facts:
            raise DataError(f"the fact {match['id']} stands there twice.", path, number)
        facts[match["id"]] = Fact(
            match["kind"], match["text"].strip(), _values(match, path, number)
        )
    turns, said, quotes = _dialogue(parts["dialogue"], facts, path)
    ids = list(facts)
    note, statements = _note(parts["note"], ids, path)
    return Pair(
        id=head.get("id") or path.stem,
        source=head.get("specialty", path.parent.name),
        dialogue=tuple(turns),
        note=note,
        facts=tuple(
            replace(fact, turns=tuple(said[i]), quotes=tuple(quotes[i]))
            for i, fact in facts.items()
        ),
        statements=tuple(statements),
        about={k: v for k, v in head.items() if k != "id"},
    )


def check_pair(pair: Pair) -> list[str]:
    """What is wrong between a pair's dialogue, facts and note, in sentences; empty when nothing is.

    Every fact is said in a turn that holds its quoted words; every statement of the note names
    facts, and none that only distract; every statement stands in the note, and no line of the note
    is left over; every number of a statement is in one of its facts.
    """
    wrong = []
    for fact in pair.facts:
        if not fact.turns:
            wrong.append(f"nobody says: {fact.text}")
        for turn, quote in zip(fact.turns, fact.quotes, strict=False):
            if quote not in pair.dialogue[turn].text:
                wrong.append(f"turn {turn} does not hold the words '{quote}'")
    rest = pair.note
    for statement in pair.statements:
        at = rest.find(statement.text)
        if at < 0:
            wrong.append(f"the note does not hold: {statement.text}")
            continue
        rest = rest[:at] + rest[at + len(statement.text) :]
        own = [pair.facts[i] for i in statement.facts]
        if not own:
            wrong.append(f"no fact for: {statement.text}")
        if any(fact.kind == "distractor" for fact in own):
            wrong.append(f"states a distractor: {statement.text}")
        held = " ".join(f"{f.text} {_flat(f.value)}" for f in own)
        if new := _numbers(statement.text) - _numbers(held) - _spelled(held):
            wrong.append(f"no fact holds {', '.join(sorted(new))}: {statement.text}")
    for line in read_lines(rest):
        left = re.sub(r"^\s*(?:\d{1,2}[.)]|[•-])\s*", "", line.text).strip()
        if re.search(r"\w", left) and not (line.is_heading or _LABEL.fullmatch(left)):
            wrong.append(f"without a fact: {left}")
    return wrong


def _split(text: str, path: Path) -> tuple[dict[str, str], dict[str, list[tuple[int, str]]]]:
    """The head's values and the numbered lines of each part."""
    head: dict[str, str] = {}
    parts: dict[str, list[tuple[int, str]]] = {}
    for number, raw in enumerate(text.splitlines(), 1):
        line = raw.rstrip()
        if line.startswith("## "):
            name = line[3:].strip().lower()
            if name not in PARTS or name in parts:
                raise DataError(f"the parts are {', '.join(PARTS)}, each once.", path, number)
            current = parts[name] = []
        elif parts:
            if line or name == "note":
                current.append((number, line))
        elif line:
            key, colon, value = line.partition(":")
            if not colon:
                raise DataError("'key: value' is needed before the first part.", path, number)
            head[key.strip().lower()] = value.strip()
    if missing := [name for name in PARTS if not parts.get(name)]:
        raise DataError(f"the part '## {missing[0]}' is missing or empty.", path)
    return head, parts


def _values(match: re.Match[str], path: Path, number: int) -> dict[str, str]:
    values = {}
    for item in match["values"].split("|"):
        if item.strip():
            key, equals, value = item.partition("=")
            if not equals or not value.strip():
                raise DataError(f"'{item.strip()}' is not key=value.", path, number)
            values[key.strip().lower()] = value.strip()
    return values


def _dialogue(
    lines: Iterable[tuple[int, str]], facts: dict[str, Fact], path: Path
) -> tuple[list[Turn], dict[str, list[int]], dict[str, list[str]]]:
    turns: list[Turn] = []
    said: dict[str, list[int]] = {i: [] for i in facts}
    quotes: dict[str, list[str]] = {i: [] for i in facts}
    for number, line in lines:
        match = _TURN.match(line)
        if not match:
            raise DataError("a turn is '[speaker] what is said' on one line.", path, number)
        for mark in _MARK.finditer(match["text"]):
            for identity in re.split(r"[,\s]+", mark["ids"].strip()):
                if identity not in facts:
                    raise DataError(f"there is no fact {identity}.", path, number)
                said[identity].append(len(turns))
                quotes[identity].append(mark["words"])
        text = _MARK.sub(lambda mark: mark["words"], match["text"])
        if "{" in text or "}" in text:
            raise DataError("a brace is left over: marks are {id|words}, not nested.", path, number)
        turns.append(Turn(match["speaker"], text))
    return turns, said, quotes


def _note(
    lines: Iterable[tuple[int, str]], ids: list[str], path: Path
) -> tuple[str, list[Statement]]:
    written: list[str] = []
    statements: list[Statement] = []
    for number, line in lines:
        at = 0
        for cited in _CITED.finditer(line):
            text = line[at : cited.start()]
            cites = re.split(r"[,\s]+", cited["ids"])
            if unknown := [i for i in cites if i not in ids]:
                raise DataError(f"there is no fact {unknown[0]}.", path, number)
            bare = re.sub(r"^[\s•*-]+", "", text).strip()
            statements.append(Statement(bare, tuple(ids.index(i) for i in cites)))
            at = cited.end()
        clean = _CITED.sub("", line)
        if "{" in clean or "}" in clean:
            raise DataError("a brace is left over: citations are {id, id}.", path, number)
        written.append(clean.rstrip())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(written)).strip(), statements


_WORDS = "zero one two three four five six seven eight nine ten eleven twelve"
_SPELLED = {word: str(n) for n, word in enumerate(_WORDS.split(" "))}


def _numbers(text: str) -> set[str]:
    """The numbers that stand in digits, without zeros at the end of a fraction."""
    found = re.findall(r"\d+(?:\.\d+)?", text.replace(",", ""))
    return {n.rstrip("0").rstrip(".") if "." in n else n for n in found}


def _spelled(text: str) -> set[str]:
    return {_SPELLED[word] for word in re.findall(r"[a-z]+", text.lower()) if word in _SPELLED}


def _flat(value: object) -> str:
    return " ".join(map(str, value.values())) if isinstance(value, dict) else str(value or "")
