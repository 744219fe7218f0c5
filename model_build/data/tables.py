"""CSV and JSON Lines files as rows of named cells, with the place of every fault."""

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .errors import DataError

JSON_LINES = (".jsonl", ".ndjson")
_CELL_LIMIT = 2**31 - 1  # a transcript is longer than csv's own limit of 131,072 characters


@dataclass(frozen=True)
class Row:
    """One record: its number in the file (see DataError) and its cells by column."""

    number: int
    cells: dict[str, Any]


def read_table(path: Path) -> list[Row]:
    """All records of a CSV file, or of a JSON Lines file (`.jsonl`, `.ndjson`).

    Raises:
        DataError: for a file that is missing, empty, not UTF-8 or malformed, with the row and,
            where it can be told, the column.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise DataError("there is no such file.", path) from None
    except OSError as error:
        raise DataError(f"the file cannot be read ({error.strerror}).", path) from None
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise DataError("the file is UTF-16; save it as UTF-8.", path)
    read = _json_rows if path.suffix.lower() in JSON_LINES else _csv_rows
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _undecodable(data, path) from None
    rows = list(read(text, path))
    if not rows:
        raise DataError("the file holds no records.", path)
    return rows


def _csv_rows(text: str, path: Path) -> Iterator[Row]:
    before = csv.field_size_limit(_CELL_LIMIT)
    try:
        reader = csv.reader(io.StringIO(text, newline=""), strict=True)
        header: list[str] | None = None
        number = 0
        try:
            for number, cells in enumerate(reader, 1):
                if header is None:
                    header = _header([cell.strip() for cell in cells], path)
                elif len(cells) == len(header):
                    yield Row(number, dict(zip(header, cells, strict=True)))
                elif cells:
                    raise DataError(_wrong_width(cells, header), path, number)
        except csv.Error as error:
            raise DataError(f"the CSV is malformed ({error}).", path, number + 1) from None
    finally:
        csv.field_size_limit(before)


def _header(names: list[str], path: Path) -> list[str]:
    for name in names:
        if names.count(name) > 1:
            raise DataError("two columns have this name.", path, 1, name)
    return names


def _wrong_width(cells: list[str], header: list[str]) -> str:
    if len(cells) < len(header):
        return (
            f"the row ends after {len(cells)} of {len(header)} cells; "
            f"the column '{header[len(cells)]}' is missing."
        )
    return f"the row has {len(cells)} cells, but the header names {len(header)} columns."


def _json_rows(text: str, path: Path) -> Iterator[Row]:
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except json.JSONDecodeError as error:
            what = f"the line is not JSON ({error.msg} at character {error.colno})."
            raise DataError(what, path, number) from None
        if not isinstance(value, dict):
            raise DataError("the line is not a JSON object.", path, number)
        yield Row(number, value)


def _undecodable(data: bytes, path: Path) -> DataError:
    """The error for the first cell that is not UTF-8; every byte is a character in Latin-1."""
    text = data.decode("latin-1")
    what = "the text is not UTF-8; save the file as UTF-8."
    if path.suffix.lower() in JSON_LINES:
        for number, line in enumerate(text.split("\n"), 1):
            if not _is_utf8(line):
                return DataError(what, path, number)
    for row in _csv_rows(text, path):
        for column, cell in row.cells.items():
            if not _is_utf8(cell):
                return DataError(what, path, row.number, column)
    return DataError(what, path, 1)


def _is_utf8(latin: str) -> bool:
    try:
        latin.encode("latin-1").decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
