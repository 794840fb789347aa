"""The frame of a DATEX II v3 publication, and how places and texts stand in it."""

from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement, tostring
from zoneinfo import ZoneInfo

from schemas.text import Text
from services.api.exports.times import moment
from services.api.siri.names import clean_text

BASE = "http://datex2.eu/schema/3/"
SPACES = {
    "d2": "d2Payload", "com": "common", "sit": "situation", "roa": "roadTrafficData", "loc": "locationReferencing",
}  # fmt: skip
XSI_TYPE = "xsi:type"
WGS84 = "EPSG:4326"


class Publication:
    """One ``d2:payload``.

    Parameters
    ----------
    kind : str
        Its type, for instance ``sit:SituationPublication``.
    publisher : str
        The city's id.
    now_ms : int
        The city's time: when it is published.
    zone : ZoneInfo
        In which times are written.
    """

    def __init__(self, kind: str, publisher: str, now_ms: int, zone: ZoneInfo) -> None:
        self._zone = zone
        spaces = {f"xmlns:{prefix}": BASE + name for prefix, name in SPACES.items()}
        spaces["xmlns:xsi"] = "http://www.w3.org/2001/XMLSchema-instance"
        self.root = Element("d2:payload", {**spaces, XSI_TYPE: kind, "lang": "vi", "modelBaseVersion": "3"})
        self.time(self.root, "com:publicationTime", now_ms)
        creator = SubElement(self.root, "com:publicationCreator")
        self.value(creator, "com:country", "vn")
        self.value(creator, "com:nationalIdentifier", publisher)

    def time(self, parent: Element, name: str, time_ms: int) -> None:
        """Write a moment with its offset."""
        SubElement(parent, name).text = moment(time_ms, self._zone)

    @staticmethod
    def value(parent: Element, name: str, value: object) -> None:
        """Write a value."""
        SubElement(parent, name).text = clean_text(str(value))

    @staticmethod
    def words(parent: Element, name: str, text: Text) -> None:
        """Write a text in both languages."""
        values = SubElement(SubElement(parent, name), "com:values")
        for language, words in (("vi", text.vi), ("en", text.en)):
            SubElement(values, "com:value", {"lang": language}).text = clean_text(words)

    def header(self, parent: Element, space: str) -> None:
        """Say that this is real."""
        self.value(SubElement(parent, f"{space}:headerInformation"), "com:informationStatus", "real")

    def point(self, parent: Element, name: str, lon: float, lat: float) -> None:
        """Write a place that is one point."""
        place = SubElement(parent, name, {XSI_TYPE: "loc:PointLocation"})
        where = SubElement(SubElement(place, "loc:pointByCoordinates"), "loc:pointCoordinates")
        self.value(where, "loc:latitude", f"{lat:.6f}")
        self.value(where, "loc:longitude", f"{lon:.6f}")

    def line(self, parent: Element, name: str, lonlat: Sequence[tuple[float, float]], code: str) -> None:
        """Write a place that is a line, with what OpenStreetMap's edges call it; EPSG:4326 is lat before lon."""
        place = SubElement(parent, name, {XSI_TYPE: "loc:LinearLocation"})
        outside = SubElement(place, "loc:externalReferencing")
        self.value(outside, "loc:externalLocationCode", code)
        self.value(outside, "loc:externalReferencingSystem", "OpenStreetMap way/from node/to node")
        line = SubElement(place, "loc:gmlLineString", {"srsName": WGS84, "srsDimension": "2"})
        self.value(line, "loc:posList", " ".join(f"{lat:.6f} {lon:.6f}" for lon, lat in lonlat))

    def encode(self) -> bytes:
        """Return the document as UTF-8."""
        return bytes(tostring(self.root, encoding="utf-8", xml_declaration=True))
