"""A group of consumers on the embedded log: who is alive, who reads what, how far they came.

One SQLite file a group. A member holds a lock on a file of its own; the system
drops it the moment the process dies, so its partitions are taken over at once, and
one that hangs is put out after ``MAX_POLL_S``. A partition changes hands only when
its owner lets it go in `refresh` or is dead, and a commit by anybody but the owner
is refused, so no two members work on one partition with effect.
"""

import contextlib
import fcntl
import time
import uuid
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import msgspec

from services.stream.base import Partition
from services.stream.embedded_log import connect, create_file, reading, writing
from services.stream.errors import FencedError

MAX_POLL_S = 300.0
SIGN_OF_LIFE_S = 5.0
LOOK_AROUND_S = 0.5

TABLES = (
    "CREATE TABLE IF NOT EXISTS member (member_id TEXT PRIMARY KEY, topics TEXT NOT NULL, polled_ms INTEGER NOT NULL)",
    "CREATE TABLE IF NOT EXISTS owner (topic TEXT, partition INTEGER, member_id TEXT NOT NULL,"
    " PRIMARY KEY (topic, partition)) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS committed (topic TEXT, partition INTEGER, next_offset INTEGER NOT NULL,"
    " PRIMARY KEY (topic, partition)) WITHOUT ROWID",
)

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
    """

    def __init__(self, folder: Path, group: str, partitions: Mapping[str, int]) -> None:
        self.member_id = uuid.uuid4().hex
        self.group = group
        self.owned: frozenset[Partition] = frozenset()
        self.kept: frozenset[Partition] = frozenset()
        self._partitions = dict(partitions)
        self._folder = folder
        self._path = folder / f"{group}.sqlite"
        create_file(self._path, TABLES)
        self._connection = connect(self._path)
        self._lock = self._lock_path(self.member_id).open("w")
        fcntl.flock(self._lock, fcntl.LOCK_EX)
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
        latest_ms = _now_ms() - MAX_POLL_S * 1000
        return [member for member, polled_ms in rows if polled_ms < latest_ms or not self._holds_lock(member)]

    def _holds_lock(self, member_id: str) -> bool:
        try:
            with self._lock_path(member_id).open("r+") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
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

    def commit(self, offsets: Mapping[Partition, int]) -> None:
        """Keep the next wanted offsets, all or none; ``FencedError`` if one partition is not ours."""
        with writing(self._connection, self._path):
            lost = offsets.keys() - self._mine()
            if lost:
                raise FencedError(
                    f"group {self.group}: {', '.join(f'{p.topic}/{p.partition}' for p in sorted(lost))} "
                    "went to another member before this commit"
                )
            self._connection.executemany(
                "INSERT INTO committed VALUES (?, ?, ?)"
                " ON CONFLICT (topic, partition) DO UPDATE SET next_offset = excluded.next_offset",
                [(*partition, offset) for partition, offset in offsets.items()],
            )

    def committed(self, partition: Partition) -> int | None:
        """Return the group's next wanted offset of a partition."""
        with reading(self._path):
            row = self._connection.execute(
                "SELECT next_offset FROM committed WHERE topic = ? AND partition = ?", partition
            ).fetchone()
        return None if row is None else int(row[0])

    def close(self) -> None:
        """Leave the group; what this member read is free at once."""
        with contextlib.suppress(Exception), writing(self._connection, self._path):
            self._bury([self.member_id])
        self._connection.close()
        self._lock.close()


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
