"""What cameras count, as DATEX II v3: the table of sites, and the publication of what is measured at them."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element, SubElement
from zoneinfo import ZoneInfo

from routing.congestion.flow import UNITS
from schemas.camera_watch import CameraMinute
from services.api.exports.datex import XSI_TYPE, Publication
from vision.camera_values import Approach, CameraConfig

TABLE_ID = "cameras"
# The types of vehicles that each site measures, in the order of their index, which begins at 1; then occupancy.
VEHICLES = ("anyVehicle", "motorcycle", "bicycle", "car", "bus", "lorry")
OCCUPANCY_INDEX = len(VEHICLES) + 1
TYPE_OF = {
    "motorcycle": "motorcycle", "motorbike": "motorcycle", "bicycle": "bicycle", "car": "car", "van": "car",
    "bus": "bus", "minibus": "bus", "truck": "lorry",
}  # fmt: skip
# An older count measures nothing now.
KEEP_MS = 15 * 60_000


@dataclass(frozen=True)
class Site:
    """One approach of one camera; its id outlives every change of its place."""

    camera: CameraConfig
    approach: Approach

    @property
    def id(self) -> str:
        """The site's stable name."""
        return f"{self.camera.id}/{self.approach.id}"

    @property
    def version(self) -> str:
        """What changes when anything that the table says of the site does."""
        said = (self.id, self.camera.name.vi, self.camera.name.en, *self.camera.position, self.approach.bearing_deg)
        return hashlib.sha256(repr(said).encode()).hexdigest()[:8]


def list_sites(cameras: Sequence[CameraConfig]) -> list[Site]:
    """Return every approach of every camera, in the order of their names."""
    return sorted((Site(c, a) for c in cameras for a in c.approaches), key=lambda site: site.id)


def version_of(sites: Sequence[Site]) -> str:
    """Return the version of the table: it changes with any of its sites."""
    return hashlib.sha256(" ".join(site.version for site in sites).encode()).hexdigest()[:8]


def site_table(sites: Sequence[Site], publisher: str, now_ms: int, zone: ZoneInfo) -> bytes:
    """Return where is measured and what.

    Parameters
    ----------
    sites : sequence of Site
        At least one: the schema wants it.
    publisher : str
        The city's id.
    now_ms : int
        The city's time.
    zone : ZoneInfo
        In which times are written.
    """
    doc = Publication("roa:MeasurementSiteTablePublication", publisher, now_ms, zone)
    doc.header(doc.root, "roa")
    table = SubElement(doc.root, "roa:measurementSiteTable", {"id": TABLE_ID, "version": version_of(sites)})
    for site in sites:
        row = SubElement(table, "roa:measurementSite", {"id": site.id, "version": site.version})
        doc.words(row, "roa:measurementSiteName", site.camera.name)
        for index, vehicle in enumerate(VEHICLES, 1):
            _characteristic(doc, row, index, "trafficFlow", vehicle)
        _characteristic(doc, row, OCCUPANCY_INDEX, "trafficConcentration", VEHICLES[0])
        doc.point(row, "roa:measurementSiteLocation", *site.camera.position)
    return doc.encode()


def _characteristic(doc: Publication, row: Element, index: int, what: str, vehicle: str) -> None:
    outer = SubElement(row, "roa:measurementSpecificCharacteristics", {"index": str(index)})
    inner = SubElement(outer, "roa:measurementSpecificCharacteristics")
    doc.value(inner, "roa:specificMeasurementValueType", what)
    doc.value(SubElement(inner, "roa:specificVehicleCharacteristics"), "com:vehicleType", vehicle)


def measured(
    sites: Sequence[Site], counts: Mapping[str, Mapping[str, CameraMinute]], publisher: str, now_ms: int, zone: ZoneInfo
) -> bytes:
    """Return what was counted last at each site: vehicles an hour by their type, and how much of the view was covered.

    Parameters
    ----------
    sites : sequence of Site
        Those of the table.
    counts : mapping
        The newest count by camera and approach. A site without one of the last quarter of an hour has no values.
    publisher : str
        The city's id.
    now_ms : int
        The city's time.
    zone : ZoneInfo
        In which times are written.
    """
    doc = Publication("roa:MeasuredDataPublication", publisher, now_ms, zone)
    table = {"targetClass": "roa:MeasurementSiteTable", "id": TABLE_ID, "version": version_of(sites)}
    SubElement(doc.root, "roa:measurementSiteTableReference", table)
    doc.header(doc.root, "roa")
    for site in sites:
        rows = SubElement(doc.root, "roa:siteMeasurements")
        of = {"targetClass": "roa:MeasurementSite", "id": site.id, "version": site.version}
        SubElement(rows, "roa:measurementSiteReference", of)
        count = counts.get(site.camera.id, {}).get(site.approach.id)
        fresh = count is not None and now_ms - KEEP_MS <= count.end_ms <= now_ms + KEEP_MS
        if count is not None and fresh and count.is_watched:
            _values(doc, rows, count)
        at_ms = count.end_ms if count is not None and fresh else now_ms
        doc.time(SubElement(rows, "roa:measurementTimeDefault"), "roa:timeValue", at_ms)
    return doc.encode()


def _values(doc: Publication, rows: Element, count: CameraMinute) -> None:
    for index, number in enumerate(_by_type(count.counts).values(), 1):
        flow = SubElement(_value(rows, index, "roa:TrafficFlow"), "roa:vehicleFlow")
        flow.set("numberOfInputValuesUsed", str(number))
        doc.value(flow, "com:vehicleFlowRate", round(3600.0 * number / count.seconds))
    if count.occupancy is not None:
        covered = SubElement(_value(rows, OCCUPANCY_INDEX, "roa:TrafficConcentration"), "roa:occupancy")
        doc.value(covered, "com:percentage", f"{100.0 * count.occupancy:.1f}")


def _value(rows: Element, index: int, kind: str) -> Element:
    outer = SubElement(rows, "roa:physicalQuantity", {"index": str(index)})
    inner = SubElement(outer, "roa:physicalQuantity", {XSI_TYPE: "roa:SinglePhysicalQuantity"})
    return SubElement(inner, "roa:basicData", {XSI_TYPE: kind})


def _by_type(counts: Mapping[str, int]) -> dict[str, int]:
    """Return how many of each type; people on foot are none, a class without a type of its own counts in the first."""
    out = dict.fromkeys(VEHICLES, 0)
    for name, number in counts.items():
        if UNITS.get(name, 1.0) > 0.0:
            out[VEHICLES[0]] += number
            if name in TYPE_OF:
                out[TYPE_OF[name]] += number
    return out
