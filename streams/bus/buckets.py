"""Which buckets and streams exist on the bus, and how they keep. Control makes them; workers only open them."""

from nats.js.api import KeyValueConfig, StorageType, StreamConfig
from nats.js.errors import NotFoundError
from nats.js.kv import KeyValue

from streams.bus.session import Bus
from streams.types.bus import KV_DESIRED, KV_LEASES, KV_VIEWS, KV_WORKERS, STREAM_EVENTS
from streams.types.gate import KV_GATES

EVENTS_MAX_BYTES = 512 * 1024 * 1024
EVENTS_MAX_AGE_S = 7 * 86_400
WORKERS_TTL_S = 30

_BUCKETS = (
    KeyValueConfig(bucket=KV_DESIRED, storage=StorageType.FILE),
    KeyValueConfig(bucket=KV_GATES, storage=StorageType.FILE),
    KeyValueConfig(bucket=KV_LEASES, storage=StorageType.MEMORY),
    KeyValueConfig(bucket=KV_VIEWS, storage=StorageType.MEMORY),
    KeyValueConfig(bucket=KV_WORKERS, storage=StorageType.MEMORY, ttl=WORKERS_TTL_S),
)


async def make_buckets(bus: Bus, replicas: int = 1) -> None:
    """Create what is missing; what exists is left as it is. Called by control whenever it has reached the bus."""
    for config in _BUCKETS:
        try:
            await bus.stream.key_value(config.bucket)
        except NotFoundError:
            config.replicas = replicas
            await bus.stream.create_key_value(config)
    try:
        await bus.stream.stream_info(STREAM_EVENTS)
    except NotFoundError:
        await bus.stream.add_stream(
            StreamConfig(
                name=STREAM_EVENTS,
                subjects=["event.>"],
                max_bytes=EVENTS_MAX_BYTES,
                max_age=EVENTS_MAX_AGE_S,
                num_replicas=replicas,
            )
        )


async def open_bucket(bus: Bus, name: str) -> KeyValue:
    """Raises nats-py's `BucketNotFoundError` while control has not made it yet: the session ends and starts anew."""
    return await bus.stream.key_value(name)
