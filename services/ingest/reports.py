"""What bus drivers say of the road, sent by the company whose buses they drive."""

import msgspec
from fastapi import Request
from fastapi.responses import Response

from schemas.message import Message, decode, encode
from schemas.report import ReportWhat, ReportWho
from schemas.units import HeadingDeg, Id, Lat, Lon
from services.ingest.doors import House, keep, read_limited, turn_away
from services.ingest.guard import Caller, authenticate
from services.ingest.problems import ProblemError
from services.reports.names import make_report
from services.stream.base import Outgoing

TOPIC = "road.reports"


class DriverReport(Message, frozen=True):
    """What a driver's app sends; the vehicle is only there to tell reporters apart and is not kept."""

    vehicle_id: Id
    what: ReportWhat
    lon: Lon
    lat: Lat
    heading_deg: HeadingDeg | None = None


async def take_report(house: House, request: Request) -> Response:
    """Take one driver's report; answered once the log acknowledged it.

    Parameters
    ----------
    house : House
        What all doors share.
    request : Request
        The request.

    Returns
    -------
    Response
        202 ``{report_id}``.
    """
    caller = authenticate(request, house.book)
    await turn_away(house, caller)
    said = read_report(await read_limited(house, request, caller), caller, house)
    house.rates.charge(caller, 1)
    reporter, now_ms = f"{caller.name}/{said.vehicle_id}", house.intake.clock.now_ms()
    wait_s = house.reports.take(reporter, house.intake.wall.now_ms())
    if wait_s:
        raise ProblemError(
            "too-many-reports", f"{said.vehicle_id} said too much of late.", f"Send again in {wait_s} s.",
            {"Retry-After": str(wait_s)},
        )  # fmt: skip
    place = said.lon, said.lat, said.heading_deg
    report = make_report(house.reports.secret, ReportWho.DRIVER, reporter, said.what, place, now_ms)
    await keep(house, caller, Outgoing(TOPIC, report.report_id.encode(), encode(report)))
    return Response(msgspec.json.encode({"report_id": report.report_id}), 202, media_type="application/json")


def read_report(body: bytes, caller: Caller, house: House) -> DriverReport:
    """Read what a driver's app sent.

    Parameters
    ----------
    body : bytes
        JSON of `DriverReport`.
    caller : Caller
        Whose driver it is.
    house : House
        Knows where the city lies.

    Returns
    -------
    DriverReport
        Of a vehicle that the source may speak for, in the city.
    """

    def refuse(reason: str, mend: str) -> ProblemError:
        return ProblemError("bad-report", reason, mend)

    try:
        said = decode(DriverReport, body)
    except msgspec.MsgspecError as error:
        raise refuse(f"{error}.", f"Send {{vehicle_id, what: {'|'.join(ReportWhat)}, lon, lat}}.") from error
    mine = caller.source.vehicles
    if mine is not None and said.vehicle_id not in mine:
        raise refuse(f"{caller.name} does not speak for {said.vehicle_id}.", "See `hanoi token set`.")
    box = house.intake.bbox
    if box is not None and not (box[0] <= said.lon <= box[2] and box[1] <= said.lat <= box[3]):
        raise refuse(f"lon {said.lon:g}, lat {said.lat:g} lies outside the city.", "Send WGS 84, longitude first.")
    return said
