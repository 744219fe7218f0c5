"""The judge: strict answers, retries, the cache, costs and agreement."""

import json
from pathlib import Path

import pytest

from eval.cli import main
from eval.errors import EvalError
from eval.judge.cache import AnswerCache, content_key
from eval.judge.rater import parse
from eval.judge.rating import COUNTS, SCALES, Rating, response_format
from eval.measures.base import Item
from eval.measures.judge import Judge, JudgeOptions, agreement
from eval.systems.base import Prediction
from model_build.data import Pair
from tests.eval.chat_server import ChatServer, Reply

GOOD = dict.fromkeys(SCALES, 4) | dict.fromkeys(COUNTS, 0)


def rating(**changed: int) -> Rating:
    return Rating.model_validate(GOOD | changed)


def said(**changed: object) -> Reply:
    return Reply(json.dumps(GOOD | changed))


def items(pairs: list[Pair]) -> list[Item]:
    return [Item(pair, Prediction(pair.id, pair.note)) for pair in pairs]


def judge(server: ChatServer, cache: Path, **options: object) -> Judge:
    return Judge(JudgeOptions([server.url], ["m"], cache=cache, concurrency=1, **options))


def silent(n: int) -> None:
    pass


def test_the_schema_is_strict():
    form = response_format()["json_schema"]
    assert form["strict"] is True
    assert form["schema"]["additionalProperties"] is False
    assert set(form["schema"]["required"]) == {*SCALES, *COUNTS}


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("very good", "it is not JSON"),
        ("{}", "factual_correctness: Field required"),
        (json.dumps(GOOD | {"relevance": 6}), "relevance: Input should be less than or equal to 5"),
        (json.dumps(GOOD | {"relevance": "4"}), "relevance: Input should be a valid integer"),
        (json.dumps(GOOD | {"relevance": 4.5}), "relevance"),
        (json.dumps(GOOD | {"minor_omissions": -1}), "minor_omissions"),
        (json.dumps(GOOD | {"mood": 3}), "mood: Extra inputs are not permitted"),
        ("[]", "it: Input should be"),
    ],
)
def test_malformed_answers(text: str, wrong: str):
    assert parse(text)[0] is None
    assert wrong in parse(text)[1]


def test_a_fence_is_allowed():
    assert parse(f"```json\n{json.dumps(GOOD)}\n```")[0] == rating()


def test_values(tmp_path: Path, pairs: list[Pair]):
    with ChatServer(said(factual_correctness=1, major_hallucinations=2)) as server:
        measure = judge(server, tmp_path, prices=(1.0, 10.0))
        values = measure.score(items(pairs), silent)
        request = server.requests[0]
    assert request["response_format"] == response_format()
    assert pairs[0].transcript in request["messages"][1]["content"]
    assert set(values[0]) == set(measure.columns())
    assert values[0]["judge_composite"] == pytest.approx(3.4)
    assert values[0]["judge_major_hallucinations"] == 2
    assert values[0]["judge_visits_with_major_hallucination"] == 1
    settings = measure.settings()
    assert settings["usage"]["m"]["prompt_tokens"] == 55
    assert settings["cost_dollars"] == pytest.approx((55 + 35 * 10) / 1e6)


def test_a_malformed_answer_is_asked_for_again(tmp_path: Path, pairs: list[Pair]):
    with ChatServer(Reply("I like it."), Reply(raw="<html>"), said()) as server:
        measure = judge(server, tmp_path)
        assert measure.score(items(pairs[:1]), silent)[0]["judge_relevance"] == 4
        told = server.requests[1]["messages"]
        assert told[-2]["content"] == "I like it."
        assert "not JSON" in told[-1]["content"]
        assert len(server.requests[2]["messages"]) == 3
    assert measure.settings()["usage"]["m"]["malformed"] == 2


