"""Runs: what they leave on disk, and that nothing finished is lost."""

import json
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from eval.cli import main
from eval.errors import CaseFailed, EvalError
from eval.generate import generate
from eval.measures import MeasureOptions, open_measures
from eval.run_folder import RunFolder, differences
from eval.score import score
from eval.systems.base import Prediction, System
from model_build.data import Pair
from tests.eval.chat_server import ChatServer, Reply
from tests.eval.conftest import make_run
from tests.support.build import ROOT


class Scripted(System):
    """Writes 'note of ID', and fails where it is told to."""

    name = "scripted"

    def __init__(self, down_at: str = "", no_note: str = "", concurrency: int = 1) -> None:
        self.down_at, self.no_note, self.concurrency = down_at, no_note, concurrency
        self.asked: list[str] = []
        self.closed = 0

    def write(self, pair: Pair) -> Prediction:
        self.asked.append(pair.id)
        if pair.id == self.down_at:
            raise EvalError("It is down.")
        if pair.id == self.no_note:
            raise CaseFailed("Too long.")
        if self.concurrency > 1:
            time.sleep(0.02)
        return Prediction(pair.id, f"note of {pair.id} – é\u2028")

    def close(self) -> None:
        self.closed += 1


def quiet(text: str) -> None:
    pass


def test_an_interrupted_run_goes_on(tmp_path: Path, pairs: list[Pair]):
    with pytest.raises(EvalError, match="It is down"):
        make_run(tmp_path / "run", pairs, Scripted(down_at="V3"))
    folder = RunFolder.open(tmp_path / "run")
    assert list(folder.predictions()) == ["V1", "V2"]
    system = Scripted()
    generate(folder, pairs, system, quiet)
    assert system.asked == ["V3", "V4", "V5"]
    assert system.closed == 1
    assert [folder.predictions()[p.id].note for p in pairs] == [
        f"note of {p.id} – é\u2028" for p in pairs
    ]


def test_a_half_written_line_is_written_anew(tmp_path: Path, pairs: list[Pair]):
    folder = make_run(tmp_path / "run", pairs, Scripted())
    path = tmp_path / "run" / "predictions.jsonl"
    path.write_bytes(path.read_bytes()[:-9])
    assert len(folder.predictions()) == 4, "half a line counts for nothing"
    system = Scripted()
    told: list[str] = []
    generate(folder, pairs, system, told.append)
    assert system.asked == ["V5"]
    assert "half-written" in told[0]
    assert len(path.read_text().split("\n")) == 6


def test_damage_elsewhere_is_told_with_its_row(tmp_path: Path, pairs: list[Pair]):
    folder = make_run(tmp_path / "run", pairs, Scripted())
    path = tmp_path / "run" / "predictions.jsonl"
    lines = path.read_text().split("\n")
    path.write_text("\n".join([lines[0], lines[1][:20], *lines[2:]]))
    with pytest.raises(EvalError, match=r"predictions\.jsonl, row 2"):
        folder.predictions()


def test_a_case_without_a_note_is_kept_as_such(tmp_path: Path, pairs: list[Pair]):
    system = Scripted(no_note="V2")
    folder = make_run(tmp_path / "run", pairs, system)
    failed = folder.predictions()["V2"]
    assert (failed.note, failed.failure) == ("", "Too long.")
    again = Scripted()
    assert generate(folder, pairs, again, quiet) == 1
    assert again.asked == []
    folder.drop(["V2"])
    assert generate(folder, pairs, again, quiet) == 0
    assert again.asked == ["V2"]


def test_many_at_once_and_in_order(tmp_path: Path, pairs: list[Pair]):
    class Meeting(Scripted):
        """The first three cases wait for each other, and the first one is done last."""

        barrier = threading.Barrier(3)
        last = threading.Event()

        def write(self, pair: Pair) -> Prediction:
            if pair.id in ("V1", "V2", "V3"):
                self.barrier.wait(30)
            if pair.id == "V1":
                self.last.wait(30)
            if pair.id == "V5":
                self.last.set()
            return super().write(pair)

    folder = make_run(tmp_path / "run", pairs, Meeting(concurrency=3))
    assert list(folder.predictions()) == [p.id for p in pairs], "sorted at the end"


