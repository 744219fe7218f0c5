"""Datasets by name, path and folder."""

from pathlib import Path

import pytest

from eval.datasets import STUDY_IDS, known_datasets, load_dataset
from eval.errors import EvalError
from eval.systems.extractive import Extractive
from eval.systems.transcript import TranscriptCopy
from model_build.data import DataError, Pair, split_soap

HEAD = "dataset,encounter_id,dialogue,note\n"


def aci(path: Path, *ids: str, note: str = "n") -> None:
    path.write_text(HEAD + "".join(f"aci,{i},[doctor] hi,{note}\n" for i in ids))


def test_the_committed_visits():
    dataset = load_dataset("samples")
    assert len(dataset.pairs) >= 3
    for pair in dataset.pairs:
        assert len(pair.transcript.split()) >= 500
        assert all(split_soap(pair.note).values()), pair.id


def test_a_limit_is_told(dataset: Path):
    small = load_dataset(str(dataset), 2)
    assert [pair.id for pair in small.pairs] == ["V1", "V2"]
    assert small.notes == ("The first 2 of 5 cases.",)
    assert small.digest != load_dataset(str(dataset)).digest


def test_a_folder_of_aci_bench_files(tmp_path: Path):
    aci(tmp_path / "b.csv", "D2N090", "D2N089")
    aci(tmp_path / "a.csv", "D2N001", "D2N090")
    (tmp_path / "other.csv").write_text("x,y\n1,2\n")
    assert [p.id for p in load_dataset(str(tmp_path)).pairs] == ["D2N001", "D2N089", "D2N090"]
    aci(tmp_path / "c.csv", "D2N089", note="another")
    with pytest.raises(DataError, match=r"row 2, column 'encounter_id': the visit D2N089"):
        load_dataset(str(tmp_path))


def test_the_studys_visits(tmp_path: Path):
    assert len(STUDY_IDS) == 140
    aci(tmp_path / "some.csv", "D2N001", "D2N068", "D2N207")
    dataset = load_dataset(f"study:{tmp_path}")
    assert [p.id for p in dataset.pairs] == ["D2N068", "D2N207"]
    told = " ".join(dataset.notes)
    assert "2 of the study's 140 visits" in told
    assert "valid (19 visits), test1 (40 visits), test2 (40 visits), test3 (39 visits)" in told
    assert "https://" in told
    assert "1 visits for training" in told
    aci(tmp_path / "some.csv", "D2N001")
    with pytest.raises(EvalError, match="none of the study's visits"):
        load_dataset(f"study:{tmp_path}")


def test_folders_without_data(tmp_path: Path):
    with pytest.raises(EvalError, match="holds no ACI-Bench file"):
        load_dataset(str(tmp_path))
    with pytest.raises(EvalError, match="no folder"):
        load_dataset(f"study:{tmp_path}/none")


def test_names_come_from_scribe_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "aci-bench").mkdir()
    aci(tmp_path / "aci-bench" / "mine.csv", "D2N001")
    monkeypatch.setenv("SCRIBE_DATA", str(tmp_path))
    assert "aci-bench/mine" in known_datasets()
    assert len(load_dataset("aci-bench/mine").pairs) == 1
    monkeypatch.delenv("SCRIBE_DATA")
    with pytest.raises(EvalError, match="SCRIBE_DATA is not set"):
        load_dataset("aci-bench/mine")


@pytest.mark.parametrize("pair", load_dataset("samples").pairs, ids=lambda pair: pair.id)
def test_baselines_say_only_what_was_said(pair: Pair):
    assert TranscriptCopy().write(pair).note == pair.transcript
    note = Extractive().write(pair).note
    lines = [line for line in note.split("\n") if line and not line.isupper()]
    assert len(lines) >= 5
    assert "ASSESSMENT AND PLAN" in note
    assert all(line in pair.transcript for line in lines)
    assert len(note.split()) < len(pair.transcript.split())
