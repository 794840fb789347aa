"""Who may call what: every endpoint's role in one table. An endpoint that is not here is refused."""

import functools
import re

from services.auth.roles import Role

PUBLIC: frozenset[Role] = frozenset()
OPERATOR = frozenset({Role.OPERATOR, Role.ADMIN})
REVIEWER = frozenset({Role.REVIEWER, Role.ADMIN})
STAFF = frozenset({Role.OPERATOR, Role.REVIEWER, Role.ADMIN})
ADMIN = frozenset({Role.ADMIN})

# (method, path) → who may; PUBLIC is everybody.
TABLE: dict[tuple[str, str], frozenset[Role]] = {
    ("GET", "/api/city"): PUBLIC,
    ("GET", "/api/search"): PUBLIC,
    ("GET", "/api/stops/near"): PUBLIC,
    ("GET", "/api/stops/{stop_id}/arrivals"): PUBLIC,
    ("GET", "/api/routes"): PUBLIC,
    ("GET", "/api/routes/{route_id}"): PUBLIC,
    ("GET", "/api/shapes"): PUBLIC,
    ("GET", "/api/vehicles"): PUBLIC,
    ("GET", "/api/vehicles/{vehicle_id}"): PUBLIC,
    ("GET", "/api/live"): PUBLIC,  # topics incidents and feeds are checked inside: LIVE_TOPICS
    ("GET", "/api/disruptions"): PUBLIC,
    ("GET", "/gtfs-rt/{name}.pb"): PUBLIC,
    ("GET", "/gtfs-rt/{name}.json"): PUBLIC,
    ("GET", "/gtfs/static.zip"): PUBLIC,
    ("GET", "/siri/vm.xml"): PUBLIC,
    ("GET", "/siri/sm.xml"): PUBLIC,
    ("GET", "/siri/et.xml"): PUBLIC,
    ("GET", "/siri/sx.xml"): PUBLIC,
    ("GET", "/datex2/situations.xml"): PUBLIC,
    ("GET", "/datex2/traffic.xml"): PUBLIC,
    ("GET", "/datex2/sites.xml"): PUBLIC,
    ("GET", "/datex2/measured.xml"): PUBLIC,
    ("GET", "/cifs/incidents.json"): PUBLIC,
    ("GET", "/wzdx/4.2/closures.geojson"): PUBLIC,
    ("GET", "/cap/alerts"): PUBLIC,
    ("GET", "/cap/alerts/{incident_id}.xml"): PUBLIC,
    ("GET", "/api/open-feeds"): PUBLIC,
    ("GET", "/map/city.pmtiles"): PUBLIC,
    ("GET", "/api/edges"): PUBLIC,
    ("GET", "/api/edges/past"): OPERATOR,
    ("GET", "/api/edges/{edge_index}"): PUBLIC,
    ("GET", "/api/edges/{edge_index}/history"): OPERATOR,
    ("GET", "/api/path"): OPERATOR,
    ("GET", "/api/travel-time"): OPERATOR,
    ("GET", "/api/isochrone"): OPERATOR,
    ("GET", "/api/what-if"): OPERATOR,
    ("GET", "/api/bottlenecks"): OPERATOR,
    ("GET", "/api/control/overview"): OPERATOR,
    ("GET", "/api/control/accuracy"): OPERATOR,
    ("GET", "/api/control/lines"): OPERATOR,
    ("GET", "/api/control/lines/{route_id}"): OPERATOR,
    ("GET", "/api/feeds"): OPERATOR,
    ("POST", "/api/signals"): OPERATOR,
    ("POST", "/api/cameras/{camera_id}/circumstances"): STAFF,
    ("GET", "/api/alerts"): OPERATOR,
    ("GET", "/api/incidents"): OPERATOR,
    ("GET", "/api/incidents/reasons"): OPERATOR,
    ("GET", "/api/incidents/learnt"): OPERATOR,
    ("POST", "/api/incidents/{incident_id}/lesson/{action}"): OPERATOR,
    ("POST", "/api/incidents/{incident_id}/{action}"): OPERATOR,
    ("POST", "/api/floods"): OPERATOR,
    ("GET", "/api/rain"): PUBLIC,
    ("POST", "/api/reports"): PUBLIC,
    ("GET", "/api/cameras"): STAFF,
    ("GET", "/api/cases"): REVIEWER,
    ("GET", "/api/cases/reasons"): REVIEWER,
    ("GET", "/api/cases/{case_id}"): REVIEWER,
    ("POST", "/api/cases/{case_id}/decision"): REVIEWER,
    ("POST", "/api/cases/{case_id}/undo"): REVIEWER,
    ("POST", "/api/cases/{case_id}/verify"): REVIEWER,
    ("GET", "/api/cases/{case_id}/files/{name:path}"): REVIEWER,
    ("GET", "/api/cases/{case_id}/package.zip"): REVIEWER,
    ("GET", "/api/cases/{case_id}/redacted.zip"): REVIEWER,
    ("POST", "/api/cases/{case_id}/original"): REVIEWER,
    ("GET", "/api/audit"): ADMIN,
    ("GET", "/api/auth/me"): PUBLIC,
    ("POST", "/api/auth/setup"): PUBLIC,
    ("POST", "/api/auth/login"): PUBLIC,
    ("POST", "/api/auth/logout"): PUBLIC,
    ("GET", "/api/users"): ADMIN,
    ("POST", "/api/users"): ADMIN,
    ("GET", "/healthz"): PUBLIC,
    ("GET", "/metrics"): PUBLIC,
    ("GET", "/api/openapi.json"): PUBLIC,
    ("GET", "/{path:path}"): PUBLIC,
}

LIVE_TOPICS: dict[str, frozenset[Role]] = {
    "vehicles": PUBLIC,
    "buses": PUBLIC,
    "edges": PUBLIC,
    "incidents": OPERATOR,
    "feeds": OPERATOR,
    "clock": PUBLIC,
    "arrivals": PUBLIC,
}

# These begin a log-in, so they cannot carry its CSRF value yet; a foreign page is refused by its origin.
WITHOUT_CSRF = frozenset({"/api/auth/setup", "/api/auth/login"})


def may(roles: frozenset[str] | tuple[str, ...], allowed: frozenset[Role]) -> bool:
    """Return whether somebody with these roles is among those allowed."""
    return allowed == PUBLIC or any(role in allowed for role in roles)


@functools.cache
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple(
        (re.compile(re.sub(r"\{\w+:path\}", ".+", re.sub(r"\{\w+\}", "[^/]+", path))), method)
        for method, path in TABLE
        if not path.startswith("/{")
    )


def methods_at(path: str) -> list[str]:
    """Return the methods that an address of the API knows, none for an address that is not its own."""
    return sorted({method for pattern, method in _patterns() if pattern.fullmatch(path)})
