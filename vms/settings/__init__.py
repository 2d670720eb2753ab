"""Every setting of the system: one TOML file, and environment variables over it."""

from vms.settings.load import SettingsError, load_settings
from vms.settings.model import Settings

__all__ = ["Settings", "SettingsError", "load_settings"]
