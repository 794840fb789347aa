"""The answers of the API that the pages are tested with, and what people did in this run."""

import re
from collections.abc import Callable
from typing import Any

from tests.services.web import fixtures as fx
from tests.services.web import fixtures_desk as desk
from tests.services.web import fixtures_lines as fxl
from tests.services.web import fixtures_roads as roads


class Book:
    """What people did in this run: states of incidents and cases."""

    def __init__(self) -> None:
        self.incidents: dict[str, str] = {}
        self.cases: dict[str, str] = {}
        self.originals: dict[str, str] = {}
        self.floods: dict[str, dict[str, Any]] = {}
        self.forgotten: set[str] = set()
        self.reports: list[dict[str, Any]] = []
        self.told: dict[str, list[dict[str, Any]]] = {}

    def clear(self) -> None:
        """Forget it all."""
        for kept in (self.incidents, self.cases, self.originals, self.floods, self.forgotten, self.reports, self.told):
            kept.clear()  # type: ignore[attr-defined]

    def set_flood(self, body: dict[str, Any]) -> dict[str, Any]:
        """Set water where there is none, or say anew how deep the one there is."""
        at = (body["lon"], body["lat"])
        known = next((i for i, one in self.flood_rows().items() if (one["lon"], one["lat"]) == at), None)
        name = known or f"flood-{len(self.floods) + 1}"
        self.floods[name] = roads.flood(name, body["depth"], *at)
        return self.floods[name]

    def flood_rows(self) -> dict[str, dict[str, Any]]:
        """Return where water stands: one spot of the fixtures, and what was set."""
        first = roads.flood("flood-0", "knee", fx.CENTRE[0] + 0.004, fx.CENTRE[1] - 0.004)
        return {"flood-0": first, **self.floods}

    def incident_rows(self) -> list[dict[str, Any]]:
        """Return the incidents with what was done to them."""
        rows = desk.incidents()
        for index, row in enumerate(rows):
            done = self.incidents.get(row["incident_id"])
            if done:
                rows[index] = {**desk.incident(index, done, row["title"]["vi"].split(", ")[1], row["probability"])}
                rows[index]["actions"] = [*rows[index]["actions"], "undo"]
        held = self.flood_rows().values()
        gone = {name for name, state in self.incidents.items() if state == "cleared"}
        return rows + [
            roads.flood(one["incident_id"], one["flood"], one["lon"], one["lat"], "cleared")
            if one["incident_id"] in gone
            else one
            for one in held
        ]

    def case(self, number: int) -> dict[str, Any]:
        """Return a case with what was decided."""
        body = desk.case_detail(number)
        status = self.cases.get(body["case_id"])
        if body["case_id"] in self.originals:
            body["original_until_ms"] = fx.now_ms() + 15 * 60_000
        if status:
            body["status"] = status
            verdict = "approve" if status == "approved" else "reject"
            body["decision"] = {
                "verdict": verdict,
                "reason_code": None,
                "text": "",
                "actor": "fixture",
                "time_ms": fx.now_ms(),
            }
        return body

    def tell(self, camera_id: str, body: dict[str, Any]) -> dict[str, Any]:
        """Begin or end something before a camera, and return what holds there."""
        held = self.told.setdefault(camera_id, [])
        word = {"approach_id": None, "since_ms": fx.now_ms(), "until_ms": None, **body}
        held[:] = [one for one in held if (one["kind"], one["approach_id"]) != (word["kind"], word["approach_id"])]
        if word["until_ms"] is None:
            held.append(word)
        return {"circumstances": held}

    def camera_rows(self) -> list[dict[str, Any]]:
        """Return the cameras with what was told of them."""
        return [{**row, "circumstances": self.told.get(row["camera_id"], [])} for row in desk.cameras()]


BOOK = Book()


def answer(method: str, path: str, query: dict[str, list[str]], state: str, body: dict[str, Any]) -> Any:
    """Return the JSON body of one request, or an HTTP status when there is none."""
    empty = state == "empty"
    fixed: dict[str, Callable[[], Any]] = {
        "/api/city": lambda: fx.city(state),
        "/api/auth/login": lambda: me("") if body.get("password") == "right" else 401,
        "/api/auth/logout": lambda: me("none"),
        "/api/search": lambda: search(query.get("q", [""])[0], empty),
        "/api/stops/near": lambda: {"stops": [] if empty else [fx.stop_hit(i, 80.0 + 140 * i) for i in range(4)]},
        "/api/routes": lambda: {"routes": [] if empty else [fx.route_hit(i) for i in range(len(fx.LINES))]},
        "/api/shapes": lambda: {"version": "fixture", "shapes": []},
        "/api/vehicles": lambda: {"now_ms": fx.now_ms(), "vehicles": [] if empty else fx.vehicles()},
        "/api/edges": lambda: roads.edges(query.get("at", [""])[0], empty=empty),
        "/api/edges/past": lambda: roads.past(query["time_ms"][0], empty=empty),
        "/api/bottlenecks": lambda: roads.bottlenecks(query.get("at", [""])[0], empty=empty),
        "/api/rain": lambda: roads.rain(empty=empty),
        "/api/reports": lambda: take_report(body),
        "/api/floods": lambda: BOOK.set_flood(body),
        "/api/disruptions": lambda: (
            {"now_ms": fx.now_ms(), "alerts": [], "incidents": []} if empty else fx.disruptions()
        ),
        "/api/control/overview": lambda: overview(empty),
        "/api/feeds": lambda: {"feeds": [] if empty else desk.feeds()},
        "/api/alerts": lambda: {"alerts": [] if empty else fxl.alerts()},
        "/api/control/accuracy": lambda: fxl.accuracy(empty=empty),
        "/api/control/lines": lambda: fxl.lines(empty=empty),
        "/api/open-feeds": lambda: fxl.open_feeds(empty=empty),
        "/api/incidents": lambda: {"incidents": [] if empty else BOOK.incident_rows()},
        "/api/incidents/learnt": lambda: roads.learnt(BOOK.forgotten, empty=empty),
        "/api/cameras": lambda: {"cameras": [] if empty else BOOK.camera_rows()},
        "/api/cases": lambda: cases(query.get("status", ["open"])[0], empty),
        "/api/cases/reasons": lambda: {"reasons": desk.REASONS},
    }
    if path in fixed:
        return fixed[path]()
    return answer_one(path, state, body)


