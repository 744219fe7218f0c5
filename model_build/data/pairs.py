"""Pairs of a visit's transcript and its note: the form in which data passes between stages."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from .dialogue import Turn, join_turns, split_turns
from .errors import DataError
from .tables import JSON_LINES, Row, read_table

# Column names in the order in which they are looked for, in any case. The last ones are those of
# ACI-Bench's and MTS-Dialog's files and of the predictions that were published with them.
DIALOGUE_COLUMNS = ("dialogue", "dialogues", "transcript", "src")
NOTE_COLUMNS = ("note", "section_text", "summary", "reference", "tgt")
ID_COLUMNS = ("id", "encounter_id", "visit_id")
SOURCE_COLUMNS = ("source", "dataset")
SECTION_COLUMNS = ("section_header", "section")


@dataclass(frozen=True)
class Fact:
    """Something that a note should hold, with the turns (from 0) in which it was said."""

    kind: str
    text: str
    value: Any = None
    turns: tuple[int, ...] = ()
    quotes: tuple[str, ...] = ()
    """The words that state it in each of these turns, where they are known."""

    def to_json(self) -> dict[str, Any]:
        """The fact as an object of a JSON Lines file."""
        made = asdict(self)
        return made if self.quotes else {k: v for k, v in made.items() if k != "quotes"}


@dataclass(frozen=True)
class Statement:
    """A sentence or list item of a note, with the indices of the facts that it states."""

    text: str
    facts: tuple[int, ...]


@dataclass(frozen=True)
class Pair:
    """A visit and its note.

    `section` is MTS-Dialog's header where the note is one section of a note, else None.
    """

    id: str
    source: str
    dialogue: tuple[Turn, ...]
    note: str
    facts: tuple[Fact, ...] = ()
    section: str | None = None
    statements: tuple[Statement, ...] = ()
    """The note's statements in order, where their facts are known."""
    about: Mapping[str, Any] = field(default_factory=dict)
    """What else its maker says of it: specialty, brief, house style, ways of speaking, …."""
    row: int | None = field(default=None, compare=False)
    """Where it stands in its file (see DataError)."""

    @property
    def transcript(self) -> str:
        """The dialogue as text, one `[speaker] text` a line; what a scribe gets to read."""
        return join_turns(self.dialogue)

    def to_json(self) -> dict[str, Any]:
        """The pair as an object of a JSON Lines file."""
        made: dict[str, Any] = {
            "id": self.id,
            "source": self.source,
            "dialogue": [asdict(turn) for turn in self.dialogue],
            "note": self.note,
            "facts": [fact.to_json() for fact in self.facts],
        }
        if self.section:
            made["section"] = self.section
        if self.statements:
            made["statements"] = [asdict(statement) for statement in self.statements]
        if self.about:
            made["about"] = dict(self.about)
        return made


def read_pairs(path: Path) -> list[Pair]:
    """The pairs of a file, in its order.

    Reads ACI-Bench's and MTS-Dialog's CSVs, JSON Lines of pairs as `write_pairs` writes them, and
    any CSV or JSON Lines file with columns `dialogue` and `note`. A file without a column of ids
    gets `NAME-1`, `NAME-2`, ….

    Raises:
        DataError: for a file, row or cell that cannot be used: unreadable, not UTF-8, a column
            that is missing, an empty transcript or note, an id that occurs twice.
    """
    rows = read_table(path)
    columns = column_names(rows)
    dialogue = find_column(columns, DIALOGUE_COLUMNS, path, "transcripts")
    note = find_column(columns, NOTE_COLUMNS, path, "notes")
    ids = row_ids(rows, path)
    source = first_column(columns, SOURCE_COLUMNS)
    section = first_column(columns, SECTION_COLUMNS)
    pairs = []
    for row, identity in zip(rows, ids, strict=True):
        pairs.append(
            Pair(
                id=identity,
                source=str(row.cells.get(source) or path.stem) if source else path.stem,
                dialogue=_dialogue(row, dialogue, path),
                note=text_cell(row, note, path),
                facts=_facts(row, path),
                section=(str(row.cells.get(section) or "") or None) if section else None,
                statements=_statements(row, path),
                about=about if isinstance(about := row.cells.get("about"), Mapping) else {},
                row=row.number,
            )
        )
    return pairs


def read_notes(path: Path) -> dict[str, str]:
    """Finished notes by id, from a CSV or JSON Lines file with an id and a note column.

    Raises:
        DataError: as `read_pairs` does.
    """
    rows = read_table(path)
    note = find_column(column_names(rows), (*NOTE_COLUMNS, "prediction"), path, "notes")
    ids = row_ids(rows, path, required=True)
    return {i: text_cell(row, note, path) for i, row in zip(ids, rows, strict=True)}


