"""What the API says about rain."""

from schemas.rain import RainGauges
from services.api.responses import Model, TextOut


class GaugeOut(Model):
    """One gauge; ``stale`` ones are shown and not believed."""

    gauge_id: str
    source: str
    lon: float
    lat: float
    time_ms: int
    age_s: float
    period_s: float
    mm_h: float
    stale: bool


class RainSourceOut(Model):
    """One table of gauges: when it was looked at, what of it could not be used, what rain leaves of speeds."""

    source: str
    time_ms: int
    slowest: float
    problems: list[TextOut]


class RainOut(Model):
    """All gauges; nobody knows of rain where there is no source."""

    now_ms: int
    gauges: list[GaugeOut]
    sources: list[RainSourceOut]


def rain_out(sources: list[RainGauges], now_ms: int) -> RainOut:
    """Turn what the gauges say into what the API says."""
    gauges = [
        GaugeOut(
            gauge_id=g.gauge_id, source=said.source, lon=g.lon, lat=g.lat, time_ms=g.time_ms,
            age_s=round(max(now_ms - g.time_ms, 0) / 1000.0, 1), period_s=g.period_s, mm_h=g.mm_h, stale=g.stale,
        )
        for said in sources
        for g in said.gauges
    ]  # fmt: skip
    told = [
        RainSourceOut(
            source=said.source, time_ms=said.time_ms, slowest=said.slowest,
            problems=[TextOut.model_validate(problem) for problem in said.problems],
        )
        for said in sources
    ]  # fmt: skip
    return RainOut(now_ms=now_ms, gauges=gauges, sources=told)
