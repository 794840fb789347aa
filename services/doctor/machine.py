"""The machine itself: cores, memory, disk, clock, open files."""

import ctypes
import resource
import shutil
import sys
from pathlib import Path

import psutil

from services.doctor.finding import Finding, found, ok
from services.run.machine import measure_machine

GIB = 1024**3
LEAST_FREE_GIB = 1.0
LEAST_SHARE = 0.1
LEAST_MEMORY_GIB = 1.5
LEAST_FILES = 1024
TIME_ERROR = 5


def look_at_machine(var: Path) -> list[Finding]:
    """Look at cores, memory, the disk of a folder, the clock and the limit of open files."""
    return [_cores(), _memory(), _disk(var), _clock(), _files()]


def _cores() -> Finding:
    cores = measure_machine().cores
    return ok("cores", f"{cores} nhân", f"{cores} cores")


def _memory() -> Finding:
    free_gib, total_gib = psutil.virtual_memory().available / GIB, measure_machine().memory_mib / 1024
    text = (f"còn {free_gib:.1f} trên {total_gib:.1f} GiB", f"{free_gib:.1f} of {total_gib:.1f} GiB free")
    if free_gib >= LEAST_MEMORY_GIB:
        return ok("memory", *text)
    mend = ("đóng chương trình khác, hoặc `hanoi run --together`", "end other programs, or `hanoi run --together`")
    return found("memory", "warn", text, mend)


def _disk(var: Path) -> Finding:
    place = next(path for path in (var, *var.parents) if path.exists())
    usage = shutil.disk_usage(place)
    free_gib, share = usage.free / GIB, usage.free / usage.total
    text = (f"{place}: còn {free_gib:.1f} GiB ({share:.0%})", f"{place}: {free_gib:.1f} GiB free ({share:.0%})")
    if free_gib < LEAST_FREE_GIB:
        mend = ("giải phóng ổ đĩa, hoặc chọn thư mục khác: --var", "free the disk, or choose another folder: --var")
        return found("disk", "missing", text, mend)
    if share < LEAST_SHARE:
        return found("disk", "warn", text, ("ổ đĩa sắp đầy", "the disk is nearly full"))
    return ok("disk", *text)


def _clock() -> Finding:
    if sys.platform != "linux":
        return found("clock", "note", ("không kiểm tra được ở đây", "cannot be told on this system"))
    # struct timex is 208 bytes; all zeroes asks without changing anything.
    state = ctypes.CDLL(None).adjtimex(ctypes.create_string_buffer(512))
    if state != TIME_ERROR and state >= 0:
        return ok("clock", "đã đồng bộ", "is synchronised")
    text = ("đồng hồ chưa đồng bộ (NTP)", "is not synchronised (NTP)")
    mend = (
        "apt-get install chrony; giờ sai làm giờ xe đến sai",
        "apt-get install chrony; a wrong clock makes wrong arrivals",
    )
    return found("clock", "warn", text, mend)


def _files() -> Finding:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    text = (f"{soft} tệp mở cùng lúc", f"{soft} open files")
    if soft == resource.RLIM_INFINITY or soft >= LEAST_FILES:
        return ok("open files", *text)
    return found("open files", "warn", text, (f"ulimit -n {hard}", f"ulimit -n {hard}"))
