import json
import re
import tomllib
from pathlib import Path
from typing import Any, get_args

import pytest

from vms.access import PEOPLES_ROLES
from vms.settings import Settings, SettingsError, load_settings
from vms.settings.load import known_keys
from vms.settings.model import RoleName
from vms.settings.schema import settings_schema

CONFIG = Path(__file__).parents[3] / "config"


def _file(folder: Path, text: str) -> Path:
    file = folder / "settings.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_without_anything_the_defaults_hold() -> None:
    settings = load_settings()
    assert settings.web.port == 8080
    assert settings.database_url.startswith("sqlite+aiosqlite:////")


def test_the_environment_wins_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VMS_WEB__PORT", "8443")
    settings = load_settings(_file(tmp_path, '[web]\nport = 1\nhost = "::1"\n'))
    assert (settings.web.port, settings.web.host) == (8443, "::1")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[web]\nprot = 1", r"Unknown setting web\.prot in .* Did you mean web\.port\?"),
        ("[wbe]\nport = 1", r"Unknown setting wbe in .*"),
        ("[web]\nport = 99999", r"The setting web\.port in .* cannot be used: .*65535\."),
        ("[web]\nport = 'x'", r"The setting web\.port in .* cannot be used: .*"),
        (
            "[web]\ntls_key = 'x'",
            r"The setting web in .* cannot be used: tls_certificate and tls_key belong together\.",
        ),
        ("web", r"The settings file .* is not TOML: .*"),
        ("[web]\ntrusted_proxies = ['somewhere']", r"The setting web\.trusted_proxies\.0.* cannot be used: .*"),
    ],
)
def test_a_mistake_is_one_clear_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings(_file(tmp_path, text))
    assert re.fullmatch(sentence, str(caught.value))


def test_an_unknown_variable_in_a_known_section_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VMS_ACCOUNTS__IDLE_TIMEOUT", "5")
    with pytest.raises(
        SettingsError, match=r"Unknown setting accounts\.idle_timeout in the environment\. Did you mean"
    ):
        load_settings()


def test_a_file_that_is_not_there_is_one_clear_sentence(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read: No such file"):
        load_settings(tmp_path / "none.toml")


def test_a_wrong_value_is_never_repeated(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings(_file(tmp_path, "[database]\nurl = ['hunter2']"))
    assert "hunter2" not in str(caught.value)


def test_secrets_do_not_show_when_settings_are_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VMS_DATABASE__URL", "postgresql+asyncpg://vong:hunter2@db/vong")
    settings = load_settings()
    assert "hunter2" not in repr(settings)
    assert "hunter2" in settings.database_url


def _example() -> dict[str, Any]:
    text = (CONFIG / "settings.example.toml").read_text(encoding="utf-8")
    return tomllib.loads(re.sub(r"^#([a-z_]+ = )", r"\1", text, flags=re.MULTILINE))


def test_every_setting_is_in_the_example_and_nothing_else() -> None:
    example = _example()
    written = {key for key, value in example.items() if not isinstance(value, dict)}
    written |= {f"{section}.{key}" for section, keys in example.items() if isinstance(keys, dict) for key in keys}
    assert written == set(known_keys())


def test_the_example_shows_the_defaults() -> None:
    # What is None, empty by default or depends on the place is shown by an example instead.
    shown = {"tls_certificate", "tls_key", "origins", "trusted_proxies", "key_file"}
    shown |= {"delay_path", "fonts", "evaluation", "certificate_file", "token_module", "token_slot"}
    shown |= {"fonts", "evaluation", "certificate_file", "token_module", "token_slot", "folder"}
    defaults = json.loads(Settings().model_dump_json())
    for section, keys in _example().items():
        if isinstance(keys, dict):
            for key, value in keys.items():
                assert key in shown or defaults[section][key] == value, f"{section}.{key}"


def test_the_example_can_be_used(tmp_path: Path) -> None:
    text = re.sub(
        r"^#([a-z_]+ = )", r"\1", (CONFIG / "settings.example.toml").read_text(encoding="utf-8"), flags=re.MULTILINE
    )
    assert load_settings(_file(tmp_path, text)).web.port == 8080


def test_the_schema_is_current() -> None:
    assert (CONFIG / "settings.schema.json").read_text(encoding="utf-8") == settings_schema()


def test_every_role_that_people_hold_can_be_named_in_the_settings() -> None:
    assert set(get_args(RoleName)) == PEOPLES_ROLES


def test_a_self_made_certificate_has_its_place_and_excludes_another(tmp_path: Path) -> None:
    file = tmp_path / "vong.toml"
    file.write_text(f'data_dir = "{tmp_path}"\n[web]\ntls_self_made = true\n')
    web = load_settings(file).web
    assert (web.tls_certificate, web.tls_key) == (tmp_path / "tls" / "certificate.pem", tmp_path / "tls" / "key.pem")
    file.write_text('[web]\ntls_self_made = true\ntls_certificate = "a"\ntls_key = "b"\n')
    with pytest.raises(SettingsError, match="tls_self_made"):
        load_settings(file)
