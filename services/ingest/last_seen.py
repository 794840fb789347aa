"""What the last snapshot of a whole fleet held: a feed repeats the vehicles that did not report anew."""

from dataclasses import replace

from schemas.fix import Fix
from services.ingest.judge import Verdict


class LastSeen:
    """The time and place of each vehicle's report in the last snapshot, and the records that were refused."""

    def __init__(self) -> None:
        self._reports: dict[str, tuple[int, float, float]] = {}
        self._refused: frozenset[bytes] = frozenset()

    def only_new(self, verdict: Verdict) -> tuple[Verdict, "LastSeen"]:
        """Part what is new from what the last snapshot held already.

        Parameters
        ----------
        verdict : Verdict
            One snapshot, judged.

        Returns
        -------
        tuple of Verdict and LastSeen
            The new fixes and refusals, and what to remember once they are acknowledged.
        """
        after = LastSeen()
        after._reports = {fix.vehicle_id: _report(fix) for fix in verdict.fixes}
        after._refused = frozenset(refusal.original for refusal in verdict.refusals)
        # Another place at the same time is news: that clock stands, and the cleaning says so.
        fixes = [fix for fix in verdict.fixes if self._reports.get(fix.vehicle_id) != _report(fix)]
        refusals = [refusal for refusal in verdict.refusals if refusal.original not in self._refused]
        return replace(verdict, fixes=fixes, refusals=refusals), after


def _report(fix: Fix) -> tuple[int, float, float]:
    return fix.time_ms, fix.lon, fix.lat
