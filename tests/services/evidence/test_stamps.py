"""Time-stamps by a local authority (openssl), judged by openssl and rfc3161-client."""

import subprocess
import threading
from pathlib import Path

import pytest
from click.testing import CliRunner

from services.cli import main
from services.evidence.behind import Behind
from services.evidence.keeper import Keeper
from services.evidence.stamps import Authority, Stamps, open_authority, read_roots
from services.media.store import SCHEME, MediaStore, open_media
from services.settings import EvidenceSettings
from tests.data import judge
from tests.services.evidence.tsa import authority
from tests.vision.builders import key, package, parts
from vision.errors import EvidenceError
from vision.evidence.package import staple, without_stamp
from vision.evidence.stamp import Query
from vision.evidence.verify import read_file, verify_package

pytestmark = pytest.mark.judge
AWAY = "http://127.0.0.1:9/tsr"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("tsa")


@pytest.fixture
def media(tmp_path: Path) -> MediaStore:
    return open_media(f"file://{tmp_path}/media")


def open_(url: str, folder: Path) -> Authority:
    found = open_authority(EvidenceSettings(tsa_url=url, tsa_ca=folder / "ca.pem"))
    assert found is not None
    return found


def test_a_package_is_stamped_and_both_judges_take_it(folder: Path, media: MediaStore, tmp_path: Path) -> None:
    with authority(folder) as url:
        ref = Keeper(media, key(), url).keep(parts())
        path = ref.uri.removeprefix(SCHEME)
        before = media.read(path)
        assert "no time-stamp yet" in verify_package(before).text
        assert Stamps(media).ask(open_(url, folder)) == 1
    assert Stamps(media).list_waiting() == []
    assert media.read(path) == before  # what was sealed is not touched
    stamped = Stamps(media).stapled(path, before)
    assert without_stamp(stamped) == before
    verdict = verify_package(stamped)
    assert verdict.ok
    assert verdict.stamped
    manifest, token = tmp_path / "manifest.json", tmp_path / "manifest.tsr"
    manifest.write_bytes(read_file(stamped, "manifest.json"))
    token.write_bytes(read_file(stamped, "manifest.tsr"))
    run = subprocess.run(
        [judge("tsa.sh"), "verify", folder, manifest, token], capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert "rfc3161-client: OK" in run.stdout


def test_while_the_authority_is_away_packages_are_sealed_and_marked_and_stamped_later(
    folder: Path, media: MediaStore
) -> None:
    with authority(folder) as url:
        pass
    ref = Keeper(media, key(), url).keep(parts())
    path = ref.uri.removeprefix(SCHEME)
    with pytest.raises(EvidenceError, match="does not answer"):
        Stamps(media).ask(open_(url, folder))
    assert Stamps(media).list_waiting() == [path]
    manifest = verify_package(media.read(path)).manifest
    assert manifest is not None
    assert manifest["timestamp_authority"] == url
    with authority(folder) as again:
        assert Stamps(media).ask(open_(again, folder)) == 1
    assert verify_package(Stamps(media).stapled(path, media.read(path))).stamped
    assert Stamps(media).ask(open_(AWAY, folder)) == 0  # nothing waits, nobody is asked


def test_the_thread_stamps_what_is_sealed_without_holding_up_who_seals(folder: Path, media: MediaStore) -> None:
    with authority(folder) as url:
        whom = open_(url, folder)
        stamping = Behind("time-stamps", lambda: Stamps(media).ask(whom))
        ref = Keeper(media, key(), url).keep(parts())
        stamping.wake()
        path, waited = ref.uri.removeprefix(SCHEME), threading.Event()
        for _ in range(300):
            if Stamps(media).find(path) is not None:
                break
            waited.wait(0.1)
        stamping.close()
    assert Stamps(media).find(path) is not None


def test_a_stamp_of_something_else_by_a_stranger_or_of_another_question_is_refused(
    folder: Path, tmp_path: Path
) -> None:
    manifest, other = b"{}", b"{ }"
    stranger = tmp_path / "stranger"
    with authority(folder) as url, authority(stranger) as strange_url:
        good = open_(url, folder).stamp(manifest)
        with pytest.raises(EvidenceError, match="not signed by an authority that you trust"):
            Authority(strange_url, read_roots(folder / "ca.pem")).stamp(manifest)
    with pytest.raises(EvidenceError, match="another question"):
        Query(manifest).read_answer(good)
    with pytest.raises(EvidenceError, match="another question"):
        Query(other).read_answer(good)
    with pytest.raises(EvidenceError, match="no time-stamp"):
        Query(manifest).read_answer(b"<html>")


def test_verify_checks_the_authority_where_its_root_is_given(folder: Path, tmp_path: Path) -> None:
    plain, stamped = tmp_path / "plain.zip", tmp_path / "stamped.zip"
    plain.write_bytes(package().data)
    with authority(folder) as url:
        token = open_(url, folder).stamp(read_file(package().data, "manifest.json"))
    stamped.write_bytes(staple(package().data, token))
    arguments = ["evidence", "verify", "--tsa-ca", str(folder / "ca.pem")]
    fine = CliRunner().invoke(main, [*arguments, str(stamped)])
    assert fine.exit_code == 0
    assert "by an authority that you trust" in fine.output
    bare = CliRunner().invoke(main, [*arguments, str(plain)])
    assert bare.exit_code == 1
    assert "bears no time-stamp" in bare.output
    broken = bytearray(token)
    broken[-5] ^= 1  # in the authority's signature: only who knows the authority can tell
    stamped.write_bytes(staple(package().data, bytes(broken)))
    assert CliRunner().invoke(main, [*arguments, str(stamped)]).exit_code == 1


def test_a_root_that_is_none_is_named(tmp_path: Path) -> None:
    path = tmp_path / "ca.pem"
    path.write_text("no certificate", encoding="utf-8")
    with pytest.raises(EvidenceError, match=r"ca\.pem"):
        open_authority(EvidenceSettings(tsa_url=AWAY, tsa_ca=path))


def test_the_command_asks_for_what_waits(
    folder: Path, media: MediaStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MEDIA_URL", f"file://{tmp_path}/media")
    assert CliRunner().invoke(main, ["evidence", "stamp"]).exit_code == 1
    Keeper(media, key(), AWAY).keep(parts())
    with authority(folder) as url:
        monkeypatch.setenv("HANOI_EVIDENCE_TSA_URL", url)
        monkeypatch.setenv("HANOI_EVIDENCE_TSA_CA", str(folder / "ca.pem"))
        result = CliRunner().invoke(main, ["evidence", "stamp"])
    assert result.output == "1 packages were stamped; 0 wait.\n"
