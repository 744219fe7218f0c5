"""`python -m model_build synth …`: files in and out, and models behind a server."""

import json
from pathlib import Path
from random import Random

import pytest

from model_build.__main__ import main
from model_build.data import read_pairs
from model_build.synth.chat import Chat
from model_build.synth.check import check
from model_build.synth.encounter import sample_encounter
from model_build.synth.endpoint import Models, as_brief, read_visit, write_pairs_with
from model_build.synth.errors import SynthError
from model_build.synth.tables import load_tables
from tests.eval.chat_server import ChatServer, Reply

VISIT = """
## facts
d1 demographic: 54-year-old woman | age=54 | sex=female
c1 complaint: knee pain
m1 medication: takes metformin 500 mg twice daily | name=metformin | dose=500 mg
x1 distractor: her sister takes glipizide | name=glipizide | person=sister

## dialogue
[doctor] so you're {d1|fifty four now}, and what brings you in?
[patient] {c1|my knee hurts}. i'm on {m1|metformin, five hundred, twice a day}.
[patient] my sister takes {x1|glipizide}.

## note
CHIEF COMPLAINT

Knee pain. {c1}

HISTORY OF PRESENT ILLNESS

The patient is a 54-year-old woman. {d1} She takes metformin 500 mg twice daily. {m1}
"""
INVENTED = VISIT.replace("metformin 500 mg twice daily. {m1}", "metformin 850 mg daily. {m1}")
ACCEPT = '{"accept": true, "faults": []}'
REJECT = '{"accept": false, "faults": ["the dialogue is stiff"]}'


def run(*arguments: object) -> int:
    return main(["synth", *map(str, arguments)])


