"""The frame of every SIRI answer, and how times, ids and texts stand in it."""

from datetime import datetime
from xml.etree.ElementTree import Element, SubElement, tostring
from zoneinfo import ZoneInfo

from schemas.text import Text
from services.api.siri.names import clean_text, write_token

NAMESPACE = "http://www.siri.org.uk/siri"
VERSION = "2.1"
LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
CYCLE = "PT5S"


class Document:
    """A SIRI ServiceDelivery with one functional delivery.

    Parameters
    ----------
    kind : str
        For instance ``VehicleMonitoring``.
    producer : str
        Who says it.
    now_ms : int
        The city's time.
    timezone : str
        In which times are written, with their offset.
    """

    def __init__(self, kind: str, producer: str, now_ms: int, timezone: str) -> None:
        self._zone, self.producer = ZoneInfo(timezone), producer
        self._root = Element("Siri", {"xmlns": NAMESPACE, "version": VERSION})
        whole = SubElement(self._root, "ServiceDelivery")
        self.time(whole, "ResponseTimestamp", now_ms)
        self.token(whole, "ProducerRef", producer)
        self.delivery = SubElement(whole, f"{kind}Delivery", {"version": VERSION})
        self.time(self.delivery, "ResponseTimestamp", now_ms)
        self.value(self.delivery, "Status", "true")
        self.value(self.delivery, "ShortestPossibleCycle", CYCLE)

    def time(self, parent: Element, name: str, time_ms: int | None) -> None:
        """Write a moment with its offset, whole seconds; nothing where it is unknown."""
        if time_ms is not None:
            moment = datetime.fromtimestamp(time_ms // 1000, self._zone)
            SubElement(parent, name).text = moment.isoformat(timespec="seconds")

    def token(self, parent: Element, name: str, token: str | None) -> None:
        """Write an id; nothing where it is unknown."""
        if token:
            SubElement(parent, name).text = write_token(token)

    @staticmethod
    def value(parent: Element, name: str, value: object) -> None:
        """Write a value; nothing where it is unknown."""
        if value is not None:
            SubElement(parent, name).text = str(value)

    @staticmethod
    def words(parent: Element, name: str, text: str | Text | None) -> None:
        """Write a name, or a text in both languages; nothing where there is none."""
        said = [("vi", text.vi), ("en", text.en)] if isinstance(text, Text) else [("", text or "")]
        for language, words in said:
            if plain := clean_text(words):
                SubElement(parent, name, {LANGUAGE: language} if language else {}).text = plain

    def encode(self) -> bytes:
        """Return the document as UTF-8."""
        return bytes(tostring(self._root, encoding="utf-8", xml_declaration=True))


def duration(seconds: float) -> str:
    """Return a span of time as XML writes it, negative for what is early."""
    whole = round(seconds)
    return f"-PT{-whole}S" if whole < 0 else f"PT{whole}S"
