"""Fitting the links of statements to turns."""

import json
from pathlib import Path

from model_build import links
from model_build.checks import Checks
from model_build.data.written import parse_visit

VISIT = """id: visit-x
specialty: family medicine
style: clinic

## facts
s1 symptom: knee pain for two weeks
m1 medication: takes ibuprofen 400 mg | name=ibuprofen | dose=400 mg

## dialogue
[doctor] what brings you in
[patient] {s1|my knee, two weeks now}
[doctor] and you take
[patient] {m1|ibuprofen, four hundred}

## note
HISTORY OF PRESENT ILLNESS

Knee pain for 2 weeks. {s1} Takes ibuprofen 400 mg. {m1}
"""


def test_statements_have_the_turns_of_their_facts():
    pair = parse_visit(VISIT, Path("x.visit"))
    spans = links.statement_turns(pair)
    assert [turns for _, _, turns in spans] == [{1}, {3}]
    first, second = spans
    both = {"start": first[0], "end": second[1]}
    assert links.turns_of(spans, both) == {1, 3}
    assert links.turns_of(spans, {"start": 0, "end": first[0]}) == frozenset()


def test_the_fit_prefers_turns_that_state_the_statement():
    pair = parse_visit(VISIT, Path("x.visit"))
    weights = links.fit([pair] * 2)
    assert set(weights) == set(json.loads(links.WEIGHTS.read_text(encoding="utf-8")))
    assert weights["words"] > 0
    with Checks() as checks:
        statements = checks.check(pair.dialogue, pair.note)["statements"]
    assert [s["turns"] for s in statements] == [[1], [3]]
