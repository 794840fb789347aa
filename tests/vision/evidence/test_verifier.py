"""The verifier that travels in the package: RFC 8032's own vectors, every byte, and Python alone."""

import json
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.vision.builders import key
from tests.vision.builders import package as seal_package
from tests.vision.evidence.bits import missed
from tests.vision.evidence.der import time_stamp
from vision.evidence import verifier
from vision.evidence.package import Link, Sealed, staple, without_stamp
from vision.evidence.parts import describe
from vision.evidence.verify import read_file, verify_package

# RFC 8032, section 7.1: public key, message, signature.
VECTORS = [
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
        "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
        "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
]


@cache
def package() -> Sealed:
    return seal_package()


@pytest.mark.parametrize(("public", "message", "signature"), VECTORS)
def test_the_signatures_of_rfc_8032_are_valid_and_changed_ones_are_not(
    public: str, message: str, signature: str
) -> None:
    pub, msg, sig = bytes.fromhex(public), bytes.fromhex(message), bytes.fromhex(signature)
    assert verifier.ed25519_ok(pub, msg, sig)
    assert not verifier.ed25519_ok(pub, msg + b"x", sig)
    assert not verifier.ed25519_ok(pub, msg, sig[:-1] + bytes([sig[-1] ^ 1]))
    assert not verifier.ed25519_ok(
        pub, msg, sig[:32] + (int.from_bytes(sig[32:], "little") + verifier.L).to_bytes(32, "little")
    )


def test_a_sealed_package_is_intact() -> None:
    verdict = verify_package(package().data)
    assert verdict.ok, verdict.text
    assert verdict.public_key == key().public_hex


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_any_changed_byte_is_found(data: st.DataObject) -> None:
    whole = bytearray(package().data)
    at = data.draw(st.integers(0, len(whole) - 1))
    whole[at] ^= data.draw(st.integers(1, 255))
    verdict = verify_package(bytes(whole))
    assert not verdict.ok
    assert verdict.problems


@pytest.mark.parametrize("said", [b"1e99999", b'"x"', b"null", b"[" * 20_000, b"{}"])
def test_a_manifest_of_strange_values_is_told_and_never_an_error(said: bytes) -> None:
    files, _ = verifier.read_zip(package().data)
    files["manifest.json"] = files["manifest.json"].replace(b'"bytes":', b'"bytes":' + said + b',"x":', 1)
    assert "manifest.json" in {p.file for p in verify_package(verifier.zip_bytes(files)).problems}


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 1 << 20))
def test_a_package_cut_short_or_with_more_behind_it_is_found(size: int) -> None:
    whole = package().data
    assert not verify_package(whole[: size % len(whole)]).ok
    assert not verify_package(whole + bytes(1 + size % 50)).ok


@settings(max_examples=50, deadline=None)
@given(st.binary(max_size=400))
def test_foreign_bytes_are_not_ok_and_never_an_error(data: bytes) -> None:
    assert not verify_package(data).ok
    assert not verify_package(b"PK\3\4" + data).ok


@pytest.mark.parametrize(
    "name", ["clip.mp4", "frame_at.png", "candidate.json", "lamp.json", "verify.py", "manifest.json"]
)
def test_the_changed_file_is_named(name: str) -> None:
    files, _ = verifier.read_zip(package().data)
    files[name] = files[name][:-2] + bytes([files[name][-2] ^ 1]) + files[name][-1:]
    verdict = verify_package(verifier.zip_bytes(files))
    assert name in {problem.file for problem in verdict.problems}


def test_in_a_large_file_the_place_is_named() -> None:
    files, _ = verifier.read_zip(package().data)
    assert len(files["clip.mp4"]) > 0
    big = dict(files)
    manifest = json.loads(files["manifest.json"])
    clip = bytes(200_000)
    entry = next(e for e in manifest["files"] if e["name"] == "clip.mp4")
    entry.update(describe("clip.mp4", clip))
    big["manifest.json"] = verifier.canonical(manifest)
    big["manifest.sig"] = (key().sign(big["manifest.json"]).hex() + "\n").encode()
    big["clip.mp4"] = clip
    assert verify_package(verifier.zip_bytes(big)).ok
    big["clip.mp4"] = clip[:70_000] + b"\1" + clip[70_001:]
    problem = verify_package(verifier.zip_bytes(big)).problems[0]
    assert (problem.file, problem.at) == ("clip.mp4", 65536)
    assert "between its bytes 65536 and 131071" in problem.text


def test_an_added_and_a_removed_file_are_named() -> None:
    files, _ = verifier.read_zip(package().data)
    more = files | {"extra.txt": b"x"}
    assert {p.file for p in verify_package(verifier.zip_bytes(more)).problems} == {"extra.txt"}
    less = {name: data for name, data in files.items() if name != "lamp.json"}
    assert {p.file for p in verify_package(verifier.zip_bytes(less)).problems} == {"lamp.json"}


