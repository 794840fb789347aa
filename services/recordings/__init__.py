"""Recordings of buses: any known file becomes fixes, in the order of the file."""

from services.recordings.csv_positions import parse_csv
from services.recordings.fixes_jsonl import parse_fix_line
from services.recordings.gtfs_rt import parse_gtfs_rt
from services.recordings.osmand import parse_osmand
from services.recordings.other import Item, OtherMessage
from services.recordings.reader import FORMATS, RecordingError, read_recording
from services.recordings.refusal import Refusal
from services.recordings.traccar import parse_traccar
from services.recordings.ufms import parse_ufms
from services.recordings.ufms_json import parse_ufms_json

__all__ = [
    "FORMATS",
    "Item",
    "OtherMessage",
    "RecordingError",
    "Refusal",
    "parse_csv",
    "parse_fix_line",
    "parse_gtfs_rt",
    "parse_osmand",
    "parse_traccar",
    "parse_ufms",
    "parse_ufms_json",
    "read_recording",
]
