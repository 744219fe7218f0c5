"""The test model's site and a server for it, which most tests of the page use."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.build import exported_site
from tests.support.server import ISOLATION, StaticServer


@pytest.fixture(scope="module")
def tiny() -> Path:
    """The exported site of the test model."""
    return exported_site("tiny")


@pytest.fixture
def server(tiny: Path) -> Iterator[StaticServer]:
    """A server of its own for each test, with the headers that isolate a page."""
    with StaticServer(tiny, headers=ISOLATION) as started:
        yield started
