"""Four sequences in one batch say what each says alone."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.reference.cases import prompts
from tests.support.build import built_model
from tests.support.lab import ChromiumLab, chromium_lab

# Of unequal lengths, one a single token.
SUFFIX_LENGTHS = (3, 1, 9, 6)


@pytest.fixture(scope="module")
def lab(browser: Browser) -> Iterator[ChromiumLab]:
    with chromium_lab(browser) as started:
        yield started


@pytest.mark.parametrize(
    ("model", "engine", "steps"),
    [("smollm2-135m", "cpu", 48), ("tiny", "cpu", 24), ("tiny", "gpu", 24)],
)
def test_batch_of_four_equals_four_separate_runs(
    model: str, engine: str, steps: int, lab: ChromiumLab
):
    prompt, other = prompts(model)[:2]
    suffixes = []
    for length in SUFFIX_LENGTHS:
        begin = sum(map(len, suffixes))
        suffixes.append(other[begin : begin + length])
    task = {"task": "tokens", "ids": prompt, "suffixes": suffixes, "steps": steps}
    tasks = [task | {"together": True}, task | {"together": False}]
    together, apart = lab.run(built_model(model), tasks, engine=engine).results
    assert [len(tokens) for tokens in together] == [steps] * len(SUFFIX_LENGTHS)
    assert len({tuple(tokens) for tokens in together}) > 1, "all four say the same"
    assert together == apart