def write_pairs(path: Path, pairs: Iterable[Pair]) -> None:
    """Write pairs as JSON Lines."""
    lines = (json.dumps(pair.to_json(), ensure_ascii=False) for pair in pairs)
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def pairs_digest(pairs: Iterable[Pair]) -> str:
    """SHA-256 over what the pairs say, whatever the file they came from looks like."""
    digest = hashlib.sha256()
    for pair in pairs:
        digest.update(json.dumps(pair.to_json(), sort_keys=True).encode() + b"\n")
    return digest.hexdigest()


def column_names(rows: Iterable[Row]) -> list[str]:
    """All columns that any row has; the objects of a JSON Lines file need not agree."""
    return list(dict.fromkeys(name for row in rows for name in row.cells))


def first_column(columns: Sequence[str], names: Sequence[str]) -> str | None:
    """The first of `names` among the columns, in any case, as the file spells it."""
    spelled = {column.strip().lower(): column for column in columns}
    return next((spelled[name] for name in names if name in spelled), None)


def find_column(columns: Sequence[str], names: Sequence[str], path: Path, what: str) -> str:
    """As `first_column`, but a column must be there.

    Raises:
        DataError: naming the columns that the file has.
    """
    found = first_column(columns, names)
    if found is None:
        wanted = f"'{names[0]}' (or {', '.join(names[1:])})"
        raise DataError(
            f"no column holds the {what}: {wanted} is needed, the file has {', '.join(columns)}.",
            path,
            1,
        )
    return found


def row_ids(rows: Sequence[Row], path: Path, required: bool = False) -> list[str]:
    """The id of every row, each of them once.

    Raises:
        DataError: for an empty or repeated id, or where ids are required and there is no column.
    """
    columns = column_names(rows)
    column = first_column(columns, ID_COLUMNS)
    if column is None:
        if required:
            find_column(columns, ID_COLUMNS, path, "ids")
        return [f"{path.stem}-{n}" for n in range(1, len(rows) + 1)]
    seen: dict[str, int] = {}
    for row in rows:
        value = row.cells.get(column)
        identity = "" if value is None else str(value).strip()
        if not identity:
            raise DataError("the id is empty.", path, row.number, column)
        if identity in seen:
            what = f"the id {identity} stands in row {seen[identity]} already."
            raise DataError(what, path, row.number, column)
        seen[identity] = row.number
    return list(seen)


def text_cell(row: Row, column: str, path: Path) -> str:
    """A cell that must hold text.

    Raises:
        DataError: where it is missing, empty, or something else.
    """
    value = row.cells.get(column)
    if value is None or value == "" or (isinstance(value, str) and not value.strip()):
        raise DataError("the cell is empty.", path, row.number, column)
    if not isinstance(value, str):
        raise DataError(
            f"text is needed here, not {type(value).__name__}.", path, row.number, column
        )
    return value.replace("\r\n", "\n").replace("\r", "\n")


def _dialogue(row: Row, column: str, path: Path) -> tuple[Turn, ...]:
    value = row.cells.get(column)
    if not isinstance(value, list):
        return tuple(split_turns(text_cell(row, column, path)))
    turns = []
    for index, turn in enumerate(value):
        text = turn.get("text") if isinstance(turn, Mapping) else None
        if not isinstance(text, str):
            what = f"turn {index} is not an object with 'speaker' and 'text'."
            raise DataError(what, path, row.number, column)
        turns.append(Turn(str(turn.get("speaker") or "").strip().lower(), text))
    if not any(turn.text.strip() for turn in turns):
        raise DataError("the dialogue is empty.", path, row.number, column)
    return tuple(turns)


def _facts(row: Row, path: Path) -> tuple[Fact, ...]:
    value = row.cells.get("facts")
    if not value or path.suffix.lower() not in JSON_LINES:
        return ()
    try:
        return tuple(
            Fact(
                f["kind"],
                f["text"],
                f.get("value"),
                tuple(f.get("turns") or ()),
                tuple(f.get("quotes") or ()),
            )
            for f in value
        )
    except (TypeError, KeyError, AttributeError):
        what = "the facts are not a list of objects with 'kind' and 'text'."
        raise DataError(what, path, row.number, "facts") from None


def _statements(row: Row, path: Path) -> tuple[Statement, ...]:
    value = row.cells.get("statements")
    if not value or path.suffix.lower() not in JSON_LINES:
        return ()
    try:
        return tuple(Statement(s["text"], tuple(s["facts"])) for s in value)
    except (TypeError, KeyError):
        what = "the statements are not a list of objects with 'text' and 'facts'."
        raise DataError(what, path, row.number, "statements") from None
