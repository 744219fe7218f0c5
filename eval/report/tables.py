"""The report's tables as plain text cells, for Markdown and HTML alike."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from model_build.data import DIVISIONS

from .results import Result, Versus, columns_of, versus
from .study import TITLE, VISITS_NOTE, study_rows

MAIN = (
    "rouge1",
    "rouge2",
    "rougeL",
    "rougeLsum",
    "bertscore_f1",
    "bleurt",
)

CLINICAL = ("clinical_major", "clinical_major_share", "clinical_drugs_omitted")


@dataclass(frozen=True)
class Table:
    """Headings, rows of cells (the first one names the row), and notes below."""

    title: str
    head: list[str]
    rows: list[list[str]]
    notes: list[str] = field(default_factory=list)


def markdown_table(table: Table) -> list[str]:
    """The table as lines of Markdown, with its title and notes."""
    lines = [f"## {table.title}", "", _markdown_row(table.head), "|" + "---|" * len(table.head)]
    lines += [_markdown_row(row) for row in table.rows]
    lines.append("")
    for note in table.notes:
        lines += [note, ""]
    return lines


def _markdown_row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


def shown(value: dict[str, Any] | None, interval: bool = True) -> str:
    """A mean with its interval in the unit's usual form; '' where there is none."""
    if value is None:
        return ""
    scale, digits, sign = {
        "score": (100, 1, ""),
        "share": (100, 1, "%"),
        "rating": (1, 2, ""),
    }.get(value["unit"], (1, 2, ""))
    low, high = value["ci95"]["low"] * scale, value["ci95"]["high"] * scale
    text = f"{value['mean'] * scale:.{digits}f}{sign}"
    return f"{text} [{low:.{digits}f}, {high:.{digits}f}]" if interval else text


def tables(results: Sequence[Result], baseline: Result | None, study: bool) -> list[Table]:
    """Every table of the report, in order."""
    made = [_runs(results), _main(results)]
    if study:
        made.append(_study(results))
    if baseline:
        made.append(_versus(results, baseline))
    for part in (
        _sections(results),
        _clinical(results),
        _others(results, "judge_"),
        _form(results),
        _human(results),
    ):
        if part:
            made.append(part)
    return made


def _runs(results: Sequence[Result]) -> Table:
    rows = []
    for result in results:
        summary = result.summary
        finished, cases = summary["finished"], summary["cases"]
        count = str(cases) if finished == cases else f"{finished} of {cases}, unfinished"
        rows.append([result.name, summary["dataset"], count, str(summary["failed"])])
    dataset_notes = [
        note for result in results for note in result.folder.settings["dataset"].get("notes", [])
    ]
    return Table(
        "Runs",
        ["System", "Dataset", "Cases", "Without a note"],
        rows,
        list(dict.fromkeys(dataset_notes)),
    )


def _measured(title: str, results: Sequence[Result], columns: Sequence[str]) -> Table | None:
    """One row a measure, one column a system."""
    known = columns_of(results)
    present = [c for c in columns if c in known]
    if not present:
        return None
    rows = [[known[c]["label"], *(shown(r.mean(c)) for r in results)] for c in present]
    return Table(title, ["Measure", *(r.name for r in results)], rows)


def _main(results: Sequence[Result]) -> Table:
    table = _measured("Similarity to the reference", results, MAIN)
    assert table is not None or results
    notes = ["Means of all cases, times 100, with bootstrap 95% intervals."]
    absent: dict[str, str] = {}
    for result in results:
        absent |= result.summary["absent"]
    notes += [f"{name}: left out. {reason}" for name, reason in absent.items()]
    if table is None:
        return Table("Similarity to the reference", ["Measure"], [], notes)
    return Table(table.title, table.head, table.rows, notes)


def _sections(results: Sequence[Result]) -> Table | None:
    columns = [f"{name}/{part}" for part in DIVISIONS for name in ("rouge1", "rouge2", "rougeL")]
    table = _measured("By division of the note", results, columns)
    if table is None:
        return None
    known = columns_of(results)
    notes = [
        "Over the cases whose reference has the division: "
        + ", ".join(f"{d} {known[f'rouge1/{d}']['n']}" for d in DIVISIONS if f"rouge1/{d}" in known)
        + "."
    ]
    return Table(table.title, table.head, table.rows, notes)


