"""Numbers, doses and readings as people say them: '148/92' → 'one forty eight over ninety two'."""

from __future__ import annotations

import re
from collections.abc import Callable
from random import Random

ONES = (
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
)
TENS = ("_", "_", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")

# Units as they are said; the first wording is the usual one.
UNITS: dict[str, tuple[str, ...]] = {
    "mg": ("milligrams", "milligrams", "milligram", "mg"),
    "mcg": ("micrograms", "micrograms", "mikes"),
    "g": ("grams",),
    "mL": ("milliliters", "ml"),
    "units": ("units",),
    "%": ("percent", "percent", ""),
    "mg/dL": ("", "", "milligrams per deciliter"),
    "g/dL": ("", "", "grams per deciliter"),
    "ng/dL": ("", "nanograms per deciliter"),
    "ng/mL": ("", "nanograms per milliliter"),
    "pg/mL": ("", "picograms per milliliter"),
    "mcg/dL": ("", "micrograms per deciliter"),
    "mcg/mL": ("", "micrograms per milliliter"),
    "mIU/L": ("", "", "milli international units"),
    "IU/L": ("",),
    "IU/mL": ("",),
    "mIU/mL": ("",),
    "U/L": ("", "", "units per liter"),
    "U/mL": ("",),
    "mEq/L": ("", "", "milliequivalents per liter"),
    "mmol/L": ("", "millimoles per liter"),
    "mL/min": ("", "milliliters a minute"),
    "mL/min/1.73 m2": ("",),
    "mg/g": ("", "milligrams per gram"),
    "mm/hr": ("",),
    "mg/L": ("",),
    "mmHg": ("", "", "millimeters of mercury"),
    "bpm": ("", "beats a minute", "beats per minute"),
    "cm": ("centimeters", "centimeter"),
    "mm": ("millimeters", "millimeter"),
    "kg": ("kilograms", "kilos"),
    "lb": ("pounds",),
    "lbs": ("pounds",),
    "mOsm/kg": ("",),
    "K/uL": ("thousand", "thousand", ""),
    "fL": ("",),
    "nmol/L": ("", "nanomoles"),
    "pmol/L": ("",),
    "mU/L": ("",),
}


def say_int(n: int, rng: Random) -> str:
    """A whole number from 0 to 999,999 in words, in one of the ways it is said."""
    if n < 20:
        return ONES[n]
    if n < 100:
        tens, ones = divmod(n, 10)
        return TENS[tens] + (f" {ONES[ones]}" if ones else "")
    if n < 1000:
        hundreds, rest = divmod(n, 100)
        if not rest:
            return (
                rng.choice(("a hundred", "one hundred"))
                if n == 100
                else f"{ONES[n // 100]} hundred"
            )
        if rest < 10:
            return rng.choice(
                (f"{ONES[hundreds]} oh {ONES[rest]}", f"{ONES[hundreds]} hundred and {ONES[rest]}")
            )
        short = f"{ONES[hundreds]} {say_int(rest, rng)}"
        long = f"{ONES[hundreds]} hundred{rng.choice((' and', ''))} {say_int(rest, rng)}"
        if hundreds == 1 and rng.random() < 0.2:
            long = f"a hundred and {say_int(rest, rng)}"
        return short if rng.random() < 0.65 else long
    thousands, rest = divmod(n, 1000)
    if thousands < 10 and not rest % 100 and rest and rng.random() < 0.6:
        return f"{say_int(n // 100, rng)} hundred"
    head = f"{say_int(thousands, rng)} thousand"
    if thousands == 1 and not rest and rng.random() < 0.4:
        head = "a thousand"
    if thousands < 10 and rest % 100 and rest >= 100 and rng.random() < 0.6:
        return f"{say_int(n // 100, rng)} {_last_two(n % 100, rng)}"
    return f"{head} {say_int(rest, rng)}" if rest else head


def say_decimal(text: str, rng: Random) -> str:
    """A decimal such as '7.4', '0.25' or '98.6' in words."""
    whole, _, part = text.partition(".")
    if part == "5" and 1 <= int(whole) <= 20 and rng.random() < 0.35:
        return f"{say_int(int(whole), rng)} and a half"
    digits = " ".join(ONES[int(d)] for d in part)
    if len(part) == 2 and part[0] != "0" and rng.random() < 0.35:
        digits = say_int(int(part), rng)
    if whole == "0" and rng.random() < 0.5:
        return f"point {digits}"
    return f"{say_int(int(whole), rng)} point {digits}"


def say_number(text: str, rng: Random) -> str:
    """A number in digits ('1,000', '0.5') in words."""
    plain = text.replace(",", "")
    return say_decimal(plain, rng) if "." in plain else say_int(int(plain), rng)


def say_year(text: str, rng: Random) -> str:
    """A year in words: '2019' → 'twenty nineteen'."""
    head, tail = int(text[:2]), int(text[2:])
    if head == 20 and tail < 10:
        return f"two thousand{rng.choice((' and', ''))} {ONES[tail]}" if tail else "two thousand"
    return f"{say_int(head, rng)} {_last_two(tail, rng)}"


def _last_two(n: int, rng: Random) -> str:
    return say_int(n, rng) if n > 9 else f"oh {ONES[n]}"


_NUMBER = r"\d[\d,]*(?:\.\d+)?"
_UNIT = "|".join(re.escape(u) for u in sorted(UNITS, key=len, reverse=True))
_READ = re.compile(
    rf"(?P<year>(?<!\d)(?:in|since|from|of) (?:19|20)\d\d(?![\d.,]\d))"
    rf"|(?P<top>{_NUMBER})/(?P<bottom>{_NUMBER})"
    rf"|(?P<low>{_NUMBER})(?:-| to )(?P<high>{_NUMBER})"
    rf"|(?P<plus>\d)\+"
    rf"|(?P<number>{_NUMBER})"
)
_AFTER = re.compile(rf"(?<=[\w%]) ?(?P<unit>{_UNIT})(?![\w/])")


def speech(text: str, rng: Random, digits: bool = False) -> str:
    """Written words as they are said: numbers and units in words; `digits` keeps the digits."""
    say: Callable[[str], str] = (lambda n: n) if digits else (lambda n: say_number(n, rng))

    def read(match: re.Match[str]) -> str:
        if match["year"]:
            word, year = match["year"].split()
            return f"{word} {year if digits else say_year(year, rng)}"
        if match["top"]:
            small = float(match["top"].replace(",", "")) <= 10
            between = rng.choice(("out of", "out of", "over")) if small else "over"
            if digits and rng.random() < 0.5:
                return match[0]
            return f"{say(match['top'])} {between} {say(match['bottom'])}"
        if match["low"]:
            return f"{say(match['low'])} to {say(match['high'])}"
        if match["plus"]:
            return f"{say(match['plus'])} plus"
        return say(match["number"])

    def unit(match: re.Match[str]) -> str:
        wording = rng.choice(UNITS[match["unit"]])
        return f" {wording}" if wording else ""

    parts = []
    at = 0
    for match in _READ.finditer(text):
        parts.append(text[at : match.start()])
        at = match.end()
        parts.append(read(match))
        after = _AFTER.match(text, at)
        if after:
            parts.append(unit(after))
            at = after.end()
    parts.append(text[at:])
    return "".join(parts)
