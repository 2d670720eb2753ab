"""`config/settings.schema.json`: for editors that complete and check the settings file."""

import json

from vms.settings.model import Settings


def settings_schema() -> str:
    """The JSON schema of the settings file."""
    schema = Settings.model_json_schema()
    schema["title"] = "Vọng settings"
    return json.dumps(schema, indent=2, ensure_ascii=False, sort_keys=True) + "\n"


if __name__ == "__main__":
    from pathlib import Path

    (Path(__file__).parents[2] / "config" / "settings.schema.json").write_text(settings_schema(), encoding="utf-8")
