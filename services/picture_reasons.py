"""Why a camera's pictures do not come or cannot be watched, in both languages of the pages.

Errors speak English, as logs do. Each of their sentences stands here once with its Vietnamese; a test reads the code
and names a sentence that is missing. What nobody foresaw is said in general words, its details stand in the log.
"""

import re
from functools import cache

from schemas.text import Text

# English sentence, Vietnamese sentence; a name in braces stands for what differs, ``error`` for the system's own word.
SENTENCES: tuple[tuple[str, str], ...] = (
    (
        "{source}: cannot be opened as video ({error}); check the path, the address or the file",
        "{source}: không mở được video ({error}); hãy kiểm tra đường dẫn, địa chỉ hoặc tệp",
    ),
    (
        "{source}: holds no video stream; give a recording with pictures",
        "{source}: không có luồng hình; hãy dùng bản ghi có hình",
    ),
    (
        "{source}: not one frame could be decoded; the file is broken or of an unknown codec",
        "{source}: không giải mã được khung hình nào; tệp hỏng hoặc dùng bộ mã hóa lạ",
    ),
    (
        "{source}: at {seconds} s the picture turns from {w}×{h} into {w2}×{h2}; give each size as a recording and a "
        "camera file of its own",
        "{source}: ở giây {seconds} cỡ hình đổi từ {w}×{h} thành {w2}×{h2}; hãy tách mỗi cỡ thành một bản ghi và một "
        "tệp camera riêng",
    ),
    (
        "{source}: the codec turned from {old} into {new}; set the camera back, or cut the recording in two there",
        "{source}: bộ mã hóa đổi từ {old} sang {new}; hãy chỉnh lại camera, hoặc cắt đôi bản ghi ở chỗ đó",
    ),
    (
        "{source}: its last {count} pieces do not begin with a picture that can be decoded; look at what the camera "
        "sends",
        "{source}: {count} đoạn gần nhất không bắt đầu bằng khung hình giải mã được; hãy xem camera đang gửi gì",
    ),
    (
        "{source}: the picture turned from {w}×{h} into {w2}×{h2}; set the camera back, or give the new size a camera "
        "file of its own with its lines drawn anew",
        "{source}: cỡ hình đổi từ {w}×{h} thành {w2}×{h2}; hãy chỉnh lại camera, hoặc lập tệp camera riêng cho cỡ mới "
        "và vẽ lại các đường",
    ),
    (
        "{source}: not one piece could be read; the file is broken or empty",
        "{source}: không đọc được đoạn nào; tệp hỏng hoặc rỗng",
    ),
    (
        "{source}: its pictures carry no times (a bare stream such as .h264); put it into a container that keeps them "
        "(MP4, MKV, MPEG-TS). No rate is assumed",
        "{source}: hình không mang thời gian (luồng trần như .h264); hãy đặt vào định dạng giữ thời gian "
        "(MP4, MKV, MPEG-TS). Hệ thống không tự đoán tốc độ khung hình",
    ),
    (
        "{source}: {count} pictures within {seconds} s; the clock of the stream stands still. Set the camera's frame "
        "rate and time stamps; no rate is assumed",
        "{source}: {count} khung hình trong {seconds} giây; đồng hồ của luồng đứng yên. Hãy chỉnh tốc độ khung hình và "
        "dấu thời gian của camera; hệ thống không tự đoán",
    ),
    (
        "{source}: no such scene; there is scene://street?seed=NUMBER&hour={hours}&rain=0 to 1",
        "{source}: không có cảnh này; chỉ có scene://street?seed=SỐ&hour={hours}&rain=0 đến 1",
    ),
    (
        "{source}: is {w}×{h}, but the camera file says {w2}×{h2}; mend `frame` and the lines drawn in it",
        "{source}: cỡ hình là {w}×{h}, nhưng tệp camera ghi {w2}×{h2}; hãy sửa `frame` và các đường đã vẽ",
    ),
    ("{source}: the stream ended", "{source}: luồng hình đã kết thúc"),
    (
        "{source}: not one picture could be read; the files are broken",
        "{source}: không đọc được ảnh nào; các tệp đều hỏng",
    ),
    ("{source}: holds no pictures ({endings})", "{source}: không có ảnh nào ({endings})"),
    (
        "{source}: needs the columns file,seconds; it has {columns}",
        "{source}: cần các cột file,seconds; hiện có {columns}",
    ),
    (
        "{source}: line {line} has seconds {value}; it takes a number (12.48)",
        "{source}: dòng {line} có seconds là {value}; phải là một số (12.48)",
    ),
    (
        "{source}: {count} of {all} names tell no time, the first {name}; name them by date and time "
        "(20220925_164147.250.jpg) or write {table} with the columns file,seconds. No rate is assumed",
        "{source}: {count} trong {all} tên tệp không cho biết thời gian, đầu tiên là {name}; hãy đặt tên theo ngày giờ "
        "(20220925_164147.250.jpg) hoặc viết {table} với các cột file,seconds. Hệ thống không tự đoán",
    ),
    ("a recorded piece of {size} bytes holds no picture", "một đoạn ghi {size} byte không có hình"),
    (
        "a recorded piece of {size} bytes cannot be opened ({error})",
        "một đoạn ghi {size} byte không mở được ({error})",
    ),
    ("none of its {count} frames can be decoded", "không giải mã được khung nào trong {count} khung hình"),
    (
        "the picture turned from {w}×{h} into {w2}×{h2} on the way",
        "cỡ hình đổi giữa chừng từ {w}×{h} thành {w2}×{h2}",
    ),
    (
        "camera {camera} is not in the city folder; add its file or ignore it",
        "camera {camera} không có trong thư mục thành phố; hãy thêm tệp của nó hoặc bỏ qua",
    ),
    (
        "{path} is absent: it was deleted, or MEDIA_URL points elsewhere",
        "{path} không còn: đã bị xóa, hoặc MEDIA_URL trỏ sang nơi khác",
    ),
    (
        "{path}: its bytes do not have the announced SHA-256; it was changed or cut",
        "{path}: nội dung không khớp SHA-256 đã báo; tệp đã bị sửa hoặc bị cắt",
    ),
)  # fmt: skip
# What the system says of a file or a line, by a part of its words.
SYSTEM: tuple[tuple[str, str], ...] = (
    ("refused", "kết nối bị từ chối"),
    ("No such file", "không có tệp hoặc địa chỉ này"),
    ("Invalid data", "dữ liệu không phải video hoặc đã hỏng"),
    ("timed out", "quá thời gian chờ"),
    ("Immediate exit requested", "quá thời gian chờ"),
    ("returned 401", "sai tên hoặc mật khẩu"),
    ("returned 403", "không được phép xem"),
    ("returned 404", "máy chủ không có địa chỉ này"),
    ("returned 5", "máy chủ bị lỗi"),
    ("Permission denied", "không có quyền đọc"),
    ("No route to host", "không tới được máy chủ"),
    ("Network is unreachable", "không có mạng"),
    ("Protocol not found", "không biết giao thức này"),
    ("Input/output error", "lỗi đọc hoặc mất kết nối"),
)
SYSTEM_OTHER = "lỗi hệ thống, xem nhật ký"
UNFORESEEN = "lỗi bất ngờ, chi tiết trong nhật ký"
_HOLE = re.compile(r"\{(\w+)\}")


def reason_text(sentence: str) -> Text:
    """Return an error's sentence in both languages.

    Parameters
    ----------
    sentence : str
        English, as errors say it.

    Returns
    -------
    Text
        Its Vietnamese is general where the sentence is not known.
    """
    for pattern, vietnamese in _patterns():
        if found := pattern.fullmatch(sentence):
            told = found.groupdict()
            if "error" in told:
                told["error"] = _system(told["error"])
            return Text(vi=vietnamese.format_map(told), en=sentence)
    return Text(vi=UNFORESEEN, en=sentence)


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((_pattern(english), vietnamese) for english, vietnamese in SENTENCES)


def _pattern(english: str) -> re.Pattern[str]:
    """Return what matches a sentence whatever stands in its holes."""
    parts = _HOLE.split(english)  # words, name, words, name, …
    return re.compile("".join(f"(?P<{p}>.*?)" if i % 2 else re.escape(p) for i, p in enumerate(parts)), re.DOTALL)


def _system(error: str) -> str:
    return next((vietnamese for words, vietnamese in SYSTEM if words in error), SYSTEM_OTHER)
