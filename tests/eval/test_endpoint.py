"""Servers that speak the OpenAI protocol: well, slowly, wrongly, not at all."""

from pathlib import Path

import pytest

from eval.chat import BadAnswer, ChatClient, chat_address
from eval.cli import main
from eval.errors import CaseFailed, EvalError
from eval.generate import generate
from eval.run_folder import RunFolder
from eval.systems import SystemOptions, open_system
from eval.systems.endpoint import Endpoint
from model_build.data import Pair
from tests.eval.chat_server import ChatServer, Reply
from tests.eval.conftest import make_run

MESSAGES = [{"role": "user", "content": "hi"}]


def client(server: ChatServer, **options: object) -> ChatClient:
    return ChatClient(server.url, "m", pause=0.01, **options)


@pytest.mark.parametrize(
    "given", ["http://h:1", "http://h:1/", "http://h:1/v1", "http://h:1/v1/chat/completions"]
)
def test_addresses(given: str):
    assert chat_address(given) == "http://h:1/v1/chat/completions"


def test_an_answer(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("OPENAI_API_KEY", "secret")
    with ChatServer(Reply("Hello.")) as server:
        answer = client(server).complete(MESSAGES, temperature=0.0)
        assert (answer.text, answer.finish) == ("Hello.", "stop")
        assert (answer.prompt_tokens, answer.completion_tokens) == (11, 7)
        assert server.requests == [{"model": "m", "messages": MESSAGES, "temperature": 0.0}]
        assert server.keys == ["Bearer secret"]
        assert ChatClient(server.url).model == "first-model"


def test_an_overloaded_server_is_asked_again():
    waits: list[float] = []
    busy = Reply("busy", 429, headers={"Retry-After": "7"})
    with ChatServer(Reply("no", 503), busy, Reply(hang_up=True), Reply("At last.")) as server:
        answer = client(server, sleep=waits.append).complete(MESSAGES)
    assert answer.text == "At last."
    assert waits == [0.01, 7, 0.04]


def test_a_refusal_is_not_asked_again():
    with ChatServer(Reply("no such model", 404)) as server:
        with pytest.raises(EvalError, match=r"answered 404: no such model\.$"):
            client(server).complete(MESSAGES)
        assert len(server.requests) == 1


def test_a_server_that_stays_busy():
    with (
        ChatServer(Reply("overloaded", 503)) as server,
        pytest.raises(EvalError, match="answered 503: overloaded, 3 times; finished notes are"),
    ):
        client(server, tries=3).complete(MESSAGES)


def test_a_slow_server():
    with (
        ChatServer(Reply(delay=1)) as server,
        pytest.raises(EvalError, match=r"did not answer within 0\.1 seconds, 2 times"),
    ):
        client(server, timeout=0.1, tries=2).complete(MESSAGES)


def test_a_server_that_is_down():
    with ChatServer() as server:
        url = server.url
    with pytest.raises(EvalError, match="cannot be reached"):
        ChatClient(url, "m", tries=2, pause=0.01).complete(MESSAGES)
    with pytest.raises(EvalError, match="is not an address"):
        ChatClient("localhost:1", "m", tries=2, pause=0.01).complete(MESSAGES)


@pytest.mark.parametrize("raw", ["<html>", "{}", '{"choices": []}', "[1]", '{"choices": [{}]}'])
def test_nonsense(raw: str):
    with ChatServer(Reply(raw=raw)) as server, pytest.raises(BadAnswer, match="no completion"):
        client(server).complete(MESSAGES)


def endpoint(server: ChatServer, **options: object) -> Endpoint:
    made = Endpoint(server.url, SystemOptions(model_name="m", **options))
    made._client = client(server, tries=2)
    return made


def test_a_run_of_many_at_once(tmp_path: Path, pairs: list[Pair]):
    reply = Reply(lambda request: f"PLAN\n\n{request['messages'][1]['content'][-50:]}", delay=0.5)
    with ChatServer(reply) as server:
        folder = make_run(tmp_path / "run", pairs, endpoint(server, concurrency=3))
        assert server.most_at_once == 3
    for pair in pairs:
        prediction = folder.predictions()[pair.id]
        assert prediction.note == f"PLAN\n\n{pair.transcript[-50:]}", "each case its own note"
        assert (prediction.tokens, prediction.states) == (7, {"note": "done"})


def test_nonsense_costs_one_case_and_the_server_going_down_none(tmp_path: Path, pairs: list[Pair]):
    odd = [Reply(raw="<html>")] * 3
    down = [Reply("gone", 503)]
    with (
        ChatServer(Reply("One."), *odd, Reply("Three."), *down) as server,
        pytest.raises(EvalError, match="503"),
    ):
        make_run(tmp_path / "run", pairs, endpoint(server, concurrency=1))
    folder = RunFolder.open(tmp_path / "run")
    done = folder.predictions()
    assert [p.note for p in done.values()] == ["One.", "", "Three."]
    assert "no completion" in done["V2"].failure
    with ChatServer(Reply("Later.")) as server:
        generate(folder, pairs, endpoint(server), lambda text: None)
    assert [p.note for p in folder.predictions().values()] == [
        "One.",
        "",
        "Three.",
        *["Later."] * 2,
    ]


def test_an_empty_note_is_asked_for_again(pairs: list[Pair]):
    with ChatServer(Reply(" "), Reply("A note.")) as server:
        assert endpoint(server).write(pairs[0]).note == "A note."
    with ChatServer(Reply(" ")) as server, pytest.raises(CaseFailed, match="the note is empty"):
        endpoint(server).write(pairs[0])


def test_the_instruction_can_be_replaced(tmp_path: Path, pairs: list[Pair]):
    prompt = tmp_path / "prompt.txt"
    prompt.write_text("Write it in French.\n")
    with ChatServer() as server:
        system = open_system(f"endpoint:{server.url}", SystemOptions(prompt=prompt, max_tokens=9))
        system.write(pairs[0])
        assert system.name == "first-model"
        assert server.requests[0]["messages"][0]["content"] == "Write it in French."
        assert server.requests[0]["max_tokens"] == 9
        other = open_system(f"endpoint:{server.url}", SystemOptions())
        assert other.settings()["prompt_sha256"] != system.settings()["prompt_sha256"]
    with pytest.raises(EvalError, match="cannot be read"):
        open_system("endpoint:http://h", SystemOptions(prompt=tmp_path / "no", model_name="m"))


def test_the_command(dataset: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    with ChatServer(Reply("PLAN\n\nRest.")) as server:
        system = f"endpoint:{server.url}"
        out = ["--out", str(tmp_path / "run"), "--measures", "rouge,form"]
        assert main(["run", "--dataset", str(dataset), "--system", system, *out]) == 0
    assert "first-model on" in capsys.readouterr().out
