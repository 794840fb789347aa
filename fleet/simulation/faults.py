"""What trackers do wrong, each fault with its rate; three settings to choose from, and any number may be changed."""

from dataclasses import dataclass, fields, replace


@dataclass(frozen=True)
class Faults:
    """Rates of everything a tracker and its line do to the truth.

    Shares are of reports or of vehicles as the name says, rates are per bus and hour. Noise is a first-order
    autoregressive walk: ``noise_sd_m`` an axis, forgotten with ``noise_memory_s``.
    """

    noise_sd_m: float = 6.0
    noise_memory_s: float = 40.0
    jitter_sd_m: float = 1.2
    canyons: int = 0
    canyon_radius_m: float = 260.0
    canyon_noise: float = 3.0
    canyon_jump_share: float = 0.0
    jump_share: float = 0.0
    jump_m: float = 350.0
    dead_zones: int = 0
    dead_zone_radius_m: float = 220.0
    silences_per_hour: float = 0.0
    silence_s: float = 150.0
    silence_lost_share: float = 0.5
    reversed_batch_share: float = 0.0
    duplicate_share: float = 0.0
    late_share: float = 0.0
    late_s: float = 45.0
    clock_offset_vehicles: float = 0.0
    clock_offset_sd_s: float = 60.0
    clock_drift_vehicles: float = 0.0
    clock_drift_s_per_day: float = 90.0
    clock_zone_vehicles: float = 0.0
    clock_zone_h: float = 7.0
    clock_rollover_vehicles: float = 0.0
    clock_rollover_weeks: float = 1024.0
    freezes_per_hour: float = 0.0
    freeze_s: float = 240.0
    null_island_share: float = 0.0
    swapped_axes_share: float = 0.0
    heading_vehicles: float = 1.0
    door_vehicles: float = 1.0
    ignition_vehicles: float = 1.0
    driver_vehicles: float = 0.0
    fastest_s: float = 10.0
    slowest_s: float = 30.0
    parked_s: float = 900.0


# A perfect receiver that reports every ten seconds; `mild` is a fleet in good care, `harsh` one in neglect with the
# shares of absent fields that were counted in Ho Chi Minh City (docs/simulate.md).
PRESETS = {
    "none": Faults(noise_sd_m=0.0, jitter_sd_m=0.0, slowest_s=10.0),
    "mild": Faults(
        canyons=20, canyon_jump_share=0.01, jump_share=0.0006, dead_zones=4, silences_per_hour=0.3,
        reversed_batch_share=0.1, duplicate_share=0.004, late_share=0.006, clock_offset_vehicles=0.02,
        clock_drift_vehicles=0.01, freezes_per_hour=0.02, null_island_share=0.0004, heading_vehicles=0.7,
        door_vehicles=0.8, ignition_vehicles=0.95, driver_vehicles=0.5, slowest_s=20.0,
    ),
    "harsh": Faults(
        noise_sd_m=11.0, canyons=60, canyon_noise=4.0, canyon_jump_share=0.05, jump_share=0.004, dead_zones=15,
        silences_per_hour=1.5, silence_s=300.0, reversed_batch_share=0.3, duplicate_share=0.03, late_share=0.04,
        late_s=90.0, clock_offset_vehicles=0.06, clock_drift_vehicles=0.05, clock_zone_vehicles=0.01,
        clock_rollover_vehicles=0.005, freezes_per_hour=0.3, freeze_s=420.0, null_island_share=0.005,
        swapped_axes_share=0.001, heading_vehicles=0.12, door_vehicles=0.4, ignition_vehicles=0.89,
        driver_vehicles=0.53,
    ),
}  # fmt: skip


class FaultsError(ValueError):
    """Faults that cannot be used; the text names the key and how to mend it."""


def change_faults(base: Faults, changes: dict[str, object]) -> Faults:
    """Return faults with some numbers changed.

    Parameters
    ----------
    base : Faults
        What to begin from.
    changes : dict
        Name → number.

    Returns
    -------
    Faults
        The changed ones.

    Raises
    ------
    FaultsError
        If a name is unknown, a value no number, negative, or a share above 1.
    """
    known = {field.name: field.type for field in fields(Faults)}
    checked: dict[str, float | int] = {}
    for name, value in changes.items():
        if name not in known:
            raise FaultsError(f"{name!r} is no fault; known are {', '.join(sorted(known))}")
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e9:
            raise FaultsError(f"{name}: {value!r} is no number of 0 or more")
        if name.endswith(("_share", "_vehicles")) and value > 1:
            raise FaultsError(f"{name}: {value} is a share; give 0 to 1")
        checked[name] = int(value) if known[name] in (int, "int") else float(value)
    return replace(base, **checked)  # type: ignore[arg-type]
