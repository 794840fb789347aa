"""Which incidents everybody may know of."""

from schemas.incident import Incident, IncidentState
from services.store.engine import Store
from services.store.incidents import list_incidents

# What a person has looked at; what only the machine suspects is not told to everybody.
TOLD = (IncidentState.VERIFIED, IncidentState.RESPONDING)


def list_told(store: Store) -> list[Incident]:
    """Return the incidents that a person has verified and that have not ended."""
    with store.reading() as session:
        return [incident for told in TOLD for incident in list_incidents(session, told.value)]
