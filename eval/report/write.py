"""Writes a report: `report.md`, and `report.html` with plots and the worst cases."""

from collections.abc import Sequence
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from ..errors import EvalError
from . import plots
from .results import Result, WorstCase, baseline_of, columns_of, load_results, worst_cases
from .tables import MAIN, Table, markdown_table, tables

TEMPLATE = Path(__file__).with_name("report.html.j2")
WORST_BY = "rouge1"


def write_report(
    runs: Sequence[Path],
    out: Path,
    *,
    names: Sequence[str] = (),
    baseline: str | None = None,
    study: bool = False,
    worst: int = 3,
) -> list[Path]:
    """Writes both files.

    Args:
        runs: scored run folders.
        out: the folder; it is made.
        names: what to call the runs; their systems' names without.
        baseline: the run that the others are compared with.
        study: add the published study's table.
        worst: how many cases of each system to show in full.

    Returns:
        The files.

    Raises:
        EvalError: for runs that are not scored or do not belong together.
    """
    results = load_results(runs, names)
    named = baseline_of(results, baseline)
    made = tables(results, named, study)
    when = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    try:
        out.mkdir(parents=True, exist_ok=True)
        (out / "report.md").write_text(_markdown(made, results, when), encoding="utf-8")
        page = _html(made, results, when, worst)
        (out / "report.html").write_text(page, encoding="utf-8")
    except OSError as error:
        raise EvalError(f"The report cannot be written to {out} ({error.strerror}).") from None
    return [out / "report.md", out / "report.html"]


def _markdown(made: Sequence[Table], results: Sequence[Result], when: str) -> str:
    lines = ["# Evaluation", "", f"Made {when}.", ""]
    for table in made:
        lines += markdown_table(table)
    lines += ["## How the runs were made", ""]
    for result in results:
        lines += [f"### {result.name}", ""]
        lines += [f"- {name}: `{value}`" for name, value in provenance(result)]
        lines.append("")
    return "\n".join(lines)


def provenance(result: Result) -> list[tuple[str, str]]:
    """Hashes, settings and versions of a run, flat."""
    identity = result.folder.settings["identity"]
    flat: list[tuple[str, str]] = []

    def walk(prefix: str, value: Any) -> None:
        if isinstance(value, dict):
            for key, inner in value.items():
                walk(f"{prefix}.{key}" if prefix else key, inner)
        elif value is not None:
            flat.append((prefix, str(value)))

    walk("", {"dataset": identity["dataset"], "system": identity["system"]})
    walk("measures", result.summary["settings"])
    walk("versions", result.summary["versions"])
    return flat


def _html(made: Sequence[Table], results: Sequence[Result], when: str, worst: int) -> str:
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    template = environment.from_string(TEMPLATE.read_text(encoding="utf-8"))
    return template.render(
        when=when,
        tables=made,
        plots=_plots(results),
        worst=[
            (result.name, [_shown_case(case) for case in worst_cases(result, WORST_BY, worst)])
            for result in results
        ],
        provenance=[(result.name, provenance(result)) for result in results],
    )


def _plots(results: Sequence[Result]) -> list[tuple[str, Markup]]:
    made = []
    for column, about in columns_of(results).items():
        if column not in MAIN and column != "judge_composite":
            continue
        scale = 100 if about["unit"] == "score" else 1
        have = [(r.name, m) for r in results if (m := r.mean(column))]
        rows = [
            (n, m["mean"] * scale, m["ci95"]["low"] * scale, m["ci95"]["high"] * scale)
            for n, m in have
        ]
        title = f"{about['label']}: means with 95% intervals"
        made.append((title, Markup(plots.intervals(rows, title))))
        if column in ("rouge1", "judge_composite"):
            values = [
                (r.name, [v * scale for s in r.scores.values() if (v := s.get(column)) is not None])
                for r in results
                if r.mean(column)
            ]
            title = f"{about['label']}: every case, with median and quartiles"
            made.append((title, Markup(plots.distributions(values, title))))
    return made


def _shown_case(case: WorstCase) -> dict[str, Any]:
    return {
        "id": case.pair.id,
        "score": f"{case.score * 100:.1f}",
        "transcript": case.pair.transcript,
        "reference": case.pair.note,
        "note": marked(case.prediction.note, case.findings),
        "failure": case.prediction.failure,
        "judged": bool(case.findings),
    }


def marked(note: str, findings: Sequence[dict[str, Any]]) -> Markup:
    """The note as HTML, with the statements that were found unsupported marked where they stand."""
    parts: list[str] = []
    at = 0
    units = note.encode("utf-16-le")  # offsets count UTF-16 units
    for finding in sorted(findings, key=lambda f: f["start"]):
        start, end = finding["start"], finding["end"]
        if finding["verdict"] != "unsupported" or start < at:
            continue
        severity = "major" if finding["severity"] == "major" else "minor"
        reason = escape(f"{severity}: {finding['reason'] or ''}")
        text = units[2 * start : 2 * end].decode("utf-16-le")
        parts.append(escape(units[2 * at : 2 * start].decode("utf-16-le"), quote=False))
        parts.append(
            f'<mark class="{severity}" title="{reason}">{escape(text, quote=False)}</mark>'
        )
        at = end
    parts.append(escape(units[2 * at :].decode("utf-16-le"), quote=False))
    return Markup("".join(parts))