def test_of_many_at_once_the_finished_are_kept(tmp_path: Path, pairs: list[Pair]):
    with pytest.raises(EvalError, match="It is down"):
        make_run(tmp_path / "run", pairs, Scripted(down_at="V2", concurrency=3))
    assert {"V1", "V3"} <= set(RunFolder.open(tmp_path / "run").predictions())


def test_other_settings_are_refused(tmp_path: Path, pairs: list[Pair]):
    make_run(tmp_path / "run", pairs, Scripted())
    other = Scripted()
    other.name = "other"
    with pytest.raises(EvalError, match=r"system\.name is scripted there and other now"):
        make_run(tmp_path / "run", pairs, other)
    assert differences({"a": {"b": 1}}, {"a": {"b": 1, "c": 2}}) == ["a.c is None there and 2 now"]


def test_a_run_can_be_replaced(dataset: Path, tmp_path: Path):
    out = ["--out", str(tmp_path / "run"), "--measures", "rouge"]
    command = ["run", "--dataset", str(dataset), *out, "--system"]
    assert main([*command, "copy"]) == 0
    assert main([*command, "extractive"]) == 1
    assert main([*command, "extractive", "--replace"]) == 0
    folder = RunFolder.open(tmp_path / "run")
    assert (folder.system, folder.summary()["system"]) == ("extractive", "extractive")


def test_folders_that_are_no_run(tmp_path: Path, pairs: list[Pair]):
    with pytest.raises(EvalError, match="no run folder"):
        RunFolder.open(tmp_path / "none")
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "thesis.txt").write_text("x")
    with pytest.raises(EvalError, match=r"no settings\.json"):
        RunFolder.open(tmp_path / "other")
    with pytest.raises(EvalError, match="not a run folder"):
        make_run(tmp_path / "other", pairs, Scripted())
    folder = make_run(tmp_path / "run", pairs, Scripted())
    with pytest.raises(EvalError, match="is not scored"):
        folder.scores()
    (tmp_path / "run" / "cases.jsonl").unlink()
    with pytest.raises(EvalError, match=r"half-written: it has no cases\.jsonl"):
        folder.cases()
    (tmp_path / "run" / "settings.json").write_text("{")
    with pytest.raises(EvalError, match=r"settings\.json cannot be read"):
        RunFolder.open(tmp_path / "run")


def test_scores_and_summary(tmp_path: Path, pairs: list[Pair]):
    folder = make_run(tmp_path / "run", pairs, Scripted(no_note="V2"))
    score(folder, open_measures(MeasureOptions(["rouge", "form", "bleurt"])), quiet)
    scores = folder.scores()
    assert list(scores) == [p.id for p in pairs]
    assert scores["V2"]["rouge1"] == 0
    summary = folder.summary()
    rouge = summary["measures"]["rouge1"]
    mean = sum(s["rouge1"] for s in scores.values()) / 5
    assert rouge["mean"] == pytest.approx(mean, abs=1e-5)
    assert rouge["ci95"]["low"] <= rouge["mean"] <= rouge["ci95"]["high"]
    assert (rouge["n"], summary["failed"], summary["finished"]) == (5, 1, 5)
    assert "checkpoint" in summary["absent"]["bleurt"]
    before = json.dumps(summary["measures"])
    score(folder, open_measures(MeasureOptions(["rouge", "form"])), quiet)
    assert json.dumps(folder.summary()["measures"]) == before, "the same notes, the same figures"


def test_measures_can_be_added(tmp_path: Path, pairs: list[Pair]):
    folder = make_run(tmp_path / "run", pairs, Scripted())
    score(folder, open_measures(MeasureOptions(["rouge", "bleurt"])), quiet)
    rouge = folder.summary()["measures"]["rouge1"]
    score(folder, open_measures(MeasureOptions(["form"])), quiet)
    summary = folder.summary()
    assert summary["measures"]["rouge1"] == rouge
    assert {"rouge1", "length_ratio"} <= set(folder.scores()["V1"])
    assert list(summary["absent"]) == ["bleurt"]
    assert {"rouge", "form"} <= set(summary["settings"])
    folder.drop(["V1"])
    folder.append(Prediction("V1", "another note"))
    score(folder, open_measures(MeasureOptions(["form"])), quiet)
    assert "rouge1" not in folder.summary()["measures"], "it was computed on another note"


