"""When a service that died is started again. Pure."""

from dataclasses import dataclass

FIRST_S = 1.0
MOST_S = 30.0
HEALTHY_S = 60.0
FAILING_DEATHS = 5


@dataclass(frozen=True)
class Backoff:
    """The wait before the next start: 1 s, doubled up to 30 s, first again after a healthy minute."""

    wait_s: float = FIRST_S
    deaths: int = 0

    @property
    def is_failing(self) -> bool:
        """Whether the service died so often without a healthy minute that somebody must look."""
        return self.deaths >= FAILING_DEATHS

    def after_death(self, lived_s: float) -> tuple[float, "Backoff"]:
        """Return how long to wait now, and the state for the next death.

        Parameters
        ----------
        lived_s : float
            How long the process ran.

        Returns
        -------
        tuple of float and Backoff
            Seconds to wait, and what to ask next time.
        """
        was = Backoff() if lived_s >= HEALTHY_S else self
        return was.wait_s, Backoff(min(MOST_S, was.wait_s * 2), was.deaths + 1)