def _clinical(results: Sequence[Result]) -> Table | None:
    known = columns_of(results)
    overall = [c for c in known if c.startswith("clinical_")]
    kinds = [c for c in known if c.startswith("clinical/") and any(_mean_of(r, c) for r in results)]
    table = _measured("Clinical checks", results, [*overall, *kinds])
    if table is None:
        return None
    notes = [
        "The verdicts of the checks that mark statements in the page, per note; they miss errors "
        "and flag right statements (`python -m eval checks` measures how often). Omitted: the "
        "share of what visit and reference both hold that the note lacks, as far as the checks "
        "can tell. Kinds that were never flagged are left out."
    ]
    return Table(table.title, table.head, table.rows, notes)


def _mean_of(result: Result, column: str) -> float:
    return float((result.mean(column) or {}).get("mean", 0.0))


def _form(results: Sequence[Result]) -> Table | None:
    elsewhere = ("judge_", "clinical_")
    named = {c for c in columns_of(results) if not c.startswith(elsewhere) and "/" not in c}
    rest = [c for c in columns_of(results) if c in named and c not in MAIN]
    return _measured("Form, and other measures", results, rest)


def _others(results: Sequence[Result], prefix: str) -> Table | None:
    columns = [c for c in columns_of(results) if c.startswith(prefix)]
    table = _measured("Judged by a language model", results, columns)
    if table is None:
        return None
    notes = []
    for result in results:
        settings = result.summary["settings"].get("judge", {})
        if kappa := settings.get("kappa"):
            pairs = ", ".join(f"{k} {v}" for k, v in kappa.items() if k != "notes")
            notes.append(f"{result.name}: Cohen's kappa over {kappa['notes']} notes: {pairs}.")
        if "cost_dollars" in settings:
            notes.append(f"{result.name}: judging cost {settings['cost_dollars']:.4f} dollars.")
    return Table(table.title, table.head, table.rows, notes)


def _human(results: Sequence[Result]) -> Table | None:
    rated = [result for result in results if result.human]
    if not rated:
        return None
    names = list(dict.fromkeys(name for r in rated for name in r.human["measures"]))
    labels = {name: v["label"] for r in rated for name, v in r.human["measures"].items()}
    rows = [[labels[n], *(shown(r.human["measures"].get(n)) for r in rated)] for n in names]
    notes = [note for r in rated for note in r.human.get("notes", [])]
    return Table(
        "Rated by human readers",
        ["Measure", *(r.name for r in rated)],
        rows,
        list(dict.fromkeys(notes)),
    )


def _versus(results: Sequence[Result], baseline: Result) -> Table:
    known = columns_of(results)
    columns = [c for c in known if c in MAIN or c.startswith("judge_") or c in CLINICAL]
    found = versus(results, baseline, columns)
    return Table(
        f"Against {baseline.name}",
        ["System", "Measure", "Difference [95% interval]", "p", "p, Holm", "Cases"],
        [_versus_row(v, known[v.column]["unit"]) for v in found],
        [
            "Paired by case: bootstrap intervals, two-sided sign-flip test; Holm's correction over "
            "the systems within a measure."
        ],
    )


def _versus_row(found: Versus, unit: str) -> list[str]:
    scale = 100 if unit in ("score", "share") else 1
    c = found.comparison
    return [
        found.system,
        found.label,
        f"{c.difference * scale:+.2f} [{c.low * scale:+.2f}, {c.high * scale:+.2f}]",
        _p(c.p),
        _p(found.adjusted),
        str(c.n),
    ]


def _p(value: float) -> str:
    return "< 0.001" if value < 0.001 else f"{value:.3f}"


def _study(results: Sequence[Result]) -> Table:
    rows = study_rows(results)
    marks: dict[str, int] = {}
    cells = []
    for row in rows:
        texts = []
        for cell in row.cells:
            if cell.text:
                texts.append(cell.text)
            else:
                texts.append(f"– ({marks.setdefault(cell.reason, len(marks) + 1)})")
        cells.append([row.label, row.base, row.tuned, *texts])
    return Table(
        TITLE,
        ["", "Study, base", "Study, tuned", *(r.name for r in results)],
        cells,
        [*(f"({number}) Empty: {reason}" for reason, number in marks.items()), VISITS_NOTE],
    )
