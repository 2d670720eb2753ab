"""A clock that stands still until a test moves it."""

START_MS = 1_795_000_000_000  # an afternoon in November 2026


class FakeClock:
    def __init__(self, now_ms: int = START_MS) -> None:
        self.now_ms = now_ms

    def __call__(self) -> int:
        return self.now_ms

    def advance(self, *, s: float = 0, minutes: float = 0, hours: float = 0) -> None:
        self.now_ms += round((s + minutes * 60 + hours * 3600) * 1000)
