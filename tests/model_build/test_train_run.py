"""Whole runs on a toy model: learning, going on, and what can go wrong on the way."""

import errno
import json
import math
import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("peft")

from model_build.__main__ import main  # noqa: E402
from model_build.checkpoint import CheckpointError  # noqa: E402
from model_build.data import DataError  # noqa: E402
from model_build.node import ROOT  # noqa: E402
from model_build.train import examples, loop, snapshot  # noqa: E402
from model_build.train.errors import TrainError  # noqa: E402
from model_build.train.journal import read_log  # noqa: E402
from model_build.train.loop import train  # noqa: E402
from model_build.train.schedule import Schedule  # noqa: E402
from model_build.train.settings import Settings, Source  # noqa: E402
from tests.model_build.train_toys import NOTE, toy_folder, write_toy_pairs  # noqa: E402


@pytest.fixture(scope="module")
def toys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the toy model and its data, where all tests keep their token ids."""
    folder = tmp_path_factory.mktemp("toys")
    toy_folder(folder / "model")
    write_toy_pairs(folder / "pairs.jsonl")
    return folder


@pytest.fixture
def settings(toys: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setattr(examples.ExampleReader.__init__, "__defaults__", (toys / "cache",))
    return Settings(
        model=str(toys / "model"),
        data=(Source(str(toys / "pairs.jsonl"), 10),),
        rank=4,
        alpha=8,
        learning_rate=0.02,
        warmup=2,
        steps=10,
        batch_tokens=3000,
        workers=2,
        adapter_dtype="float32",
    )


def silent(_: str) -> None:
    pass


def weights(folder: Path) -> bytes:
    return (folder / "adapter_model.safetensors").read_bytes()


def stop_after(monkeypatch: pytest.MonkeyPatch, step: int) -> None:
    """Have the run end as if someone had pressed Ctrl-C during that step."""
    real = loop._Run._step

    def step_and_stop(self, now: float) -> None:
        real(self, now)
        if self.step == step:
            os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr(loop._Run, "_step", step_and_stop)


def test_the_loss_falls_and_everything_is_told(
    settings: Settings, toys: Path, tmp_path: Path
) -> None:
    said: list[str] = []
    held = replace(settings, steps=30, held=str(toys / "pairs.jsonl"), held_pairs=2)
    adapter = train(held, tmp_path / "run", say=said.append)
    assert adapter == tmp_path / "run" / "adapter"
    steps, measured = read_log(tmp_path / "run" / "log.jsonl")
    assert [s["step"] for s in steps] == list(range(1, 31))
    assert steps[-1]["loss"] < 0.9 * steps[0]["loss"]
    assert measured[-1]["nll"] < 0.9 * measured[0]["nll"]
    assert steps[0]["rate"] < steps[5]["rate"] == 0.02 > steps[-1]["rate"]
    assert {"tokens", "tokens_per_second", "seconds_left", "norm"} <= steps[0].keys()
    assert (tmp_path / "run" / "plot.svg").read_text().count("NLL per note token")
    about = json.loads((adapter / "training.json").read_text())
    assert about["steps"] == 30
    assert about["data"][0]["pairs"] == 6
    assert about["settings"]["held"] == "pairs.jsonl"
    assert str(toys) not in json.dumps(about)
    assert any("held-out NLL" in line for line in said)


def test_a_run_that_goes_on_ends_bit_for_bit_the_same(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = train(settings, tmp_path / "whole", say=silent)
    said: list[str] = []
    with monkeypatch.context() as patched:
        stop_after(patched, 5)
        assert train(settings, tmp_path / "parts", say=said.append) is None
    assert any(f"--resume {tmp_path / 'parts'}" in line for line in said)
    again = train(settings, tmp_path / "parts", resume=True, say=silent)
    assert weights(again) == weights(whole)
    ends = [tmp_path / name / "checkpoints" / "step-000010" for name in ("whole", "parts")]
    one, other = ((end / "optimizer.safetensors").read_bytes() for end in ends)
    assert one == other


def test_a_damaged_checkpoint_is_named_and_the_one_before_is_used(
    settings: Settings, tmp_path: Path
) -> None:
    run = tmp_path / "run"
    whole = weights(train(replace(settings, save_minutes=0), run, say=silent))
    kept = sorted((run / "checkpoints").iterdir())
    assert [folder.name for folder in kept] == ["step-000009", "step-000010"]
    file = kept[1] / "optimizer.safetensors"
    file.write_bytes(file.read_bytes()[:-3] + b"xyz")
    said: list[str] = []
    again = train(settings, run, resume=True, say=said.append)
    assert any(str(file) in line and "damaged" in line for line in said)
    assert weights(again) == whole
    for folder in (run / "checkpoints").iterdir():
        (folder / "state.json").write_text("{")
    with pytest.raises(TrainError, match=r"No checkpoint .* is whole: .*state\.json"):
        train(settings, run, resume=True, say=silent)


def test_a_full_disk_keeps_the_last_checkpoint(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, real, calls = tmp_path / "run", snapshot._save_tensors, []

    def fill(tensors: dict, path: Path) -> None:
        calls.append(path)
        if len(calls) == 4:
            path.write_bytes(b"half")
            raise OSError(errno.ENOSPC, "No space left on device", str(path))
        real(tensors, path)

    with monkeypatch.context() as patched:
        patched.setattr(snapshot, "_save_tensors", fill)
        with pytest.raises(TrainError, match=rf"No space left on device.*--resume {run}"):
            train(replace(settings, save_minutes=0), run, say=silent)
    assert [f.name for f in sorted((run / "checkpoints").iterdir())] == [
        "step-000002",
        "step-000003",
    ]
    assert weights(train(settings, run, resume=True, say=silent)) == weights(
        train(settings, tmp_path / "whole", say=silent)
    )


def test_the_adapter_goes_on_from_another(settings: Settings, tmp_path: Path) -> None:
    first = train(settings, tmp_path / "first", say=silent)
    more = replace(settings, init_adapter=str(first), steps=4)
    train(more, tmp_path / "second", say=silent)
    before, _ = read_log(tmp_path / "first" / "log.jsonl")
    after, _ = read_log(tmp_path / "second" / "log.jsonl")
    assert after[0]["loss"] < 0.95 * before[0]["loss"]
    assert after[0]["rate"] == settings.learning_rate / settings.warmup


def test_the_run_ends_when_its_time_is_up(settings: Settings, tmp_path: Path) -> None:
    begun = time.monotonic()
    timed = replace(settings, steps=100000, minutes=10 / 60)
    adapter = train(timed, tmp_path / "run", say=silent)
    assert time.monotonic() - begun < 30
    steps, _ = read_log(tmp_path / "run" / "log.jsonl")
    assert steps[-1]["seconds"] < 11
    assert steps[-1]["rate"] < 0.5 * settings.learning_rate
    assert adapter is not None


def test_planted_errors_come_with_the_pairs(settings: Settings, tmp_path: Path) -> None:
    preferring = replace(settings, preference="planted", rejected=1, steps=2)
    train(preferring, tmp_path / "run", say=silent)
    steps, _ = read_log(tmp_path / "run" / "log.jsonl")
    assert steps[0]["preference"] == pytest.approx(math.log(2), abs=1e-4)  # nothing gained yet
    assert steps[1]["preference"] != pytest.approx(math.log(2), abs=1e-4)


def test_rejected_texts_become_less_likely(settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "rejected.jsonl"
    rows = [{"id": f"v{i}", "section": "plan", "rejected": "Bronchitis.\nNone."} for i in range(6)]
    file.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    last = {}
    for weight in (0.0, 2.0):
        run = tmp_path / f"weight{weight}"
        train(replace(settings, preference=str(file), preference_weight=weight), run, say=silent)
        last[weight] = read_log(run / "log.jsonl")[0][-1]
    assert last[2.0]["preference"] < 0.5 * last[0.0]["preference"]
    assert last[2.0]["better"] == 1.0
    rows[2]["id"] = "v77"
    file.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    with pytest.raises(DataError, match=r"row 3.*no pair has the id v77"):
        train(replace(settings, preference=str(file)), tmp_path / "other", say=silent)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"dialogue": ""}, "row 6, column 'dialogue': the cell is empty"),
        ({"note": "He is well."}, "row 6: the note has no headings"),
        ({"dialogue": "[doctor] " + "so " * 1500}, "row 6: the transcript and its longest section"),
    ],
)
def test_pairs_that_cannot_be_used_are_named(
    settings: Settings, tmp_path: Path, changes: dict, words: str
) -> None:
    file = write_toy_pairs(tmp_path / "bad.jsonl", **changes)
    bad = replace(settings, data=(Source(str(file)),))
    with pytest.raises(Exception, match=words):
        train(bad, tmp_path / "run", say=silent)


def test_long_pairs_can_be_left_out(settings: Settings, tmp_path: Path) -> None:
    file = write_toy_pairs(tmp_path / "long.jsonl", dialogue="[doctor] " + "so " * 1500)
    short = replace(settings, data=(Source(str(file)),), max_tokens=3500, steps=1)
    said: list[str] = []
    assert train(short, tmp_path / "run", say=said.append)
    assert any("1 of 6 pairs have over 3500 tokens" in line for line in said)


def test_an_adapter_of_another_base_is_refused(
    settings: Settings, toys: Path, tmp_path: Path
) -> None:
    first = train(replace(settings, steps=1), tmp_path / "first", say=silent)
    config = json.loads((toys / "model" / "config.json").read_text())
    other = replace(settings, model="tiny", random_weights=True, init_adapter=str(first))
    assert config["hidden_size"] != 256
    with pytest.raises(CheckpointError, match="trained on another base model"):
        train(other, tmp_path / "second", say=silent)


def test_the_command(
    settings: Settings, toys: Path, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    run = tmp_path / "run"
    start = ["train", "--model", str(toys / "model"), "--out", str(run)]
    assert main(start) == 1
    assert "Name at least one file" in capsys.readouterr().err
    wrong = tmp_path / "wrong.csv"
    wrong.write_text("id,talk,note\n1,hello,HPI\n")
    assert main([*start, "--data", str(wrong)]) == 1
    assert "row 1: no column holds the transcripts" in capsys.readouterr().err
    assert main(["train", "--resume", str(tmp_path / "none")]) == 1
    assert "holds no run" in capsys.readouterr().err

    with pytest.raises(SystemExit):
        main([*start, "--rank", "0"])
    assert "0 is not above zero" in capsys.readouterr().err

    options = ["--rank", "4", "--steps", "2", "--data", f"{toys / 'pairs.jsonl'}:0.5"]
    run = tmp_path / "good"
    start = ["train", "--model", str(toys / "model"), "--out", str(run), *options]
    assert main(start) == 0
    shown = capsys.readouterr().out
    assert "2 steps" in shown
    assert (run / "adapter" / "adapter_model.safetensors").is_file()
    assert main(start) == 1
    assert "holds a run already" in capsys.readouterr().err
    assert main(["train", "--resume", str(run), "--rank", "8"]) == 1
    assert "give no other options" in capsys.readouterr().err
    assert main(["train", "--resume", str(run)]) == 0


def test_the_schedule_warms_up_stays_and_decays() -> None:
    by_steps = Schedule(1.0, 4, 0.5, 0.1, steps=100)
    rates = [by_steps.rate(step, 0) for step in range(100)]
    assert rates[:5] == [0.25, 0.5, 0.75, 1.0, 1.0]
    assert set(rates[4:50]) == {1.0}
    assert rates[50:] == sorted(rates[50:], reverse=True)
    assert rates[-1] == pytest.approx(0.1 + 0.9 * 0.02)
    assert by_steps.is_over(100, 0)
    by_time = Schedule(1.0, 4, 0.5, 0.1, steps=10**6, seconds=60)
    assert by_time.rate(50, 29) == 1.0
    assert by_time.rate(50, 59) < 0.15
    assert not by_time.is_over(50, 50, last=9)
    assert by_time.is_over(50, 52, last=9)


def test_a_source_with_epochs() -> None:
    assert Source.parse("a.csv:2.5") == Source("a.csv", 2.5)
    assert Source.parse("a.csv") == Source("a.csv", 1.0)
    assert Source.parse("c:/a.csv") == Source("c:/a.csv", 1.0)
    with pytest.raises(TrainError, match="above zero"):
        Source.parse("a.csv:0")


def test_ids_are_kept_until_what_they_come_from_changes(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = write_toy_pairs(tmp_path / "pairs.jsonl")
    own = replace(settings, data=(Source(str(file)),), steps=1)
    train(own, tmp_path / "one", say=silent)
    with monkeypatch.context() as patched:
        patched.setattr(examples, "Scribe", None)  # not needed a second time
        train(own, tmp_path / "two", say=silent)
        write_toy_pairs(file, note=NOTE.format(dose=77))
        with pytest.raises(TypeError):
            train(own, tmp_path / "three", say=silent)
    assert threading.active_count() < 20


@pytest.mark.full
def test_two_processes_train_as_one(settings: Settings, toys: Path, tmp_path: Path) -> None:
    common = ["--model", str(toys / "model"), "--data", str(toys / "pairs.jsonl"), "--steps", "2"]
    launch = [sys.executable, "-m", "torch.distributed.run", "--nproc_per_node", "2", "-m"]
    losses = []
    for name, how in (("one", [sys.executable, "-m"]), ("two", launch)):
        command = [*how, "model_build", "train", *common, "--out", str(tmp_path / name)]
        subprocess.run([*command, "--batch-tokens", "3000"], check=True, cwd=ROOT)
        steps, _ = read_log(tmp_path / name / "log.jsonl")
        losses.append([step["loss"] for step in steps])
    assert losses[0] == pytest.approx(losses[1], rel=1e-4)
    assert '"processes": 2' in (tmp_path / "two" / "log.jsonl").read_text()


def test_written_visits_are_trained_on_and_test_sets_never(
    settings: Settings, tmp_path: Path
) -> None:
    visits = tmp_path / "visits"
    visits.mkdir()
    for number in range(2):
        (visits / f"{number}.visit").write_text(
            f"id: v{number}\n## facts\nc1 complaint: knee pain\n## dialogue\n"
            "[patient] {c1|my knee hurts}\n## note\nCHIEF COMPLAINT\n\nKnee pain. {c1}\n"
        )
    data = (Source(str(visits), 1),)
    adapter = train(replace(settings, data=data, steps=1), tmp_path / "run")
    assert json.loads((adapter / "training.json").read_text())["data"][0]["pairs"] == 2
    test_set = (Source(str(loop.TEST_SETS / "endocrinology"), 1),)
    with pytest.raises(TrainError, match="is a test set, which is never trained on"):
        train(replace(settings, data=test_set, steps=1), tmp_path / "other")
