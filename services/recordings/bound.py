"""How many records one body may hold: few bytes can say very many nothings."""

NO_BOUND = 2**63


class TooManyRecordsError(Exception):
    """A body with more records than may come at once; the text says how many may."""


def check_count(count: int, most: int) -> None:
    """Raise `TooManyRecordsError` where there are more records than may come at once."""
    if count > most:
        raise TooManyRecordsError(f"more than {most:,} records in one body")
