"""Finished notes, and the shipped engine, page and torch on the same weights."""

import difflib
import functools
import json
import os
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest

from eval.cli import main
from eval.datasets import load_dataset
from eval.errors import CaseFailed, EvalError
from eval.systems import SystemOptions, expand, open_system
from eval.systems.base import Prediction
from model_build.data import DataError, Pair
from model_build.scribe import Scribe, ScribeError
from tests.support.build import built_model, exported_site

LIMIT = 24
PEERS = {  # ROUGE-1, -2, -L of their own files on test1, in percent
    "bart-large-xsum-samsum_clinicalnlp_taskB_test1_division_combined": (55.2, 25.6, 30.1),
    "test1GPT-4_": (53.9, 23.4, 31.1),
    "test1ChatGPT_": (49.4, 19.7, 28.0),
    "UMLS_similarity_clinicalnlp_taskB_test1": (45.6, 18.0, 26.3),
    "BART_large_clinicalnlp_taskB_test1_full": (42.9, 19.7, 24.0),
    "copy": (34.1, 13.0, 19.4),
}
EMPTY = Pair("empty", "s", (), "n")
DATA = Path(os.environ.get("SCRIBE_DATA", "") or "nowhere")


def apart(test: Callable[..., None]) -> Callable[..., None]:
    """Run a test in a thread of its own: Playwright starts once a thread, and pages of other
    tests may be open in the main one."""

    @functools.wraps(test)
    def run(*args: object, **kwargs: object) -> None:
        with ThreadPoolExecutor(1) as pool:
            pool.submit(test, *args, **kwargs).result()

    return run


@pytest.mark.skipif(
    not (DATA / "aci-bench" / "predictions").is_dir(),
    reason="SCRIBE_DATA names no folder with aci-bench/predictions",
)
def test_the_peers_rouge_is_reproduced(tmp_path: Path, report: list[str]):
    """One command gives the published figures from the peers' own files."""
    command = ["run", "--dataset", "aci-bench/test1", "--measures", "rouge"]
    for name in PEERS:
        file = f"predictions:{DATA}/aci-bench/predictions/{name}.csv"
        command += ["--system", name if name == "copy" else file]
    assert main([*command, "--out", str(tmp_path)]) == 0
    summaries = [json.loads(p.read_text()) for p in sorted(tmp_path.glob("*/summary.json"))]
    assert len(summaries) == len(PEERS)
    for summary in summaries:
        found = [100 * summary["measures"][m]["mean"] for m in ("rouge1", "rouge2", "rougeL")]
        report.append(
            f"{summary['system']}: ROUGE-1/2/L {found[0]:.2f}/{found[1]:.2f}/{found[2]:.2f}"
        )
        assert found == pytest.approx(PEERS[summary["system"]], abs=0.3)


def test_finished_notes(tmp_path: Path, pairs: list[Pair]):
    file = tmp_path / "peer.csv"
    file.write_text("encounter_id,note\nV1,One.\nV9,Nine.\n")
    system = open_system(f"predictions:{file}", SystemOptions())
    assert system.write(pairs[0]).note == "One."
    with pytest.raises(CaseFailed, match="no note for V2"):
        system.write(pairs[1])
    assert expand([f"predictions:{tmp_path}", "copy"]) == [f"predictions:{file}", "copy"]


def test_finished_notes_of_other_visits(
    dataset: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    file = tmp_path / "peer.csv"
    file.write_text("id,note\nX1,One.\n")
    run = ["run", "--dataset", str(dataset), "--system", f"predictions:{file}"]
    assert main([*run, "--out", str(tmp_path / "run")]) == 1
    assert "its ids look like X1, the dataset's like V1" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ("model:", "needs a name after the colon"),
        ("model:nowhere", "no model folder nowhere"),
        ("model:tests", "is no built model"),
        ("site:nowhere", "neither an address nor a folder with a site"),
        ("oracle", "There is no system oracle"),
    ],
)
def test_systems_that_are_not_there(spec: str, said: str):
    with pytest.raises(EvalError, match=said):
        open_system(spec, SystemOptions())