def answer_one(path: str, state: str, body: dict[str, Any]) -> Any:
    """Return the body of a request about one thing."""
    patterns: list[tuple[str, Callable[..., Any]]] = [
        (r"/api/stops/([^/]+)/arrivals", lambda _: fx.arrivals(state)),
        (r"/api/routes/([^/]+)", lambda _: fx.route(state)),
        (r"/api/vehicles/([^/]+)", fx.vehicle_detail),
        (r"/api/control/lines/([^/]+)", lambda _: fxl.line(empty=state == "empty")),
        (r"/api/edges/(\d+)/history", lambda index: roads.edge_chart(int(index))),
        (r"/api/edges/(\d+)", lambda index: roads.edge_detail(int(index))),
        (r"/api/incidents/([^/]+)/([a-z]+)", act),
        (r"/api/incidents/([^/]+)/lesson/([a-z]+)", teach),
        (r"/api/cameras/([^/]+)/circumstances", lambda camera_id: BOOK.tell(camera_id, body)),
        (r"/api/cases/K(\d+)", lambda number: BOOK.case(int(number))),
        (r"/api/cases/K(\d+)/verify", lambda _: {"ok": True, "text": fx.text("Nguyên vẹn", "Intact"), "problems": []}),
        (r"/api/cases/K(\d+)/decision", lambda number: decide(number, body)),
        (r"/api/cases/K(\d+)/undo", undo_case),
        (r"/api/cases/K(\d+)/original", lambda number: show_original(number, body)),
    ]
    for pattern, handle in patterns:
        if match := re.fullmatch(pattern, path):
            return handle(*match.groups())
    return 404


def me(account: str) -> dict[str, Any]:
    """Return the account: one that may do everything, or nobody's."""
    roles = ["operator", "reviewer", "admin"]
    return {
        "user": None if account == "none" else {"name": "fixture", "roles": roles},
        "csrf": "fixture",
        "setup_needed": False,
    }


def search(q: str, empty: bool) -> dict[str, Any]:
    """Return hits, none for a search that begins with x."""
    if empty or q.startswith("x"):
        return {"stops": [], "routes": []}
    streets = [{"name": "Tây Sơn", "edge_index": 3, "lon": fx.CENTRE[0], "lat": fx.CENTRE[1]}]
    return {
        "stops": [fx.stop_hit(i) for i in range(5)],
        "routes": [fx.route_hit(i) for i in range(2)],
        "streets": streets,
    }


def overview(empty: bool) -> dict[str, Any]:
    """Return the six numbers, unknown in an empty city."""
    numbers = desk.overview()
    if not empty:
        return numbers
    zero = dict.fromkeys((name for name, value in numbers.items() if name != "now_ms" and value is not None), 0)
    return {**numbers, **zero, "on_time_share": None, "travel_time_index": None}


def cases(status: str, empty: bool) -> dict[str, Any]:
    """Return the queue without decided cases, or the decided ones."""
    if empty:
        return {"cases": [], "counts": {}, "oldest_ms": None}
    body = desk.cases()
    rows = [{**row, "status": BOOK.cases.get(row["case_id"], "open")} for row in body["cases"]]
    return {**body, "cases": [row for row in rows if row["status"] == status]}


def act(incident_id: str, action: str) -> Any:
    """Do an action on an incident and return it."""
    to = {"verify": "verified", "dismiss": "dismissed", "respond": "responding", "clear": "cleared", "close": "closed"}
    if action == "undo":
        BOOK.incidents.pop(incident_id, None)
    else:
        BOOK.incidents[incident_id] = to[action]
    return next(row for row in BOOK.incident_rows() if row["incident_id"] == incident_id)


def take_report(body: dict[str, Any]) -> Any:
    """Take a report; one far in the south lies beside no road."""
    if body["lat"] < fx.CENTRE[1] - 1:
        return 404
    BOOK.reports.append(body)
    return {"report_id": "r1", "who": "rider"}


def teach(incident_id: str, action: str) -> Any:
    """Take a lesson back or give it again."""
    (BOOK.forgotten.add if action == "forget" else BOOK.forgotten.discard)(incident_id)
    return BOOK.incident_rows()[0]


def decide(number: str, body: dict[str, Any]) -> Any:
    """Write a decision; a rejection needs a reason."""
    if body.get("verdict") == "reject" and not body.get("reason_code"):
        return 422
    BOOK.cases[f"K{number}"] = "approved" if body.get("verdict") == "approve" else "rejected"
    return BOOK.case(int(number))


def show_original(number: str, body: dict[str, Any]) -> Any:
    """Write down why somebody looks at the original."""
    if len(body.get("reason", "")) < 3:
        return 422
    BOOK.originals[f"K{number}"] = body["reason"]
    return BOOK.case(int(number))


def undo_case(number: str) -> Any:
    """Take a decision back."""
    BOOK.cases.pop(f"K{number}", None)
    return BOOK.case(int(number))
