from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.services.api.parts import Running, gtfs_zip, make_city, running


@pytest.fixture
def api(tmp_path: Path) -> Iterator[Running]:
    with running(tmp_path, make_city(tmp_path / "city", gtfs=gtfs_zip())) as parts:
        yield parts


@pytest.fixture
def bare_api(tmp_path: Path) -> Iterator[Running]:
    """A city that has nothing but a name."""
    with running(tmp_path, make_city(tmp_path / "city")) as parts:
        yield parts
