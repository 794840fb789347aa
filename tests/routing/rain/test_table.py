import json

import pytest

from routing.rain import parse_gauges
from routing.rain.table import RainTableError

NOW_MS = 1_790_000_000_000  # 2026-09-21T14:13:20Z
CITY = (105.5, 20.8, 106.2, 21.4)
HEAD = "gauge_id,lon,lat,time,mm\n"


def refusals(*rows: str) -> list[str]:
    table = parse_gauges((HEAD + "\n".join(rows)).encode(), NOW_MS, CITY)
    assert not table.readings
    return [text.en for text in table.refused]


def test_a_table_of_csv_and_the_same_as_json_say_the_same() -> None:
    text = "gauge_id,lon,lat,time,mm,minutes\nHSDC-01,105.84,21.03,2026-09-21T21:10:00+07:00,4.2,10\n"
    rows = [{"gauge_id": "HSDC-01", "lon": 105.84, "lat": 21.03, "time": 1_789_999_800_000, "mm": 4.2}]
    of_csv, of_json = (parse_gauges(data.encode(), NOW_MS, CITY) for data in ("\ufeff" + text, json.dumps(rows)))
    assert of_csv == of_json
    assert of_csv.readings[0].mm_h == pytest.approx(25.2)
    assert not of_csv.refused


def test_one_bad_row_does_not_cost_the_others() -> None:
    rows = "a,105.84,21.03,1789999800000,-99.9\nb,105.84,21.03,1789999800000,1\n"
    table = parse_gauges((HEAD + rows).encode(), NOW_MS, CITY)
    assert [r.gauge_id for r in table.readings] == ["b"]
    assert table.refused[0].en.startswith("row 1, gauge a: mm is -99.9: rain cannot be negative")
    assert "không thể âm" in table.refused[0].vi


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("a,105.84,21.03,1789999800000,420", "tenths of a millimetre"),
        ("a,105.84,21.03,1789999800000,inf", "mm is 'inf', not a number"),
        ("a,105.84,21.03,1789999800000,", "mm is '', not a number"),
        ("a,105.84,21.03,2026-09-22T04:10:00+07:00,1", "minutes ahead; its clock or its zone is wrong"),
        ("a,105.84,21.03,2026-09-21T21:10:00,1", "has no offset; write +07:00"),
        ("a,105.84,21.03,1789999800,1", "not in milliseconds"),
        ("a,105.84,21.03,yesterday,1", "is not ISO 8601"),
        ("a,21.03,105.84,1789999800000,1", "the wrong way round"),
        ("a,106.66,10.78,1789999800000,1", "outside the city"),
        (",105.84,21.03,1789999800000,1", "gauge_id is empty"),
    ],
)
def test_a_row_that_cannot_be_true_is_refused_by_its_reason(row: str, reason: str) -> None:
    assert reason in refusals(row)[0]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"id,lon,lat,time,mm\n", "no column gauge_id; the first line must name"),
        (b"", "no column gauge_id, lon, lat, time, mm"),
        (b"\xff\xfe", "not UTF-8"),
        (b"[1, 2]", "no JSON list of objects"),
        (b"<html>", "no column gauge_id"),
    ],
)
def test_a_table_that_is_none_says_what_it_must_be(data: bytes, reason: str) -> None:
    with pytest.raises(RainTableError, match=reason):
        parse_gauges(data, NOW_MS)


def test_minutes_of_zero_are_refused_and_a_days_sum_is_taken_as_what_it_is() -> None:
    text = "gauge_id,lon,lat,time,mm,minutes\na,105.8,21,1789999800000,1,0\nb,105.8,21,1789999800000,240,1440\n"
    table = parse_gauges(text.encode(), NOW_MS)
    assert "minutes is 0; say 1 to 1440" in table.refused[0].en
    assert table.readings[0].mm_h == pytest.approx(10.0)
