"""Readers of visits and notes: every form that they take, and every fault that they name."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model_build.data import (
    DataError,
    Fact,
    Pair,
    Turn,
    join_turns,
    licences_of,
    pairs_digest,
    read_notes,
    read_pairs,
    split_turns,
    write_pairs,
)

DIALOGUE = "[doctor] hi , how are you ?\n[patient] my knee hurts ."


def write(path: Path, text: str | bytes) -> Path:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_aci_bench(tmp_path: Path):
    file = write(
        tmp_path / "visits.csv",
        f'dataset,encounter_id,dialogue,note\naci,D2N001,"{DIALOGUE}","CC:\n\nKnee pain."\n',
    )
    (pair,) = read_pairs(file)
    assert pair == Pair(
        "D2N001",
        "aci",
        (Turn("doctor", "hi , how are you ?"), Turn("patient", "my knee hurts .")),
        "CC:\n\nKnee pain.",
    )
    assert (pair.transcript, pair.row) == (DIALOGUE, 2)


def test_mts_dialog(tmp_path: Path):
    file = write(
        tmp_path / "mts.csv",
        "\ufeffID,section_header,section_text,dialogue\r\n"
        '7,GENHX,"Knee pain.","Doctor: Hi.\r\nGuest_family: She fell.\r\nTwice."\r\n',
    )
    (pair,) = read_pairs(file)
    assert pair.section == "GENHX"
    assert pair.dialogue == (Turn("doctor", "Hi."), Turn("guest_family", "She fell.\nTwice."))


def test_any_csv_without_ids(tmp_path: Path):
    file = write(tmp_path / "mine.csv", "Note,Dialogue\nA note.,hello there\n")
    (pair,) = read_pairs(file)
    assert (pair.id, pair.source, pair.transcript) == ("mine-1", "mine", "hello there")


def test_pairs_survive_the_file(tmp_path: Path):
    pairs = [
        Pair("a", "s", (Turn("doctor", "one\ntwo"),), "n", (Fact("dose", "5 mg", 5, (0,)),)),
        Pair("b", "s", (Turn("", "é"),), "note", section="PLAN"),
    ]
    file = tmp_path / "pairs.jsonl"
    write_pairs(file, pairs)
    assert read_pairs(file) == pairs
    assert pairs_digest(read_pairs(file)) == pairs_digest(pairs)
    assert pairs_digest(pairs) != pairs_digest(pairs[:1])


def test_jsonl_with_a_plain_dialogue(tmp_path: Path):
    line = json.dumps({"dialogue": DIALOGUE, "note": "n"})
    (pair,) = read_pairs(write(tmp_path / "v.jsonl", f"{line}\n\n"))
    assert pair.transcript == DIALOGUE


def test_cells_longer_than_csv_allows_by_itself(tmp_path: Path):
    long = "word " * 40_000
    (pair,) = read_pairs(write(tmp_path / "l.csv", f"id,dialogue,note\n1,{long},n\n"))
    assert len(pair.transcript) > 131_072


def test_notes_of_other_systems(tmp_path: Path):
    text = "Dialogues,Reference Summaries,note,encounter_id\nd,r,The note.,D1\n"
    assert read_notes(write(tmp_path / "p.csv", text)) == {"D1": "The note."}


HEAD = "encounter_id,dialogue,note\n"


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.csv", "", "no records"),
        ("a.csv", HEAD, "no records"),
        ("a.csv", "encounter_id,note\n1,n\n", "row 1: no column holds the transcripts"),
        ("a.csv", "encounter_id,dialogue\n1,n\n", "row 1: no column holds the notes"),
        ("a.csv", "id,note,note\n1,n,n\n", "row 1, column 'note': two columns have this name"),
        ("a.csv", f"{HEAD}1,d,n\n2,d, \n", "row 3, column 'note': the cell is empty"),
        ("a.csv", f"{HEAD}1,,n\n", "row 2, column 'dialogue': the cell is empty"),
        ("a.csv", f"{HEAD}1,d,n\n,d,n\n", "row 3, column 'encounter_id': the id is empty"),
        (
            "a.csv",
            f"{HEAD}1,d,n\n1,d,n\n",
            "row 3, column 'encounter_id': the id 1 stands in row 2",
        ),
        ("a.csv", f"{HEAD}1,d\n", "row 2: the row ends after 2 of 3 cells; the column 'note'"),
        ("a.csv", f"{HEAD}1,d,n,x\n", "row 2: the row has 4 cells"),
        ("a.csv", f'{HEAD}1,d,"n\n', "row 2: the CSV is malformed"),
        ("a.csv", HEAD.encode() + b"1,d,n\n2,caf\xe9,n\n", "row 3, column 'dialogue': the text is"),
        ("a.csv", HEAD.encode("utf-16"), "the file is UTF-16"),
        ("a.jsonl", b'{"note": "caf\xe9"}\n', "row 1: the text is not UTF-8"),
        ("a.jsonl", '{"dialogue": "d", "note": "n"}\n{"dial', "row 2: the line is not JSON"),
        ("a.jsonl", "[1]\n", "row 1: the line is not a JSON object"),
        ("a.jsonl", '{"dialogue": "d", "note": 3}\n', "column 'note': text is needed"),
        ("a.jsonl", '{"dialogue": "d", "note": null}\n', "column 'note': the cell is empty"),
        ("a.jsonl", '{"dialogue": [{"speaker": "a"}], "note": "n"}\n', "turn 0 is not an object"),
        ("a.jsonl", '{"dialogue": [], "note": "n"}\n', "the dialogue is empty"),
        ("a.jsonl", '{"dialogue": "d", "note": "n", "facts": [1]}\n', "column 'facts'"),
    ],
)
def test_faults_say_where(tmp_path: Path, name: str, content: str | bytes, said: str):
    file = write(tmp_path / name, content)
    with pytest.raises(DataError) as caught:
        read_pairs(file)
    assert said in str(caught.value)
    assert str(caught.value).startswith(str(file))


def test_a_file_that_is_not_there(tmp_path: Path):
    with pytest.raises(DataError, match="no such file"):
        read_pairs(tmp_path / "none.csv")


def test_notes_need_ids(tmp_path: Path):
    with pytest.raises(DataError, match="no column holds the ids"):
        read_notes(write(tmp_path / "p.csv", "note\nThe note.\n"))


SPEAKERS = st.sampled_from(["doctor", "patient", "guest_family_1"])
SAID = st.text(st.sampled_from("abz .?'0"), min_size=1).map(str.strip).filter(bool)


@given(st.lists(st.builds(Turn, SPEAKERS, SAID), min_size=1))
def test_turns_survive_their_text(turns: list[Turn]):
    assert split_turns(join_turns(turns)) == turns


@given(st.text(st.sampled_from("ab[]: \n\r-D"), max_size=60))
def test_no_word_of_a_dialogue_is_lost(text: str):
    kept = join_turns(split_turns(text))
    for word in ("a", "b", "D", "-"):
        assert kept.lower().count(word.lower()) == text.lower().count(word.lower())


def test_public_data_is_known_by_its_form():
    def pair(source: str, section: str | None = None) -> Pair:
        return Pair("1", source, (), "note", section=section)

    assert licences_of([pair("synth"), pair("cardiology")]) == []
    assert [text.split(" ")[0] for text in licences_of([pair("aci"), pair("virtscribe")])] == [
        "ACI-Bench"
    ]
    assert [text.split(" ")[0] for text in licences_of([pair("train", "GENHX")])] == ["MTS-Dialog"]
