"""A timetable that cannot be used."""


class GtfsError(Exception):
    """A GTFS feed that cannot be used; the text names the file, the line, the field and how to mend it."""

    def __init__(self, where: str, problem: str, mend: str) -> None:
        super().__init__(f"{where}: {problem}; {mend}")
        self.where = where
        self.problem = problem
        self.mend = mend
