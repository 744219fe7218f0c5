"""What is wrong with a data file, as a sentence that says where."""

from pathlib import Path


class DataError(Exception):
    """A data file that cannot be used as it is.

    Rows are counted as a spreadsheet shows them: the header of a CSV is row 1. In a JSON Lines
    file, the row is the line.
    """

    def __init__(
        self, what: str, path: Path, row: int | None = None, column: str | None = None
    ) -> None:
        self.path, self.row, self.column = path, row, column
        place = str(path)
        if row is not None:
            place += f", row {row}"
        if column is not None:
            place += f", column '{column}'"
        super().__init__(f"{place}: {what}")
