"""What the last snapshot of a whole fleet held: a feed repeats the vehicles that did not report anew."""

from schemas.fix import Fix


class LastSeen:
    """The time of each vehicle's report in the last snapshot."""

    def __init__(self) -> None:
        self._times: dict[str, int] = {}

    def only_new(self, fixes: list[Fix]) -> tuple[list[Fix], "LastSeen"]:
        """Part what is new from what the last snapshot held already.

        Parameters
        ----------
        fixes : list of Fix
            One snapshot.

        Returns
        -------
        tuple of list of Fix and LastSeen
            The new ones, and what to remember once they are acknowledged.
        """
        after = LastSeen()
        after._times = {fix.vehicle_id: fix.time_ms for fix in fixes}
        return [fix for fix in fixes if self._times.get(fix.vehicle_id) != fix.time_ms], after
