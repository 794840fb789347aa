"""Every reason for which pictures do not come is told in the reader's language."""

import ast
import re
from pathlib import Path

import pytest

from services.picture_reasons import SENTENCES, UNFORESEEN, reason_text
from tests.data import ROOT
from vision.errors import VideoError
from vision.segments import _Cutter, cut

# Where what `camera.health` says of pictures is raised, and the errors whose words it repeats.
FILES = [
    *(path for path in sorted((ROOT / "vision").rglob("*.py")) if "gpu" not in path.parts),
    ROOT / "services/capture/camera_thread.py", ROOT / "services/detect/recorded.py", ROOT / "services/media/store.py",
]  # fmt: skip
RAISED = {"VideoError", "MediaAbsentError", "MediaChangedError", "self.refuse"}
ASIDE = {"{}: {}"}  # the words of `_Cutter._crowd`, looked at below
ENGLISH = re.compile(r"\b(the|is|cannot|be|of|its|could|not|with)\b")


def raised_sentences() -> dict[str, Path]:
    """Return each sentence that the code can raise, its values as ``{}``."""
    found: dict[str, Path] = {}
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in RAISED:
                for sentence in filter(None, map(template, node.args[-1:])):
                    found[sentence] = path
    return found


def template(node: ast.expr) -> str | None:
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def test_every_sentence_that_the_code_raises_is_known() -> None:
    raised, known = raised_sentences(), {re.sub(r"\{\w+\}", "{}", english) for english, _ in SENTENCES}
    assert len(raised) > 20
    assert {sentence: path.name for sentence, path in raised.items() if sentence not in known | ASIDE} == {}


@pytest.mark.parametrize(("english", "vietnamese"), SENTENCES)
def test_each_keeps_its_values_and_leaves_no_english(english: str, vietnamese: str) -> None:
    values = {name: f"<{number}>" for number, name in enumerate(re.findall(r"\{(\w+)\}", english))}
    text = reason_text(english.format_map(values))
    assert text.vi == vietnamese.format_map(values | {"error": "lỗi hệ thống, xem nhật ký"})
    assert not ENGLISH.search(re.sub(r"[`(][^`)]*[`)]", "", vietnamese))


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("{tmp}/gone.mp4", "gone.mp4: không mở được video (không có tệp hoặc địa chỉ này)"),
        ("{tmp}/noise.mp4", "noise.mp4: không mở được video (dữ liệu không phải video hoặc đã hỏng)"),
        ("rtsp://127.0.0.1:9/cam", "rtsp://127.0.0.1:9/cam: không mở được video (kết nối bị từ chối)"),
    ],
)
def test_what_the_system_says_is_told_too(tmp_path: Path, source: str, said: str) -> None:
    (tmp_path / "noise.mp4").write_bytes(b"no video at all" * 50)
    with pytest.raises(VideoError) as caught:
        list(cut(source.format(tmp=tmp_path)))
    text = reason_text(str(caught.value))
    assert said in text.vi
    assert text.en == str(caught.value)


def test_a_clock_that_stands_still_and_what_nobody_foresaw() -> None:
    assert reason_text(f"a.ts: {_Cutter._crowd(41, 0.01)}").vi.startswith("a.ts: 41 khung hình trong 0.010 giây")
    assert reason_text("ZeroDivisionError: float division by zero").vi == UNFORESEEN
