"""Read the settings, and say in one sentence what is wrong with them."""

import difflib
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_settings.exceptions import SettingsError as PydanticSettingsError

from vms.settings.model import Settings


class SettingsError(Exception):
    """The settings cannot be used. One sentence, never with the value: it may be a password."""


def load_settings(file: Path | None = None) -> Settings:
    """Join the defaults, `file` and the environment (`VMS_WEB__PORT=8443`), the later over the earlier.

    Raises `SettingsError`. Relative paths in the file are relative to where the program was started.
    """
    content = _read(file) if file is not None else {}

    try:
        return _with_certificate(Settings(**content))
    except ValidationError as error:
        raise SettingsError(_sentence(error, file)) from None
    except PydanticSettingsError as error:
        raise SettingsError(f"An environment variable VMS_… cannot be read: {error}") from None


def _with_certificate(settings: Settings) -> Settings:
    """Where the certificate is that control makes (`vms.secrets.certificate`): from then on it is one like any other."""
    if not settings.web.tls_self_made:
        return settings
    folder = settings.data_dir / "tls"
    files = {"tls_certificate": folder / "certificate.pem", "tls_key": folder / "key.pem"}
    return settings.model_copy(update={"web": settings.web.model_copy(update=files)})


def known_keys(model: type[BaseModel] = Settings, prefix: str = "") -> Iterator[str]:
    """Every setting by its dotted name."""
    for name, field in model.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from known_keys(field.annotation, f"{prefix}{name}.")
        else:
            yield prefix + name


def _read(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise SettingsError(f"The settings file {file} cannot be read: {error.strerror}.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"The settings file {file} is not TOML: {error}.") from None


def _sentence(error: ValidationError, file: Path | None) -> str:
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    name = ".".join(map(str, first["loc"]))
    where = f" in {file} or the environment" if file else " in the environment"
    if first["type"] == "extra_forbidden":
        similar = difflib.get_close_matches(name, list(known_keys()), n=1, cutoff=0.6)
        hint = f" Did you mean {similar[0]}?" if similar else ""
        return f"Unknown setting {name}{where}.{hint}"
    return f"The setting {name}{where} cannot be used: {first['msg'].removeprefix('Value error, ')}."
