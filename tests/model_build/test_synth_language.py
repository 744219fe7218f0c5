"""Wordings and numbers: what is said and what is written agree."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model_build.synth.grammar import Context, GrammarError, Value, fill
from model_build.synth.heard import numbers_heard
from model_build.synth.spoken import say_decimal, say_int, speech

seeds = st.integers(0, 2**32)


@given(st.integers(0, 99_999), seeds)
def test_whole_numbers_can_be_heard(number: int, seed: int):
    assert str(number) in numbers_heard(f"it was {say_int(number, Random(seed))} today")


@given(st.integers(0, 999), st.integers(1, 99), seeds)
def test_decimals_can_be_heard(whole: int, part: int, seed: int):
    written = f"{whole}.{part}"
    heard = numbers_heard(say_decimal(written, Random(seed)))
    assert written.rstrip("0").rstrip(".") in heard


@given(st.integers(70, 230), st.integers(40, 130), seeds, st.booleans())
def test_pressures_can_be_heard(top: int, bottom: int, seed: int, digits: bool):
    said = speech(f"{top}/{bottom} mmHg", Random(seed), digits)
    assert {str(top), str(bottom)} <= numbers_heard(said)


@pytest.mark.parametrize(
    "words, numbers",
    [
        ("one forty eight over ninety two", {"148", "92"}),
        ("twelve fifty", {"1250"}),
        ("one oh five", {"105"}),
        ("two and a half milligrams", {"2.5"}),
        ("point two five", {"0.25"}),
        ("fifty thousand units", {"50000"}),
        ("in nineteen ninety eight", {"1998"}),
        ("call nine one one", {"911"}),
        ("a hundred and four", {"104"}),
    ],
)
def test_readings(words: str, numbers: set[str]):
    assert numbers <= numbers_heard(words)


@pytest.mark.parametrize("words", ["forty", "one thirty eight", "fourteen", "a hundred"])
def test_other_numbers_are_not_heard(words: str):
    assert "148" not in numbers_heard(words)


@pytest.mark.parametrize(
    "written, said",
    [
        ("25 mg", "twenty five milligram"),
        ("2/6", "two out of six"),
        ("in 2019", "in twenty nineteen"),
        ("1+", "one plus"),
        ("110-130", "one thirty"),
        ("7.4%", "seven point four"),
    ],
)
def test_written_words_are_said(written: str, said: str):
    assert any(said in speech(written, Random(seed)) for seed in range(20))


def context(seed: int = 1, **rules: list[str]) -> Context:
    return Context(Random(seed), rules, special=lambda n: {"her": "her"}.get(n))


def test_alternatives_nest_and_may_be_empty():
    made = {context(seed).say("(a (big|small)|the|) dog") for seed in range(60)}
    assert made == {"a big dog", "a small dog", "the dog", "dog"}


def test_a_slot_keeps_its_value_and_is_said_and_written_in_its_ways():
    here = context(3)
    here.prepare("{n:2-9} times", "{w:my knee~the right knee|walking}")
    assert here.say("{n} times") != here.write("{n} times")
    assert here.write("{n} and {n}").split(" and ")[0] == here.write("{n}")
    both = {(c.say("{w:my knee~the right knee}"), c.write("{w}")) for c in (context(1), context(2))}
    assert both == {("my knee", "the right knee")}


def test_slots_may_stand_within_slots():
    assert context().write("{e:my divorce~{her} divorce}") == "her divorce"


def test_rules_do_not_repeat_while_there_are_others():
    here = context(5, ack=["okay", "right", "sure"])
    assert {here.say("<ack>") for _ in range(3)} == {"okay", "right", "sure"}
    assert here.say("<ack>") in {"okay", "right", "sure"}


def test_ready_words_are_not_parsed():
    here = context()
    assert fill(here.say, "(take|take) {x}", {"x": "(this|that) {y}"}) == "take (this|that) {y}"


@pytest.mark.parametrize("wording", ["(a|b", "{n", "<rule", "{nobody}", "<nobody>"])
def test_wordings_that_cannot_be_expanded(wording: str):
    with pytest.raises(GrammarError):
        context().say(wording)


def test_articles_and_commas():
    here = context()
    here.slots["pain"] = Value("eight", "8")
    assert here.say("it's a {pain} , out of ten") == "it's an eight, out of ten"
    assert here.write("a {pain}") == "an 8"
    assert here.say("the a one c") == "the a one c"
    assert here.say("any a rash") == "any rash"
