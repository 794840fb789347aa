from pathlib import Path

import pytest

from services.evidence.chain import Chains
from services.evidence.copies import Copies, copy_path
from services.evidence.keeper import Keeper
from services.media.store import SCHEME, MediaStore, open_media
from tests.vision.builders import key, parts
from vision.evidence.verify import verify_package


@pytest.fixture
def media(tmp_path: Path) -> MediaStore:
    return open_media(f"file://{tmp_path}")


def test_every_package_has_a_redacted_copy_which_is_held_as_long_as_it(media: MediaStore) -> None:
    ref = Keeper(media, key()).keep(parts())
    path = ref.uri.removeprefix(SCHEME)
    assert Copies(media).list_waiting() == [path]
    assert Copies(media).find(path) is None
    assert Copies(media).make(key()) == 1
    assert Copies(media).list_waiting() == []
    data = Copies(media).find(path)
    assert data is not None
    assert verify_package(data).ok
    assert media.list_holders(copy_path(path)) == media.list_holders(path)
    assert Copies(media).make(key()) == 0


def test_a_package_that_cannot_be_copied_is_left_and_the_next_one_is_made(media: MediaStore) -> None:
    keeper = Keeper(media, key())
    first, second = keeper.keep(parts()), keeper.keep(parts(parts().candidate.time_ms + 100))
    media.put(first.uri, b"no package")
    assert Copies(media).make(key()) == 1
    assert Copies(media).find(second.uri.removeprefix(SCHEME)) is not None


def test_a_package_that_never_got_its_number_gets_no_copy(media: MediaStore) -> None:
    ref = Keeper(media, key()).keep(parts())
    entry = next(Chains(media).walk("T-1"))
    Copies(media).wait_for(entry.path.replace("00000001", "00000002"))
    assert Copies(media).make(key()) == 1  # number 2 is only just being sealed, or never will be
    assert Copies(media).list_waiting() == [ref.uri.removeprefix(SCHEME).replace("00000001", "00000002")]
