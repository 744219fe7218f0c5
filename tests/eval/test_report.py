"""Reports: what their tables say, and that the page needs nothing but itself."""

import html.parser
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from eval.cli import main
from eval.errors import EvalError
from eval.measures import MeasureOptions, open_measures
from eval.report.plots import distributions, intervals
from eval.report.results import baseline_of, holm, load_results, versus
from eval.report.study import study_rows
from eval.report.tables import shown
from eval.report.write import marked, write_report
from eval.run_folder import RunFolder, write_json, write_lines
from eval.score import score
from eval.systems.base import Prediction, System
from eval.systems.transcript import TranscriptCopy
from model_build.data import Pair
from tests.eval.conftest import make_pairs, make_run


class Good(System):
    name = "good <system>"

    def write(self, pair: Pair) -> Prediction:
        return Prediction(pair.id, pair.note + "\n<script>alert(1)</script>")


def scored(path: Path, pairs: list[Pair], system: System) -> Path:
    folder = make_run(path, pairs, system)
    score(folder, open_measures(MeasureOptions(["rouge", "form", "judge"])), lambda text: None)
    return path


@pytest.fixture
def runs(tmp_path: Path) -> list[Path]:
    pairs = make_pairs(8)
    return [
        scored(tmp_path / "a", pairs, Good()),
        scored(tmp_path / "b", pairs, TranscriptCopy()),
    ]


class Checker(html.parser.HTMLParser):
    """Every tag is closed, and none of them loads anything."""

    VOID = ("meta", "line", "circle", "rect", "br", "link")

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.loads: list[str] = []

    def handle_starttag(self, tag: str, attrs: list) -> None:
        if tag not in self.VOID:
            self.open.append(tag)
        self.loads += [value for name, value in attrs if name in ("src", "href")]
        assert tag != "script"

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.VOID:
            assert self.open.pop() == tag


def test_a_report(runs: list[Path], tmp_path: Path):
    markdown, page = write_report(runs, tmp_path / "out", baseline="copy", study=True)
    text = markdown.read_text()
    summary = RunFolder.open(runs[0]).summary()
    assert shown(summary["measures"]["rouge1"]) in text
    for title in ("Similarity to the reference", "Against copy", "By division", "Form, and other"):
        assert f"## {title}" in text
    assert "judge: left out. No judge was named" in text
    html_text = page.read_text()
    checker = Checker()
    checker.feed(html_text)
    assert (checker.open, checker.loads) == ([], [])
    assert html_text.count("<svg") >= 5
    assert "good &lt;system&gt;" in html_text
    assert re.search(r"url\(|@import", html_text) is None


def test_the_page_in_a_browser(runs: list[Path], tmp_path: Path, browser: Browser):
    _, page = write_report(runs, tmp_path / "out", baseline="b")
    context = browser.new_context(offline=True, viewport={"width": 380, "height": 800})
    with context:
        opened = context.new_page()
        opened.goto(page.as_uri())
        expect(opened.get_by_role("heading", name="Against copy")).to_be_visible()
        opened.get_by_text("V1: ROUGE-1").first.click()
        expect(opened.get_by_text("my left knee hurts a lot").first).to_be_visible()
        width = opened.evaluate("document.documentElement.scrollWidth")
    assert width <= 380, "tables scroll by themselves, the page does not"


def test_comparisons(runs: list[Path]):
    results = load_results(runs)
    (row,) = versus(results, baseline_of(results, "copy"), ["rouge1"])
    assert row.system == "good <system>"
    assert row.comparison.difference > 0.3
    assert row.comparison.p < 0.02
    assert row.comparison.n == 8
    with pytest.raises(EvalError, match=r"no run gpt.*there are good <system>, copy"):
        baseline_of(results, "gpt")


def test_holm():
    """The step-down by hand: 3 x 0.01, then 2 x 0.02, then at least what came before."""
    assert holm([0.03, 0.01, 0.02]) == pytest.approx([0.04, 0.03, 0.04])
    assert holm([0.9, 0.8]) == [1, 1]
    assert holm([]) == []


def test_runs_of_one_system_are_told_apart(runs: list[Path], tmp_path: Path):
    twin = scored(tmp_path / "c", make_pairs(8), TranscriptCopy())
    names = [result.name for result in load_results([*runs, twin])]
    assert names == ["good <system>", "copy (b)", "copy (c)"]
    named = load_results([*runs, twin], ["A", "B", "C"])
    assert [result.name for result in named] == ["A", "B", "C"]
    with pytest.raises(EvalError, match="2 names were given for 3 runs"):
        load_results([*runs, twin], ["A", "B"])


