"""What rights and the log need to know of a view that runs."""

from typing import Protocol


class RunningView(Protocol):
    """`camera_id` is empty for a transport that carries views."""

    @property
    def view_id(self) -> str: ...

    @property
    def camera_id(self) -> str: ...

    @property
    def account_id(self) -> str: ...

    @property
    def session_id(self) -> str: ...

    @property
    def address(self) -> str:
        """From where it is watched, where its session does not say it (players that are no browsers); else empty."""
