"""Options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

SettingsFile = Annotated[
    Path | None,
    typer.Option("--settings", metavar="FILE", help="Tệp thiết lập (TOML) · settings file (TOML).", show_default=False),
]
