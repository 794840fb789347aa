"""Rain gauges on the map."""

from schemas.rain import RainGauge, RainGauges
from schemas.text import Text
from tests.services.api.parts import NOON_MS, Running


def said(time_ms: int, mm_h: float, *problems: str) -> RainGauges:
    gauge = RainGauge("g1", 105.84, 21.03, time_ms, 600.0, mm_h)
    return RainGauges("hsdc", time_ms, (gauge,), tuple(Text(vi=p, en=p) for p in problems), 0.9)


def test_gauges_are_told_with_their_age_and_what_is_wrong_with_their_table(api: Running) -> None:
    assert api.client.get("/api/rain").json() == {"now_ms": NOON_MS, "gauges": [], "sources": []}
    api.take(("rain.gauges", said(NOON_MS - 60_000, 25.2, "row 2")), ("rain.gauges", said(NOON_MS - 120_000, 1.0)))
    answer = api.client.get("/api/rain").json()
    (gauge,), (source,) = answer["gauges"], answer["sources"]
    assert (gauge["mm_h"], gauge["age_s"], gauge["stale"]) == (25.2, 60.0, False)
    assert (source["source"], source["slowest"], source["problems"][0]["en"]) == ("hsdc", 0.9, "row 2")