def test_an_unfinished_run_is_scored_as_far_as_it_goes(tmp_path: Path, pairs: list[Pair]):
    with pytest.raises(EvalError):
        make_run(tmp_path / "run", pairs, Scripted(down_at="V3"))
    folder = RunFolder.open(tmp_path / "run")
    told: list[str] = []
    score(folder, open_measures(MeasureOptions(["rouge"])), told.append)
    assert told == ["2 of 5 notes are finished; the others are left out."]
    assert folder.summary()["measures"]["rouge1"]["n"] == 2


def test_the_command(dataset: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    out = tmp_path / "run"
    command = ["run", "--dataset", str(dataset), "--out", str(out), "--measures", "rouge"]
    assert main([*command, "--system", "copy", "--limit", "2"]) == 0
    assert "ROUGE-1" in capsys.readouterr().out
    settings = json.loads((out / "settings.json").read_text())
    assert settings["identity"]["dataset"]["cases"] == 2
    assert settings["versions"]["rouge-score"]
    assert settings["dataset"]["notes"] == ["The first 2 of 5 cases."]
    assert main([*command, "--system", "copy"]) == 1
    assert "dataset.sha256 is" in capsys.readouterr().err
    assert main(["score", str(out), "--measures", "form"]) == 0
    assert main([*command, "--system", "nothing"]) == 1
    assert "There is no system nothing" in capsys.readouterr().err
    assert main(["run", "--dataset", "none", "--system", "copy"]) == 1
    assert "There is no dataset none" in capsys.readouterr().err
    assert main([*command, "--system", "copy", "--measures", "rogue"]) == 1
    assert "There is no measure rogue" in capsys.readouterr().err


def test_several_systems_get_folders_of_their_own(dataset: Path, tmp_path: Path):
    command = ["run", "--dataset", str(dataset), "--out", str(tmp_path / "runs"), "--no-score"]
    assert main([*command, "--system", "copy", "--system", "extractive"]) == 0
    assert sorted(p.name for p in (tmp_path / "runs").iterdir()) == ["copy", "extractive"]


def test_ls(capsys: pytest.CaptureFixture[str]):
    assert main(["ls"]) == 0
    told = capsys.readouterr().out
    assert all(name in told for name in ("samples", "endpoint:URL", "bertscore"))


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit):
        main(["--help"])
    told = capsys.readouterr().out
    assert all(name in told for name in ("run", "score", "ls"))


def test_ctrl_c_keeps_what_is_finished(dataset: Path, tmp_path: Path):
    """The command, interrupted while a slow server writes, goes on from there."""
    slow = Reply("PLAN\n\nRest.", delay=0.4)
    with ChatServer(slow) as server:
        command = [sys.executable, "-m", "eval", "run", "--dataset", str(dataset)]
        command += ["--system", f"endpoint:{server.url}", "--concurrency", "1", "--no-score"]
        command += ["--out", str(tmp_path / "run")]
        # A shell's background jobs ignore Ctrl+C, and what they start would too.
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
        )
        path = tmp_path / "run" / "predictions.jsonl"
        until = time.monotonic() + 60
        while not path.exists() and time.monotonic() < until:
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        told = process.communicate(timeout=60)[1]
        assert process.returncode == 130
        assert "the same command goes on from here" in told
        finished = len(RunFolder.open(tmp_path / "run").predictions())
        assert 1 <= finished < 5
        server.replies = [Reply("PLAN\n\nRest.")]
        before = len(server.requests)
        again = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
        assert f"Going on: {finished} of 5 notes are there." in again.stderr
        assert len(server.requests) == before + 5 - finished


def test_a_missing_package_is_named(tmp_path: Path):
    hidden = "import sys; sys.modules['tqdm'] = None; import runpy; runpy.run_module('eval', "
    command = [sys.executable, "-c", hidden + "run_name='__main__')"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("eval: the package tqdm is missing; install")