def test_a_file_of_notes_that_is_not_there():
    with pytest.raises(DataError, match="no such file"):
        open_system("predictions:nowhere.csv", SystemOptions())


@pytest.fixture(scope="module")
def visits() -> list[Pair]:
    return load_dataset("samples").pairs[:2]


def written(spec: str, visits: list[Pair], **options: object) -> list[Prediction]:
    with open_system(spec, SystemOptions(**options)) as system:
        return [system.write(visit) for visit in visits]


@pytest.fixture(scope="module")
def from_node(visits: list[Pair]) -> list[Prediction]:
    return written(f"model:{built_model('smollm2-135m')}", visits, max_tokens=LIMIT)


def test_node_writes_notes(from_node: list[Prediction]):
    for prediction in from_node:
        assert "SUBJECTIVE\n\n" in prediction.note
        assert set(prediction.states.values()) <= {"done", "limit"}
        assert prediction.tokens <= 4 * LIMIT
        assert prediction.seconds > 0


def test_the_page_and_node_give_the_same_text(visits: list[Pair], from_node: list[Prediction]):
    """The exported page in Chromium (CPU engine), through its own buttons."""
    site = exported_site("smollm2-135m")
    query = f"engine=cpu&limit={LIMIT}"
    # A process of its own: Playwright starts once a thread, and its long waits want a main thread.
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        from_page = pool.submit(written, f"site:{site}", visits, query=query).result(timeout=300)
    for page, node in zip(from_page, from_node, strict=True):
        assert page.note == node.note


def test_torch_agrees_as_far_as_it_does(
    visits: list[Pair], from_node: list[Prediction], report: list[str]
):
    """Float32 beside integer activations: near ties may fall otherwise, most text is the same."""
    folder = built_model("smollm2-135m")
    shares = []
    pairs = zip(
        written(f"model:{folder}", visits[:1], backend="torch", max_tokens=LIMIT),
        from_node,
        strict=False,
    )
    for torch, node in pairs:
        match = difflib.SequenceMatcher(None, torch.note.split(), node.note.split(), False)
        shares.append(match.ratio())
    report.append(f"torch beside Node: {[round(share, 3) for share in shares]} of words agree")
    assert min(shares) > 0.9


@apart
def test_the_page_tells_why_it_has_no_note():
    with pytest.raises(CaseFailed, match="transcript"):
        written(f"site:{exported_site('tiny')}", [EMPTY])


def test_node_tells_why_it_has_no_note():
    with pytest.raises(CaseFailed, match="transcript"):
        written(f"model:{built_model('tiny')}", [EMPTY])


def test_a_process_that_dies_is_started_again(pairs: list[Pair], monkeypatch: pytest.MonkeyPatch):
    generate = Scribe.generate
    deaths = iter([True, False])

    def dying(self: Scribe, transcript: str, **options: object) -> dict:
        if next(deaths):
            raise ScribeError("process", "It ended.")
        return generate(self, transcript, **options)

    monkeypatch.setattr(Scribe, "generate", dying)
    (prediction,) = written(f"model:{built_model('tiny')}", pairs[:1], max_tokens=2)
    assert prediction.note
    monkeypatch.setattr(
        Scribe,
        "generate",
        lambda *a, **k: (_ for _ in ()).throw(ScribeError("process", "It ended.")),
    )
    with pytest.raises(EvalError, match="It ended"):
        written(f"model:{built_model('tiny')}", pairs[:1])


@apart
def test_an_address_where_nobody_answers(pairs: list[Pair]):
    with pytest.raises(EvalError, match="does not get ready"):
        written("site:http://127.0.0.1:9/", pairs[:1])


@apart
def test_a_page_that_is_another_one(tmp_path: Path, pairs: list[Pair]):
    (tmp_path / "index.html").write_text("no site")
    with pytest.raises(EvalError, match="does not get ready"):
        written(f"site:{tmp_path}", pairs[:1], timeout=3)
