"""How many different vehicles one source may name in a day, so that a source gone mad cannot fill the memory."""

GENERATION_S = 43_200.0


class Crowd:
    """The vehicles each source named lately: those of this half day and of the one before.

    Parameters
    ----------
    most : int
        Different vehicles a source may name.
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self._young: dict[str, set[str]] = {}
        self._old: dict[str, set[str]] = {}
        self._turned_s = 0.0

    def admit(self, source: str, vehicle_id: str, now_s: float) -> bool:
        """Return whether a source may name a vehicle: one it named lately, or one more.

        Parameters
        ----------
        source : str
            The source.
        vehicle_id : str
            The vehicle.
        now_s : float
            Monotonic seconds.

        Returns
        -------
        bool
            Whether there is room.
        """
        if now_s - self._turned_s > GENERATION_S:
            self._young, self._old, self._turned_s = {}, self._young, now_s
        young = self._young.setdefault(source, set())
        if vehicle_id in young:
            return True
        old = self._old.get(source, set())
        if vehicle_id not in old and len(young) + len(old) >= self.most:
            return False
        old.discard(vehicle_id)
        young.add(vehicle_id)
        return True
