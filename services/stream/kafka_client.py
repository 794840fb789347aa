"""What every part of the Kafka door needs: how long to wait, and what kafka-python's complaints mean."""

from collections.abc import Iterator
from contextlib import contextmanager

from kafka.errors import (
    CommitFailedError,
    FencedInstanceIdError,
    IllegalGenerationError,
    KafkaConnectionError,
    KafkaError,
    KafkaTimeoutError,
    RebalanceInProgressError,
    UnknownMemberIdError,
)

from services.stream.errors import FencedError, OustedError, StreamError

BOOTSTRAP_TIMEOUT_MS = 10_000
REQUEST_TIMEOUT_MS = 30_000
MAX_MESSAGE_BYTES = 8 * 1024 * 1024
FENCED = (CommitFailedError, IllegalGenerationError, RebalanceInProgressError, UnknownMemberIdError)


@contextmanager
def translated(servers: str, doing: str) -> Iterator[None]:
    """Turn what kafka-python raises into ``StreamError`` that says where and how to mend it."""
    try:
        yield
    except FencedInstanceIdError as error:
        raise OustedError(
            f"Kafka at {servers}, {doing}: another process took this member's name ({error}); give each process a "
            "HANOI_STREAM_INSTANCE of its own"
        ) from error
    except FENCED as error:
        raise FencedError(f"Kafka at {servers}, {doing}: the partition went to another member ({error})") from error
    except (KafkaConnectionError, KafkaTimeoutError) as error:
        raise StreamError(
            f"Kafka at {servers}, {doing}: no broker answers ({error}); start one with `make kafka` or mend STREAM_URL"
        ) from error
    except (KafkaError, AssertionError, ValueError) as error:
        raise StreamError(f"Kafka at {servers}, {doing}: {type(error).__name__}: {error}") from error