def test_a_package_sealed_again_by_another_key_is_found_by_who_knows_the_key() -> None:
    forged = seal_package(2)
    assert verify_package(forged.data).ok  # intact in itself
    verdict = verify_package(forged.data, {key(1).public_hex})
    assert [p.file for p in verdict.problems] == ["public_key.hex"]


def test_the_verifier_in_the_package_needs_only_python(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.zip", tmp_path / "bad.zip"
    good.write_bytes(package().data)
    changed = bytearray(package().data)
    changed[len(changed) // 2] ^= 1
    bad.write_bytes(changed)
    script = tmp_path / "verify.py"
    script.write_bytes(read_file(good, "verify.py"))
    alone = [sys.executable, "-I", "-S", str(script)]
    fine = subprocess.run([*alone, str(good), key().public_hex], capture_output=True, text=True, check=False)
    assert (fine.returncode, fine.stdout[:6]) == (0, "INTACT")
    broken = subprocess.run([*alone, str(bad)], capture_output=True, text=True, check=False)
    assert (broken.returncode, broken.stdout[:7]) == (1, "CHANGED")


def test_any_zip_tool_can_open_it() -> None:
    import io
    import zipfile

    with zipfile.ZipFile(io.BytesIO(package().data)) as opened:
        assert opened.testzip() is None
        assert opened.namelist()[:3] == list(verifier.SEAL)
        assert {info.date_time for info in opened.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_single_bits_are_found_and_located() -> None:
    data = staple(package().data, time_stamp(package().manifest_sha256))
    assert missed(data, 250, seed=7) == ([], [])


def test_a_header_whose_name_lost_its_length_is_located() -> None:
    data = bytearray(package().data)
    header = data.index(b"clip.mp4", data.index(b"PK\3\4", 4000)) - 30
    data[header + 26] ^= 8  # the name is said to have no signs
    assert [p.at for p in verify_package(bytes(data)).problems if p.file is None] == [header]


def test_a_time_stamp_is_told_and_taking_it_out_gives_what_was_sealed() -> None:
    stamped = staple(package().data, time_stamp(package().manifest_sha256))
    verdict = verify_package(stamped)
    assert verdict.ok
    assert verdict.stamped == "20261122031500Z"
    assert without_stamp(stamped) == package().data
    assert verify_package(package().data).stamped is None


@pytest.mark.parametrize(
    ("token", "said"), [(time_stamp("ab" * 32), "another manifest"), (b"no token", "cannot be read")]
)
def test_a_strange_time_stamp_is_named(token: bytes, said: str) -> None:
    problems = verify_package(staple(package().data, token)).problems
    assert [p.file for p in problems] == ["manifest.tsr"]
    assert said in problems[0].text


def chain(count: int) -> list[tuple[dict[str, object], str]]:
    links, link = [], Link()
    for _ in range(count):
        sealed = seal_package(link=link)
        links.append((json.loads(read_file(sealed.data, "manifest.json")), sealed.manifest_sha256))
        link = Link(link.number + 1, sealed.manifest_sha256)
    return links


def test_a_whole_chain_is_whole_in_any_order_and_from_its_middle() -> None:
    links = chain(4)
    assert verifier.check_chain(links) == []
    assert verifier.check_chain(links[::-1]) == []
    assert verifier.check_chain(links[1:]) == []


def test_a_missing_a_replaced_and_a_second_package_of_one_number_are_told() -> None:
    links = chain(4)
    assert "package 2 is missing" in verifier.check_chain([links[0], *links[2:]])[0]
    assert "packages 2 to 3 are missing" in verifier.check_chain([links[0], links[3]])[0]
    other = seal_package(2, Link(2, links[0][1]))
    replaced = (json.loads(read_file(other.data, "manifest.json")), other.manifest_sha256)
    assert "replaced or moved" in verifier.check_chain([links[0], replaced, *links[2:]])[0]
    assert "two packages are number 2" in verifier.check_chain([*links, replaced])[0]


def test_the_verifier_alone_tells_a_break_in_the_chain(tmp_path: Path) -> None:
    link, paths = Link(), []
    for number in range(3):
        sealed = seal_package(link=link)
        link = Link(link.number + 1, sealed.manifest_sha256)
        paths.append(tmp_path / f"{number}.zip")
        paths[-1].write_bytes(sealed.data)
    run = [sys.executable, "-I", "-S", verifier.__file__]
    whole = subprocess.run([*run, *map(str, paths)], capture_output=True, text=True, check=False)
    assert (whole.returncode, whole.stdout.count("INTACT")) == (0, 3)
    broken = subprocess.run([*run, str(paths[0]), str(paths[2])], capture_output=True, text=True, check=False)
    assert broken.returncode == 1
    assert "CHAIN: T-1: package 2 is missing" in broken.stdout


def test_files_in_another_order_are_told() -> None:
    files, _ = verifier.read_zip(package().data)
    moved = dict(sorted(files.items()))
    assert any("another order" in p.text for p in verify_package(verifier.zip_bytes(moved)).problems)
