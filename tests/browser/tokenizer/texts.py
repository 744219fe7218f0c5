"""Texts on which tokenizers are compared: the clinical data, and seeded random strings."""

import csv
import random
from pathlib import Path

_SPACES = "  \t\n\r\x0b\x0c\x85\xa0\u1680\u2003\u2028\u202f\u205f\u3000\ufeff\u200b"
_DIGITS = (
    "0123456789\u0663\u0667\u0969\u0e52\xb2\xb9\xbd\u2082\u2167\u3007\u3252\U0001d7d9\U00010142"
)
_MARKS = "\u0300\u0301\u0308\u0323\u0489\u064b\u093f\u0e34\u20dd\u3099\ufe0f\u200d"
_ASTRAL = (0x10000, 0x10FFFF)

# Scripts, emoji, control characters, and code points that no character has (the regex engines'
# tables differ in age, and some of the bytes have no token).
_BLOCKS = (
    (0x00, 0x1F), (0x20, 0x7E), (0x7F, 0xA0), (0xA1, 0x24F), (0x370, 0x52F), (0x590, 0x6FF),
    (0x900, 0x97F), (0xE00, 0xE7F), (0x10A0, 0x10FF), (0x1C80, 0x1CBF), (0x1E00, 0x1FFF),
    (0x2000, 0x2BFF), (0x3040, 0x30FF), (0x3400, 0x9FFF), (0xA720, 0xA7FF), (0xAC00, 0xD7A3),
    (0xE000, 0xF8FF), (0xFB00, 0xFFFF), (0x10000, 0x1FFFF), (0x1F300, 0x1FAFF),
    (0x20000, 0x33FFF), (0x34000, 0xDFFFF), (0xE0000, 0xE01EF), (0xF0000, 0x10FFFF),
)  # fmt: skip

_WORDS = (
    "the", "patient", "denies", "chest pain", "BP was 120/80 mmHg", "lisinopril 10mg", "q.d.",
    "A1c of 7.2%", "caf\xe9", "na\xefve", "\xb5g", "\xb0C", "\xbd tablet", "[doctor]", "hey dragon",
    "follow-up", "x-ray", "2+ edema", "S1/S2", "I'll", "we've", "don't", "CAN'T", "it's", "'tis",
    "o'clock", "they're", "I'm", "he'd", "\u2019s", "\u2019re", "\u2026", "\u2014",
)  # fmt: skip

_CONTROLS = (
    "<|im_start|>", "<|im_end|>", "<|endoftext|>", "<repo_name>", "<empty_output>",
    "<|eot_id|>", "<|begin_of_text|>", "<|start_header_id|>", "<|im_", "_end|>",
)  # fmt: skip

_EMOJI = ("👩🏽‍⚕️", "🧑‍🤝‍🧑", "🇩🇪", "👍🏿", "❤️", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "1️⃣", "💊", "🩺")


def clinical_texts(folder: Path) -> list[str]:
    """Every different field of every CSV file below a folder: transcripts, notes, predictions."""
    csv.field_size_limit(1 << 30)
    found: dict[str, None] = {}
    for path in sorted(folder.rglob("*.csv")):
        with path.open(newline="", encoding="utf-8") as file:
            for row in csv.DictReader(file):
                found |= dict.fromkeys(v for v in row.values() if isinstance(v, str))
    return list(found)


def random_texts(count: int, seed: int = 0) -> list[str]:
    """Strings of 1 to 10 pieces: words, numbers, blank space, scripts, emoji, control tokens."""
    rng = random.Random(seed)
    return ["".join(_piece(rng) for _ in range(rng.randint(1, 10))) for _ in range(count)]


def _piece(rng: random.Random) -> str:
    def some(characters: str, most: int) -> str:
        return "".join(rng.choices(characters, k=rng.randint(1, most)))

    def block() -> str:
        low, high = rng.choice(_BLOCKS)
        points = (rng.randint(low, high) for _ in range(rng.randint(1, 4)))
        return "".join(chr(p) for p in points if not 0xD800 <= p < 0xE000)

    kind = rng.randrange(12)
    if kind < 3:
        return rng.choice(("", " ", " ", "\n", "  ")) + rng.choice(_WORDS)
    if kind == 3:
        return some(_DIGITS, 6)
    if kind == 4:
        return some(_SPACES, 5)
    if kind == 5:
        return rng.choice(_CONTROLS)
    if kind == 6:
        return rng.choice(_EMOJI)
    if kind == 7:
        return rng.choice("aeoüß가か") + some(_MARKS, 3)
    if kind == 8:
        return rng.choice((*_WORDS, *_SPACES, *"-=_*#\x04\x06")) * rng.randint(2, 30)
    if kind == 9:
        return some("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~", 5)
    return block()
