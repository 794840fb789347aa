"""One look at one file is one line of the audit, also when a video player reads it in a hundred pieces."""

import threading
from collections import OrderedDict

SAME_VIEW_MS = 60_000
MAX_VIEWS = 10_000


class Views:
    """Remembers who looked at what within the last minute; safe to call from several threads."""

    def __init__(self) -> None:
        self._seen: OrderedDict[tuple[str, str, str], int] = OrderedDict()
        self._lock = threading.Lock()

    def is_new(self, actor: str, case_id: str, name: str, now_ms: int) -> bool:
        """Return whether this look is to be written down.

        Parameters
        ----------
        actor : str
            Who looks.
        case_id, name : str
            At what.
        now_ms : int
            Wall time, milliseconds since 1970, UTC.

        Returns
        -------
        bool
            ``False`` within a minute of the last look that was written down.
        """
        key = (actor, case_id, name)
        with self._lock:
            if 0 <= now_ms - self._seen.get(key, -SAME_VIEW_MS) < SAME_VIEW_MS:
                return False
            self._seen[key] = now_ms
            self._seen.move_to_end(key)
            while len(self._seen) > MAX_VIEWS:
                self._seen.popitem(last=False)
            return True
