"""The NATS connection as control and workers use it: sessions, mirrored key-value buckets, requests.

Knows no media and no database; with `streams.types` the only part of `streams` that `vms` may import.
"""
