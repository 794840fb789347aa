"""A group of consumers on the embedded log: who is alive, who reads what, how far they came.

One SQLite file a group. A member holds a lock on a file of its own; the system
drops it the moment the process dies, so its partitions are taken over at once (those of a
member with a name of its own after ``AWAY_S``, so that it finds them when it comes back), and
one that hangs is put out after ``MAX_POLL_S``. Time is the machine's since it started, the same
for all processes, so a wall clock that jumps moves nothing. A partition changes hands only when
its owner lets it go in `refresh` or is dead, and a commit by anybody but the owner
is refused, so no two members work on one partition with effect.
"""

import contextlib
import fcntl
import sqlite3
import time
import uuid
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import msgspec

from services.stream.base import Committed, Partition
from services.stream.embedded_file import connect, create_file, reading, writing
from services.stream.errors import FencedError, OustedError

MAX_POLL_S = 300.0
AWAY_S = 10.0
SIGN_OF_LIFE_S = 2.0
LOOK_AROUND_S = 0.5

TABLES = (
    "CREATE TABLE IF NOT EXISTS member (member_id TEXT PRIMARY KEY, topics TEXT NOT NULL, polled_ms INTEGER NOT NULL)",
    "CREATE TABLE IF NOT EXISTS owner (topic TEXT, partition INTEGER, member_id TEXT NOT NULL,"
    " PRIMARY KEY (topic, partition)) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS committed (topic TEXT, partition INTEGER, next_offset INTEGER NOT NULL,"
    " note TEXT NOT NULL DEFAULT '', PRIMARY KEY (topic, partition)) WITHOUT ROWID",
)

NAMED = "named-"

Members = Mapping[str, frozenset[str]]


def share(members: Members, partitions: Mapping[str, int]) -> dict[Partition, str]:
    """Deal the partitions of each topic to the members that read it, evenly and always alike.

    Parameters
    ----------
    members : Mapping of str to frozenset of str
        Member → the topics it reads.
    partitions : Mapping of str to int
        Topic → number of partitions.

    Returns
    -------
    dict of Partition to str
        Who shall read each partition.
    """
    dealt: dict[Partition, str] = {}
    for topic, count in partitions.items():
        readers = sorted(member for member, topics in members.items() if topic in topics)
        for number in range(count if readers else 0):
            dealt[Partition(topic, number)] = readers[number % len(readers)]
    return dealt


