"""Which services share a process, and how many processes share a service's work. Pure.

Memory is mostly libraries and the timetable, held once a process; but threads of one Python process share
one core. So services share a process until together they would fill a good part of a core.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil

from services.run.services import Service

MOST_OF_A_CORE = 0.7
PROCESS_MIB = 250
MEMORY_SHARE = 0.5


@dataclass(frozen=True)
class Machine:
    """What there is to run on."""

    cores: int
    memory_mib: int


@dataclass(frozen=True)
class Load:
    """What there is to do."""

    vehicles: int = 0
    cameras: int = 0


@dataclass(frozen=True)
class Placed:
    """One process: its name and its services."""

    name: str
    services: tuple[Service, ...]


class PlacementError(Exception):
    """Workers asked for that cannot be had; the text says why."""


def cores_of(service: Service, load: Load) -> float:
    """Return the part of one core a service is expected to use."""
    return service.cores_idle + (
        service.cores_per_1000_vehicles * load.vehicles / 1000 + service.cores_per_camera * load.cameras
    )


def place(
    services: Sequence[Service],
    machine: Machine,
    load: Load,
    *,
    workers: Mapping[str, int] | None = None,
    placement: str = "auto",
) -> list[Placed]:
    """Distribute services over processes.

    Parameters
    ----------
    services : sequence of Service
        What shall run.
    machine : Machine
        Cores and memory.
    load : Load
        Vehicles and cameras of the city.
    workers : mapping of str to int, optional
        Processes asked for by name of service; the others are chosen.
    placement : str
        ``auto``, ``together`` (one process for all that can share one) or ``apart`` (one each).

    Returns
    -------
    list of Placed
        In the order of the services.
    """
    asked = dict(workers or {})
    counts = {service.name: asked.get(service.name) or _workers(service, machine, load) for service in services}
    full = {"together": float("inf"), "apart": 0.0}.get(placement, _full(machine))
    bins: list[tuple[str, list[Service], float]] = []
    alone: list[Placed] = []
    for service in services:
        if counts[service.name] > 1:
            alone += [Placed(f"{service.name}-{n}", (service,)) for n in range(1, counts[service.name] + 1)]
            continue
        _drop_in(bins, service, cores_of(service, load), full)
    if placement == "auto":
        bins = _spare_memory(bins, machine, len(alone))
    shared = [Placed(_name(family, members, bins), tuple(members)) for family, members, _ in bins]
    order = {service.name: number for number, service in enumerate(services)}
    return sorted([*shared, *alone], key=lambda placed: order[placed.services[0].name])


def _workers(service: Service, machine: Machine, load: Load) -> int:
    if not service.grows:
        return 1
    return max(1, min(ceil(cores_of(service, load) / MOST_OF_A_CORE), machine.cores - 1))


def _full(machine: Machine) -> float:
    """Return the part of a core that may be shared: the more cores there are, the less they need sharing."""
    return 0.5 if machine.cores <= 2 else 1.0 / machine.cores


def _drop_in(bins: list[tuple[str, list[Service], float]], service: Service, cores: float, full: float) -> None:
    for number, (family, members, used) in enumerate(bins):
        if family == service.family and used + cores <= full:
            bins[number] = (family, [*members, service], used + cores)
            return
    bins.append((service.family, [service], cores))


def _spare_memory(
    bins: list[tuple[str, list[Service], float]], machine: Machine, alone: int
) -> list[tuple[str, list[Service], float]]:
    """Join the two least busy processes of a family until their libraries fit into half of the memory."""
    bins = list(bins)
    while (len(bins) + alone) * PROCESS_MIB > machine.memory_mib * MEMORY_SHARE:
        pairs = [
            (a[2] + b[2], number, other)
            for number, a in enumerate(bins)
            for other, b in enumerate(bins)
            if number < other and a[0] == b[0]
        ]
        if not pairs:
            break
        used, number, other = min(pairs)
        bins[number] = (bins[number][0], [*bins[number][1], *bins[other][1]], used)
        del bins[other]
    return bins


def _name(family: str, members: Sequence[Service], bins: Sequence[tuple[str, list[Service], float]]) -> str:
    if len(members) == 1:
        return members[0].name
    shared = [others for other, others, _ in bins if other == family and len(others) > 1]
    number = shared.index(list(members)) + 1
    return family if number == 1 else f"{family}-{number}"


def parse_workers(text: str, services: Sequence[Service]) -> dict[str, int]:
    """Read ``detect=2,archive=2``.

    Parameters
    ----------
    text : str
        Names of services and numbers of processes.
    services : sequence of Service
        Those that will run.

    Returns
    -------
    dict of str to int
        By name.

    Raises
    ------
    PlacementError
        If a name or a number means nothing, or a service cannot share its work.
    """
    known = {service.name: service for service in services}
    found: dict[str, int] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        name, _, number = part.partition("=")
        if not number.isdigit() or not 1 <= int(number) <= 64:
            raise PlacementError(f"workers {part!r}: write NAME=NUMBER, such as detect=2")
        if name not in known:
            raise PlacementError(f"workers {part!r}: no such service runs here; there are {', '.join(known)}")
        if int(number) > 1 and not known[name].shares_work:
            able = ", ".join(service.name for service in services if service.shares_work) or "none"
            raise PlacementError(f"workers {part!r}: {name} cannot share its work; these can: {able}")
        found[name] = int(number)
    return found


def describe(plan: Sequence[Placed], machine: Machine, load: Load) -> str:
    """Say a plan in one line."""
    parts = [
        placed.name if len(placed.services) == 1 else f"{placed.name} ({', '.join(s.name for s in placed.services)})"
        for placed in plan
    ]
    return (
        f"{machine.cores} cores, {machine.memory_mib / 1024:.0f} GiB, {load.vehicles} buses, {load.cameras} cameras: "
        f"{len(plan)} processes: {', '.join(parts)}"
    )