def test_runs_that_do_not_belong_together(runs: list[Path], tmp_path: Path):
    other = [Pair("X", "s", make_pairs(1)[0].dialogue, "n")]
    with pytest.raises(EvalError, match="no case in common"):
        load_results([*runs, scored(tmp_path / "x", other, TranscriptCopy())])
    changed = [*make_pairs(7), Pair("V8", "made", make_pairs(1)[0].dialogue, "Another note.")]
    with pytest.raises(EvalError, match="The case V8 is not the same"):
        load_results([*runs, scored(tmp_path / "y", changed, TranscriptCopy())])
    unscored = make_run(tmp_path / "u", make_pairs(2), TranscriptCopy()).path
    with pytest.raises(EvalError, match="is not scored"):
        load_results([unscored])


def test_the_command_says_what_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["report", str(tmp_path / "none"), "--out", str(tmp_path)]) == 1
    assert "There is no run folder" in capsys.readouterr().err


def study_run(path: Path, judged: bool) -> list[Path]:
    pairs = [Pair(f"D2N{n:03d}", "aci", make_pairs(1)[0].dialogue, "Knee pain.") for n in (68, 69)]
    scored(path, pairs, TranscriptCopy())
    if judged:
        folder = RunFolder.open(path)
        summary = folder.summary()
        value = {"ci95": {"low": 0, "high": 1}, "n": 2, "unit": "share", "label": "x"}
        summary["measures"]["judge_visits_with_major_hallucination"] = value | {"mean": 0.5}
        summary["measures"]["judge_factual_correctness"] = value | {"mean": 3.25}
        write_json(path / "summary.json", summary)
    return [path]


def test_the_studys_table(tmp_path: Path):
    cells = {
        row.label: row.cells[0]
        for row in study_rows(load_results(study_run(tmp_path / "j", judged=True)))
    }
    assert cells["ROUGE-1"].text.endswith("(2 visits)")
    assert cells["Visits with major hallucinations"].text == "1 of 2 (50%)"
    assert cells["Factual correctness, 1-5"].text == "3.25 (2 visits)"


def test_cells_without_a_figure_say_why(tmp_path: Path, runs: list[Path]):
    rows = study_rows(load_results(study_run(tmp_path / "n", judged=False)))
    reasons = {row.label: row.cells[0].reason for row in rows}
    assert "No judge was named" in reasons["Factual correctness, 1-5"]
    assert "not among the measures" in reasons["BERTScore F1"]
    assert (
        "not on the study's endocrinology visits"
        in reasons["Composite, 1-5, on 100 endocrinology visits"]
    )
    elsewhere = study_rows(load_results(runs))[0].cells
    assert [cell.reason for cell in elsewhere] == ["The run is not on the study's visits."] * 2
    markdown = write_report([tmp_path / "n"], tmp_path / "out", study=True)[0].read_text()
    assert re.search(r"\| Factual correctness, 1-5 \| 2\.81 \| 3\.54 \| – \(\d\) \|", markdown)
    assert re.search(r"\(\d\) Empty: No judge was named", markdown)


def judged(text: str, start: int, verdict: str, severity: str | None, reason: str | None) -> dict:
    place = {"text": text, "start": start, "end": start + len(text)}
    return {**place, "verdict": verdict, "severity": severity, "reason": reason}


def test_unsupported_statements_are_marked(runs: list[Path], tmp_path: Path):
    note = "\N{PILL} Rest. Take < 5 mg. Rest."  # the first character is two of the offsets' units
    findings = [
        judged("Take < 5 mg.", 9, "unsupported", "major", 'no "5"'),
        judged("Rest.", 3, "supported", None, None),
        judged("Rest.", 22, "unsupported", "minor", None),
    ]
    html_text = str(marked(note, findings))
    assert html_text == (
        "\N{PILL} Rest. "
        '<mark class="major" title="major: no &quot;5&quot;">Take &lt; 5 mg.</mark> '
        '<mark class="minor" title="minor: ">Rest.</mark>'
    )
    words = "The left knee hurts."
    note = RunFolder.open(runs[0]).predictions()["V1"].note
    statement = judged(words, note.index(words), "unsupported", "minor", None)
    write_lines(runs[0] / "findings.jsonl", [{"id": "V1", "statements": [statement]}])
    page = write_report(runs, tmp_path / "out", worst=8)[1].read_text()
    assert f'<mark class="minor" title="minor: ">{words}</mark>' in page


@pytest.mark.parametrize("value", [0.0, 12.5, 100.0])
def test_plots_of_equal_values(value: float):
    assert "NaN" not in intervals([("a", value, value, value)], "t")
    assert "nan" not in distributions([("a & b", [value, value])], "t").lower()