def test_pairs_are_written_checked_and_reported(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    out, report = tmp_path / "pairs.jsonl", tmp_path / "report"
    assert run("--pairs", 12, "--seed", 3, "--out", out, "--report", report) == 0
    assert len(read_pairs(out)) == 12
    assert json.loads((report / "report.json").read_text())["pairs"] == 12
    assert "words per transcript" in (report / "report.md").read_text()
    assert run("check", out) == 0
    assert "12 pairs, no fault." in capsys.readouterr().out
    assert run("report", out, "--compare", "itself", out) == 0
    assert "(itself)" in capsys.readouterr().out


def test_a_file_with_a_fault_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    out = tmp_path / "pairs.jsonl"
    assert run("--pairs", 2, "--out", out) == 0
    lines = [json.loads(line) for line in out.read_text().splitlines()]
    lines[1]["note"] += "\n\nThe patient drinks heavily."
    out.write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert run("check", out) == 1
    told = capsys.readouterr()
    assert "without a fact: The patient drinks heavily." in told.out
    assert "1 of 2 pairs are not sound" in told.err


def test_written_visits_pass_the_same_check(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "one.visit").write_text(f"id: one\n{VISIT}")
    assert run("check", tmp_path / "one.visit") == 0
    (tmp_path / "two.visit").write_text(f"id: two\n{INVENTED}")
    assert run("check", tmp_path) == 1
    assert "850" in capsys.readouterr().out


def test_what_a_written_visit_says_in_its_own_way_is_a_remark(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    visit = tmp_path / "one.visit"
    odd = VISIT.replace("five hundred", "the big ones")
    assert odd != VISIT
    visit.write_text(f"id: one\n{odd}")
    assert run("check", visit) == 0
    told = capsys.readouterr().out
    assert "one, to be looked at: 500 is not heard" in told
    assert "1 pairs, no fault, 1 to be looked at." in told


@pytest.mark.parametrize(
    "arguments, message",
    [
        (("--pairs", 1), "--out FILE is needed"),
        (("check",), "name the files"),
        (("--out", "x", "--endpoint", "http://127.0.0.1:9"), "--model NAME"),
    ],
)
def test_what_is_missing_is_named(
    arguments: tuple[object, ...], message: str, capsys: pytest.CaptureFixture[str]
):
    assert run(*arguments) == 1
    assert message in capsys.readouterr().err


MODELS = Models("writer", "reader", "judge")


def pairs_from(*contents: str, count: int = 1) -> tuple[list, ChatServer]:
    with ChatServer(*(Reply(text) for text in contents)) as server:
        chat = Chat(server.url, pause=0.001)
        made = list(write_pairs_with(chat, MODELS, count, seed=1, tries=2))
        chat.close()
        return made, server


def asked(server: ChatServer) -> list[str]:
    return [request["model"] for request in server.requests]


def test_a_sound_visit_that_the_reviewer_accepts_is_kept():
    made, server = pairs_from(f"Here it is:\n```\n{VISIT}```", ACCEPT)
    assert asked(server) == ["writer", "reader"]
    assert made[0].source == "endpoint" and made[0].about["verdict"] == "accepted"
    assert check(made[0]) == []
    brief = server.requests[0]["messages"][1]["content"]
    assert "## facts" in brief and "demographic:" in brief


def test_what_is_wrong_goes_back_to_the_generator():
    made, server = pairs_from(INVENTED, VISIT, ACCEPT)
    assert asked(server) == ["writer", "writer", "reader"]
    told = server.requests[1]["messages"][1]["content"]
    assert "no fact holds 850" in told
    assert len(made) == 1


def test_a_visit_that_stays_unsound_is_dropped():
    made, server = pairs_from(INVENTED)
    assert made == []
    assert set(asked(server)) == {"writer"}


def test_faults_are_mended_once():
    made, server = pairs_from(VISIT, REJECT, VISIT, ACCEPT)
    assert asked(server) == ["writer", "reader", "writer", "reader"]
    assert "the dialogue is stiff" in server.requests[2]["messages"][1]["content"]
    assert made[0].about["verdict"] == "accepted when mended"


@pytest.mark.parametrize("keep", [True, False])
def test_the_adjudicator_decides(keep: bool):
    verdict = json.dumps({"keep": keep, "why": "…"})
    made, server = pairs_from(VISIT, REJECT, VISIT, REJECT, verdict)
    assert asked(server)[:5] == ["writer", "reader", "writer", "reader", "judge"]
    assert bool(made) is keep
    if keep:
        assert made[0].about["verdict"] == "kept by the adjudicator"


def test_the_adjudicator_cannot_keep_what_is_unsound():
    """A mended version that is unsound never replaces the sound one."""
    made, _ = pairs_from(VISIT, REJECT, INVENTED, INVENTED, '{"keep": true}')
    assert [check(pair) for pair in made] == [[]]
    assert "850" not in made[0].note


def test_an_answer_that_is_no_json_is_no_acceptance():
    made, _ = pairs_from(VISIT, "looks good", VISIT, "fine by me", "keep it")
    assert made == []


def test_the_same_visit_is_kept_once():
    made, server = pairs_from(VISIT, ACCEPT, VISIT, ACCEPT, VISIT, ACCEPT, VISIT, ACCEPT, count=2)
    assert len(made) == 1
    assert asked(server).count("writer") == 4


@pytest.mark.parametrize(
    "text", ["", "no visit at all", "## facts\nnonsense\n## dialogue\n## note"]
)
def test_answers_that_hold_no_visit(text: str):
    pair, wrong = read_visit(text, {"id": "x"})
    assert pair is None and wrong


def test_a_brief_tells_every_fact_once():
    encounter = sample_encounter(load_tables(), Random(4), digits=False)
    brief = as_brief(encounter, {"id": "x", "specialty": encounter.specialty, "style": "clinic"})
    names = [line.split()[0] for line in brief.split("## facts\n")[1].splitlines()]
    assert len(names) == len(set(names)) > 20
    assert encounter.person.last in brief


def test_a_busy_server_is_asked_again():
    with ChatServer(Reply("busy", status=503), Reply("well")) as server:
        assert Chat(server.url, pause=0.001).ask("m", "s", "u") == "well"
        assert len(server.requests) == 2


@pytest.mark.parametrize(
    "reply, message",
    [
        (Reply("no such model", status=404), "answered 404: .*no such model"),
        (Reply(raw="<html>"), "no completion"),
        (Reply("down", status=500), "answered 500: .*, 2 times"),
    ],
)
def test_a_server_that_fails_is_named(reply: Reply, message: str):
    with (
        ChatServer(reply) as server,
        pytest.raises(SynthError, match=message),
    ):
        Chat(server.url, tries=2, pause=0.001).ask("m", "s", "u")


def test_no_server():
    with pytest.raises(SynthError, match="is the server running"):
        Chat("http://127.0.0.1:9/v1", tries=1).ask("m", "s", "u")


def test_a_run_through_a_server(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    out = tmp_path / "pairs.jsonl"
    with ChatServer(Reply(VISIT), Reply(ACCEPT)) as server:
        arguments = ("--pairs", 1, "--out", out, "--endpoint", server.url, "--model", "writer")
        assert run(*arguments) == 0
        assert asked(server) == ["writer", "writer"]
    assert "1 kept" in capsys.readouterr().err
    assert read_pairs(out)[0].about["generator"] == "writer"
