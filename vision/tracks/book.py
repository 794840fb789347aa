"""What is known of each track beside its motion: one row a track."""

from dataclasses import dataclass, field, fields

import numpy as np
from numpy.typing import NDArray

from vision.tracks.look import FAMILY

LABELS = tuple(FAMILY)
CODE = {label: i for i, label in enumerate(LABELS)}
IS_TWO_WHEELER = np.array([label in {"bicycle", "motorcycle"} for label in LABELS])
FAMILY_OF = np.array([FAMILY[label] for label in LABELS])
# A rider is seen far better than the motorcycle below, so a look at the motorcycle counts for more.
VOTE = np.array([{"motorcycle": 4.0, "bicycle": 3.0}.get(label, 1.0) for label in LABELS])
Ints = NDArray[np.int64]


def _none() -> Ints:
    return np.zeros(0, np.int64)


def _nobody() -> NDArray[np.bool_]:
    return np.zeros(0, np.bool_)


@dataclass
class Book:
    """Arrays of one row a track.

    ``number`` is 0 until it is confirmed, ``key`` is its own from its first look; ``code`` is the label of most votes.
    """

    family: Ints = field(default_factory=_none)
    number: Ints = field(default_factory=_none)
    looks: Ints = field(default_factory=_none)
    seen_ms: Ints = field(default_factory=_none)
    sure_ms: Ints = field(default_factory=_none)
    key: Ints = field(default_factory=_none)
    code: Ints = field(default_factory=_none)
    votes: NDArray[np.float64] = field(default_factory=lambda: np.zeros((0, len(LABELS))))
    hidden: NDArray[np.bool_] = field(default_factory=_nobody)
    rides: NDArray[np.bool_] = field(default_factory=_nobody)
    alone: NDArray[np.bool_] = field(default_factory=_nobody)

    def __len__(self) -> int:
        """Return how many tracks there are."""
        return len(self.key)

    def add(self, time_ms: int, codes: Ints, scores: NDArray[np.float64], first_key: int) -> None:
        """Begin tracks for detections of these labels and scores."""
        count = len(codes)
        zero = np.zeros(count, np.int64)
        votes = np.zeros((count, len(LABELS)))
        votes[np.arange(count), codes] = scores * VOTE[codes]
        more = Book(
            FAMILY_OF[codes], zero, zero + 1, zero + time_ms, zero + time_ms, first_key + np.arange(count), codes
        )
        more.votes, more.hidden, more.rides, more.alone = votes, zero > 0, zero > 0, codes == CODE["person"]
        for column in fields(Book):
            mine = getattr(self, column.name)
            setattr(self, column.name, np.concatenate([mine, getattr(more, column.name)]))

    def keep(self, stay: NDArray[np.bool_]) -> None:
        """Drop the rows that do not stay."""
        for column in fields(Book):
            setattr(self, column.name, getattr(self, column.name)[stay])

    def take(
        self, time_ms: int, rows: Ints, codes: Ints, scores: NDArray[np.float64], doubtful: NDArray[np.bool_]
    ) -> None:
        """Note one look at each of some rows; where the voted label changes the identity is in doubt too."""
        before = self.code[rows]
        self.votes[rows, codes] += scores * VOTE[codes]
        self.code[rows] = self.votes[rows].argmax(axis=1)
        # A rider is often seen before the motorcycle below: among those a change of label is no doubt.
        flipped = (self.code[rows] != before) & (self.family[rows] != 0)
        self.seen_ms[rows] = time_ms
        self.looks[rows] += 1
        self.alone[rows] = codes == CODE["person"]
        self.sure_ms[rows[doubtful | flipped]] = time_ms

    def are_two_wheelers(self) -> NDArray[np.bool_]:
        """Tell of each whether most looks say that it is a two-wheeler."""
        return np.asarray(IS_TWO_WHEELER[self.code])

    def are_people(self) -> NDArray[np.bool_]:
        """Tell of each whether most looks say that it is a person, or the last one does."""
        return np.asarray((self.code == CODE["person"]) | self.alone)

    def labels(self, rows: Ints) -> list[str]:
        """Return what most looks say that each of some rows is."""
        return [LABELS[code] for code in self.code[rows].tolist()]