def test_a_judge_that_never_answers_well(tmp_path: Path, pairs: list[Pair]):
    with ChatServer(Reply("I like it.")) as server:
        measure = judge(server, tmp_path)
        (values,) = measure.score(items(pairs[:1]), silent)
        assert len(server.requests) == 3
    assert set(values.values()) == {None}
    assert measure.settings()["unrated"] == 1


def test_answers_replay_offline(tmp_path: Path, pairs: list[Pair]):
    with ChatServer(said(relevance=2)) as server:
        before = judge(server, tmp_path).score(items(pairs), silent)
        assert len(server.requests) == 5
    measure = judge(server, tmp_path)  # nobody listens any more
    assert measure.score(items(pairs), silent) == before
    assert measure.settings()["usage"]["m"] == {
        "asked": 0,
        "cached": 5,
        "malformed": 0,
        "prompt_tokens": 0,
        "completion_tokens": 0,
    }


def test_another_note_is_another_question(tmp_path: Path, pairs: list[Pair]):
    with ChatServer(said()) as server:
        judge(server, tmp_path).score(items(pairs[:1]), silent)
        other = [Item(pairs[0], Prediction("V1", "Another note."))]
        judge(server, tmp_path).score(other, silent)
        assert len(server.requests) == 2


def test_a_damaged_cache_is_asked_anew(tmp_path: Path, pairs: list[Pair]):
    with ChatServer(said()) as server:
        judge(server, tmp_path).score(items(pairs[:1]), silent)
        (file,) = tmp_path.rglob("*.json")
        file.write_text('{"te')
        judge(server, tmp_path).score(items(pairs[:1]), silent)
        assert len(server.requests) == 2
    cache = AnswerCache(tmp_path)
    assert cache.get(content_key({"a": 1})) is None


def test_two_passes_and_their_agreement(tmp_path: Path, pairs: list[Pair]):
    replies = [said(relevance=n) for n in (1, 2, 3, 4, 5)] * 2
    with ChatServer(*replies, said()) as server:
        measure = judge(server, tmp_path, passes=2)
        values = measure.score(items(pairs), silent)
        assert {r["seed"] for r in server.requests} == {1, 2}
    assert [v["judge_relevance"] for v in values] == [1, 2, 3, 4, 5]
    kappa = measure.settings()["kappa"]
    assert (kappa["notes"], kappa["relevance"], kappa["completeness"]) == (5, 1, None)


def test_agreement_of_two_judges():
    one = [rating(major_omissions=n) for n in (0, 0, 1, 3)]
    other = [rating(major_omissions=n) for n in (0, 1, 2, 1)]
    assert agreement(one, other)["major_omissions"] == pytest.approx(0.5)
    assert agreement([*one, None], [*other, rating()])["notes"] == 4


def test_who_judges(tmp_path: Path):
    assert "No judge was named" in Judge(JudgeOptions()).absent()
    assert "model was not named" in Judge(JudgeOptions(["http://h"])).absent()
    with pytest.raises(EvalError, match="2 judges and 1 judge models"):
        Judge(JudgeOptions(["http://a", "http://b"], ["m"]))


def test_a_judge_that_is_down_leaves_the_other_measures(
    dataset: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    with ChatServer(said(), Reply("no such model", 404)) as server:
        out = tmp_path / "run"
        command = ["run", "--dataset", str(dataset), "--system", "copy", "--out", str(out)]
        command += ["--measures", "rouge,judge", "--judge-cache", str(tmp_path / "cache")]
        command += ["--judge", server.url, "--judge-model", "m", "--judge-concurrency", "1"]
        assert main(command) == 0
    summary = json.loads((out / "summary.json").read_text())
    assert "404: no such model" in summary["absent"]["judge"]
    assert summary["measures"]["rouge1"]["n"] == 5
    assert len(list((tmp_path / "cache").rglob("*.json"))) == 1, "the first answer is kept"
    assert "judge: left out" in capsys.readouterr().out
