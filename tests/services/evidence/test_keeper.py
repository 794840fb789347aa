"""Packages of one camera form a chain, over restarts, with two detectors, and where a crash came between."""

import threading
from pathlib import Path

import pytest

from services.evidence.chain import Chains
from services.evidence.keeper import Keeper
from services.media.bucket import Bucket
from services.media.folder import Folder
from services.media.store import MediaStore
from tests.vision.builders import START_MS, key, parts
from vision.evidence import verifier
from vision.evidence.verify import verify_package


@pytest.fixture(params=["local", "memory", "s3"])
def media(request: pytest.FixtureRequest, tmp_path: Path) -> MediaStore:
    if request.param == "local":
        return MediaStore(Folder(tmp_path / "media"))
    url = "memory://" if request.param == "memory" else str(request.getfixturevalue("s3_url"))
    return MediaStore(Bucket(url))


def breaks(media: MediaStore, camera_id: str = "T-1") -> list[str]:
    links = []
    for entry in Chains(media).walk(camera_id):
        verdict = verify_package(media.read(entry.path), {key().public_hex})
        assert verdict.ok, verdict.text
        assert verdict.manifest is not None
        assert verdict.manifest_sha256 == entry.manifest_sha256
        links.append((verdict.manifest, entry.manifest_sha256))
    return verifier.check_chain(links)


def test_packages_are_numbered_over_a_restart(media: MediaStore) -> None:
    for number in range(4):
        if number % 2 == 0:
            keeper = Keeper(media, key())  # a restart
        keeper.keep(parts(START_MS + number * 1000))
    assert Chains(media).list_numbers("T-1") == [1, 2, 3, 4]
    assert Chains(media).list_cameras() == ["T-1"]
    assert breaks(media) == []


def test_the_same_act_again_is_kept_once(media: MediaStore) -> None:
    first = Keeper(media, key()).keep(parts())
    assert Keeper(media, key()).keep(parts()) == first
    assert Chains(media).list_numbers("T-1") == [1]
    assert media.list_holders(first.uri) == [parts().candidate.candidate_id]


def test_two_detectors_at_once_make_one_chain(media: MediaStore) -> None:
    made = [parts(START_MS + number * 1000) for number in range(8)]
    errors: list[BaseException] = []

    def detector(mine: list[int]) -> None:
        keeper = Keeper(media, key())
        try:
            for number in mine:
                keeper.keep(made[number])
        except BaseException as error:  # noqa: BLE001 - told by the test's own thread
            errors.append(error)

    threads = [threading.Thread(target=detector, args=(mine,)) for mine in ([0, 1, 2, 3, 7], [7, 4, 5, 6, 0])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not errors
    assert Chains(media).list_numbers("T-1") == list(range(1, 9))
    assert breaks(media) == []


def test_a_crash_between_package_and_number_is_mended_when_the_act_comes_again(media: MediaStore) -> None:
    keeper = Keeper(media, key())
    first = keeper.keep(parts())
    media.delete(".seals/chain/T-1/00000001.json")
    assert Keeper(media, key()).keep(parts()) == first
    assert breaks(media) == []


def test_a_package_whose_number_was_taken_meanwhile_is_sealed_anew(media: MediaStore) -> None:
    stale = Keeper(media, key())
    stale.keep(parts(START_MS))
    Keeper(media, key()).keep(parts(START_MS + 1000))
    stale.keep(parts(START_MS + 2000))
    assert Chains(media).list_numbers("T-1") == [1, 2, 3]
    assert breaks(media) == []


def test_a_kept_package_that_was_changed_stays_and_the_act_is_sealed_anew(media: MediaStore) -> None:
    keeper = Keeper(media, key())
    ref = keeper.keep(parts())
    data = bytearray(media.read(ref.uri))
    data[len(data) // 2] ^= 1
    media.put(ref.uri, bytes(data))
    again = keeper.keep(parts())
    assert again.uri != ref.uri
    assert verify_package(media.read(again.uri)).ok
    assert media.read(ref.uri) == bytes(data)
