"""The media worker: owns cameras by lease, runs their streams, and serves viewers. No database, no web code."""
