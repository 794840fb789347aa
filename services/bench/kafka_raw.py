"""The bare Kafka client, the peer of `hanoi bench stream`."""

import time
from collections.abc import Sequence

from kafka import KafkaConsumer, KafkaProducer


def raw_produce_per_s(servers: str, topic: str, records: Sequence[tuple[bytes, bytes]], batch: int) -> float:
    """Send records with the bare client, flushed in batches; return records per second of one core."""
    producer = KafkaProducer(bootstrap_servers=servers.split(","), acks="all", enable_idempotence=True, linger_ms=5)
    begun_s = time.process_time()
    for at in range(0, len(records), batch):
        for key, value in records[at : at + batch]:
            producer.send(topic, value=value, key=key)
        producer.flush()
    seconds = time.process_time() - begun_s
    producer.close()
    return len(records) / seconds


def raw_consume_per_s(servers: str, topic: str, count: int, batch: int, rounds: int = 3) -> float:
    """Read records with the bare client, each batch committed; return records per second of one core."""
    raw = KafkaConsumer(
        bootstrap_servers=servers.split(","), group_id=f"bench-{time.time_ns()}", enable_auto_commit=False
    )
    raw.partitions_for_topic(topic)
    raw.subscribe([topic])
    while not raw.assignment():
        raw.poll(50)
    times = []
    for _ in range(rounds):
        raw.seek_to_beginning()
        seen, begun_s = 0, time.process_time()
        while seen < count:
            seen += sum(map(len, raw.poll(5000, max_records=batch).values()))
            raw.commit()
        times.append(time.process_time() - begun_s)
    raw.close(autocommit=False)
    return count / min(times)
