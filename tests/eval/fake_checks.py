"""A stand-in for the clinical checks' Node command, with rules that a test can count on.

A statement is a sentence. It is unsupported where a word says so: `wrong-KIND-SEVERITY` is a claim
of that kind. It is unchecked where it holds `work`. Words `held-KIND-NAME` are facts: those of the
reference that the visit has and the note lacks are omissions. With `verbatim` as an argument, a
sentence is unsupported (major, dose) where the visit does not hold it word for word; with `always`,
every one is.
"""

import json
import re
import sys


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def sentences(note: str) -> list[dict]:
    found = []
    for match in re.finditer(r"[^.\n]*\w[^.\n]*\.?", note):
        text = match.group().strip()
        start = units(note[: match.start() + match.group().index(text)])
        found.append({"text": text, "start": start, "end": start + units(text), "section": ""})
    return found


def judge(statement: dict, said: str) -> dict:
    text = statement["text"]
    claims = [
        {"kind": kind, "text": text, "verdict": "unsupported", "severity": severity, "reason": "r"}
        for kind, severity in re.findall(r"wrong-([a-z]+)-([a-z]+)", text)
    ]
    unheard = "verbatim" in sys.argv and text not in said
    if unheard or "always" in sys.argv:
        claim = {"kind": "dose", "text": text, "verdict": "unsupported", "severity": "major"}
        claims.append({**claim, "reason": "not said"})
    severity = "major" if any(c["severity"] == "major" for c in claims) else "minor"
    verdict = "unsupported" if claims else ("unchecked" if "work" in text else "supported")
    return {
        **statement,
        "verdict": verdict,
        "severity": severity if claims else None,
        "kind": claims[0]["kind"] if claims else None,
        "reason": claims[0]["reason"] if claims else None,
        "turns": [],
        "contradicting": [],
        "claims": claims,
    }


def answer(request: dict) -> dict:
    said = " ".join(turn["text"] for turn in request["dialogue"])
    note = request["note"]
    given = note if isinstance(note, list) else [s["text"] for s in sentences(note)]
    found = (
        [{"text": s, "start": 0, "end": units(s), "section": ""} for s in note]
        if isinstance(note, list)
        else sentences(note)
    )
    facts = re.findall(r"held-([a-z]+)-(\w+)", request.get("reference", said))
    lacking = [f for f in facts if "-".join(f) in said and "-".join(f) not in " ".join(given)]
    return {
        "statements": [judge(s, said) for s in found],
        "omissions": [{"kind": kind, "text": name, "turns": []} for kind, name in lacking],
    }


for line in sys.stdin:
    if "die" in sys.argv:
        sys.exit("out of words")
    print(json.dumps(answer(json.loads(line))), flush=True)