class Membership:
    """One member's place in one group; for one thread at a time.

    Parameters
    ----------
    folder : Path
        Where the files of all groups lie.
    group : str
        The group.
    partitions : Mapping of str to int
        The topics this member reads → number of partitions.
    instance : str, optional
        The member's own name, under which it may come back.
    """

    def __init__(self, folder: Path, group: str, partitions: Mapping[str, int], instance: str | None = None) -> None:
        self.member_id = uuid.uuid4().hex if instance is None else NAMED + instance
        self.group = group
        self.owned: frozenset[Partition] = frozenset()
        self.kept: frozenset[Partition] = frozenset()
        self._partitions = dict(partitions)
        self._folder = folder
        self._path = folder / f"{group}.sqlite"
        create_file(self._path, TABLES, add_note)
        self._connection = connect(self._path)
        self._lock = self._lock_path(self.member_id).open("w")
        if not _lock_soon(self._lock.fileno()):
            self._connection.close()
            self._lock.close()
            raise OustedError(
                f"group {group}: a member named {instance} is at work already; give each process a "
                "HANOI_STREAM_INSTANCE of its own"
            )
        self._looked_s = self._signed_s = float("-inf")
        self._version = -1
        self._sign_in()

    def _lock_path(self, member_id: str) -> Path:
        return self._folder / f"{self.group}.{member_id}.lock"

    def _sign_in(self) -> None:
        topics = msgspec.json.encode(sorted(self._partitions)).decode()
        with writing(self._connection, self._path):
            self._connection.execute(
                "INSERT OR REPLACE INTO member VALUES (?, ?, ?)", (self.member_id, topics, _now_ms())
            )
        self._signed_s = time.monotonic()

    def refresh(self) -> bool:
        """Give away and take over what the present members make due; ``True`` if anything may have.

        ``owned`` is what this member reads now, ``kept`` the part of it that it read all
        along. Records handed out before belong to the caller no longer than until this call.
        """
        with reading(self._path):
            return self._refresh()

    def _refresh(self) -> bool:
        now_s = time.monotonic()
        version = self._connection.execute("PRAGMA data_version").fetchone()[0]
        if version == self._version and now_s - self._looked_s < LOOK_AROUND_S:
            return False
        self._version, self._looked_s = version, now_s
        if now_s - self._signed_s >= SIGN_OF_LIFE_S:
            self._sign_in()
        dead = self._find_dead()
        mine, wanted = self._mine(), self._wanted(dead)
        if not dead and mine == wanted == self.owned:
            return False
        with writing(self._connection, self._path):
            self._bury(dead)
            self._give_and_take()
        before, self.owned = self.owned, self._mine()
        # What somebody took from us meanwhile and we got back is new to us: others may have read on.
        self.kept = before & mine & self.owned
        return True

    def _members(self) -> dict[str, frozenset[str]]:
        rows = self._connection.execute("SELECT member_id, topics FROM member").fetchall()
        return {member: msgspec.json.decode(topics, type=frozenset[str]) for member, topics in rows}

    def _mine(self) -> frozenset[Partition]:
        rows = self._connection.execute("SELECT topic, partition FROM owner WHERE member_id = ?", (self.member_id,))
        return frozenset(Partition(*row) for row in rows)

    def _wanted(self, dead: Iterable[str]) -> frozenset[Partition]:
        members = self._members()
        for member in dead:
            members.pop(member, None)
        members[self.member_id] = frozenset(self._partitions)
        dealt = share(members, self._partitions)
        return frozenset(partition for partition, member in dealt.items() if member == self.member_id)

    def _find_dead(self) -> list[str]:
        rows = self._connection.execute(
            "SELECT member_id, polled_ms FROM member WHERE member_id <> ?", (self.member_id,)
        ).fetchall()
        return [member for member, polled_ms in rows if self._is_dead(member, (_now_ms() - polled_ms) / 1000)]

    def _is_dead(self, member_id: str, silent_s: float) -> bool:
        if silent_s > MAX_POLL_S:
            return True
        # One whose last sign lies in the future was last here before the machine started anew.
        waited_for = member_id.startswith(NAMED) and 0 <= silent_s <= AWAY_S
        return not waited_for and not self._holds_lock(member_id)

    def _holds_lock(self, member_id: str) -> bool:
        try:
            with self._lock_path(member_id).open("r+") as lock:
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        except FileNotFoundError:
            return False
        return False

    def _bury(self, dead: Sequence[str]) -> None:
        for member in dead:
            self._connection.execute("DELETE FROM owner WHERE member_id = ?", (member,))
            self._connection.execute("DELETE FROM member WHERE member_id = ?", (member,))
            self._lock_path(member).unlink(missing_ok=True)

    def _give_and_take(self) -> None:
        self._connection.execute(
            "INSERT OR IGNORE INTO member VALUES (?, ?, ?)",
            (self.member_id, msgspec.json.encode(sorted(self._partitions)).decode(), _now_ms()),
        )
        wanted, mine = self._wanted(()), self._mine()
        for partition in mine - wanted:
            self._connection.execute("DELETE FROM owner WHERE topic = ? AND partition = ?", partition)
        for partition in wanted - mine:
            self._connection.execute("INSERT OR IGNORE INTO owner VALUES (?, ?, ?)", (*partition, self.member_id))

    def commit(self, offsets: Mapping[Partition, int], notes: Mapping[Partition, str]) -> None:
        """Keep the next wanted offsets, all or none; ``FencedError`` if one partition is not ours."""
        with writing(self._connection, self._path):
            lost = offsets.keys() - self._mine()
            if lost:
                raise FencedError(
                    f"group {self.group}: {', '.join(f'{p.topic}/{p.partition}' for p in sorted(lost))} "
                    "went to another member before this commit"
                )
            self._connection.executemany(
                "INSERT INTO committed (topic, partition, next_offset, note) VALUES (?, ?, ?, ?)"
                " ON CONFLICT (topic, partition) DO UPDATE SET next_offset = excluded.next_offset,"
                " note = excluded.note",
                [(*partition, offset, notes.get(partition, "")) for partition, offset in offsets.items()],
            )

    def committed(self, partition: Partition) -> Committed | None:
        """Return the group's next wanted offset of a partition and its note."""
        with reading(self._path):
            row = self._connection.execute(
                "SELECT next_offset, note FROM committed WHERE topic = ? AND partition = ?", partition
            ).fetchone()
        return None if row is None else Committed(*row)

    def close(self) -> None:
        """Leave the group; what this member read is free at once, or after a while if it may come back."""
        with contextlib.suppress(Exception):
            if self.member_id.startswith(NAMED):
                self._sign_in()
            else:
                with writing(self._connection, self._path):
                    self._bury([self.member_id])
        self._connection.close()
        self._lock.close()


def add_note(connection: sqlite3.Connection) -> None:
    """Bring a file from before notes were kept up to date."""
    columns = [row[1] for row in connection.execute("PRAGMA table_info(committed)")]
    if "note" not in columns:
        connection.execute("ALTER TABLE committed ADD COLUMN note TEXT NOT NULL DEFAULT ''")


def read_groups(folder: Path) -> dict[str, dict[Partition, Committed]]:
    """Return how far each group of a folder came; a file that cannot be read raises ``StreamError``."""
    found: dict[str, dict[Partition, Committed]] = {}
    for path in sorted(folder.glob("*.sqlite")):
        create_file(path, TABLES, add_note)
        with contextlib.closing(connect(path)) as connection, reading(path):
            rows = connection.execute("SELECT topic, partition, next_offset, note FROM committed").fetchall()
        found[path.stem] = {Partition(topic, number): Committed(at, note) for topic, number, at, note in rows}
    return found


def _lock_soon(file: int) -> bool:
    """Take a lock; others may hold it for a moment to see whether its owner lives."""
    for _ in range(100):
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(0.01)
        else:
            return True
    return False


def _now_ms() -> int:
    return time.monotonic_ns() // 1_000_000
