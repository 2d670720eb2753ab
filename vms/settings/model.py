"""What can be set, with defaults that a small province can live with.

`config/settings.example.toml` says what each setting is for; a test keeps both the same.
"""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, IPvAnyNetwork, SecretStr, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

Port = Annotated[int, Field(ge=0, le=65535)]
Networks = list[IPvAnyNetwork]
RoleName = Literal[
    "duty_officer",
    "duty_commander",
    "investigator",
    "technician",
    "court_clerk",
    "presiding_judge",
    "court_chair",
    "prosecutor",
    "prosecutors_leader",
    "oversight_observer",
    "security_administrator",
    "auditor",
]
"""Those of `vms.access.people.Role` that people can hold; a test keeps both the same."""
_TOTP_ROLES: list[RoleName] = [
    "security_administrator",
    "auditor",
    "duty_commander",
    "investigator",
    "court_clerk",
    "presiding_judge",
    "court_chair",
    "prosecutor",
    "prosecutors_leader",
    "oversight_observer",
]
"""Whoever administers, reads the log, extracts or approves evidence, or sees the courts."""


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class DatabaseSettings(_Section):
    url: SecretStr = SecretStr("")


class NatsSettings(_Section):
    url: SecretStr = SecretStr("")
    server: str = ""


class MediaSettings(_Section):
    workers: int = Field(default=0, ge=0, le=64)
    udp_port: Port = 0
    addresses: list[str] = []
    transcodes: int = Field(default=1, ge=0, le=16)
    stall_timeout_s: float = Field(default=5.0, ge=1, le=60)
    delay_path: Path | None = None
    delay_quota_gb: float = Field(default=20, ge=0)
    delay_keep_free_gb: float = Field(default=2, ge=0)


class VolumeSettings(_Section):
    """A place for recordings: what control and files call it, and where it is on this machine."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,31}$")
    path: Path
    quota_gb: float = Field(default=0, ge=0)
    keep_free_percent: float = Field(default=5, ge=0, le=90)


_REACH_DAYS: dict[RoleName, int] = {
    "duty_officer": 7,
    "duty_commander": 30,
    "investigator": 90,
    "presiding_judge": 365,
}
"""Who is not named looks at nothing that was recorded, whatever else the role allows."""


class RecordingSettings(_Section):
    volumes: list[VolumeSettings] = []
    segment_s: float = Field(default=60, ge=5, le=3600)
    backfill_days: int = Field(default=7, ge=0, le=90)
    reach_days: dict[RoleName, Annotated[int, Field(ge=0, le=3650)]] = _REACH_DAYS

    @model_validator(mode="after")
    def _ids_differ(self) -> "RecordingSettings":
        if len({volume.id for volume in self.volumes}) < len(self.volumes):
            raise ValueError("two volumes have the same id")
        return self


class PurposeSettings(_Section):
    """What a hearing may be recorded for, by the court's policy."""

    code: str = Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")
    name: str = Field(min_length=1, max_length=200)
    name_en: str = Field(min_length=1, max_length=200)


_PURPOSES = [
    PurposeSettings(code="review", name="Tổ chức phiên tòa rút kinh nghiệm", name_en="Review of the hearing"),
    PurposeSettings(
        code="uniform_law", name="Tổng kết, áp dụng thống nhất pháp luật", name_en="Uniform application of the law"
    ),
    PurposeSettings(code="training", name="Đào tạo, bồi dưỡng", name_en="Training"),
    PurposeSettings(code="legal_education", name="Tuyên truyền, giáo dục pháp luật", name_en="Legal education"),
    PurposeSettings(code="other", name="Trường hợp cần thiết khác", name_en="Another necessary case"),
]
"""As the draft circular of the Supreme People's Court names them (February 2026); no adopted text says them yet."""


class HearingSettings(_Section):
    recording_purposes: list[PurposeSettings] = _PURPOSES

    @model_validator(mode="after")
    def _codes_differ(self) -> "HearingSettings":
        if len({one.code for one in self.recording_purposes}) < len(self.recording_purposes):
            raise ValueError("two purposes have the same code")
        return self


class WebSettings(_Section):
    host: str = "127.0.0.1"
    port: Port = 8080
    tls_certificate: Path | None = None
    tls_key: Path | None = None
    tls_self_made: bool = False
    origins: list[str] = []
    trusted_proxies: Networks = []
    metrics_from: Networks = Field(default=["127.0.0.0/8", "::1/128"], validate_default=True)

    @model_validator(mode="after")
    def _both_or_none(self) -> "WebSettings":
        if (self.tls_certificate is None) != (self.tls_key is None):
            raise ValueError("tls_certificate and tls_key belong together")
        if self.tls_self_made and self.tls_certificate is not None:
            raise ValueError("tls_self_made makes its own tls_certificate")
        return self


class RtspSettings(_Section):
    enabled: bool = False
    host: str = "127.0.0.1"
    port: Port = 8322
    login_days: int = Field(default=90, ge=0, le=3650)


class AccountSettings(_Section):
    idle_timeout_min: float = Field(default=15, ge=0.1, le=24 * 60)
    session_hours: float = Field(default=12, ge=0.1, le=7 * 24)
    password_min_length: int = Field(default=12, ge=8, le=128)
    password_min_classes: int = Field(default=3, ge=1, le=4)
    password_history: int = Field(default=5, ge=0, le=24)
    password_days: int = Field(default=90, ge=0, le=3650)
    totp_roles: list[RoleName] = _TOTP_ROLES
    failures_before_pause: int = Field(default=5, ge=1, le=100)
    pause_min: float = Field(default=15, ge=0.1, le=24 * 60)
    address_failures_before_pause: int = Field(default=20, ge=1, le=10_000)
    hash_memory_kib: int = Field(default=47_104, ge=64, le=1_048_576)
    hash_rounds: int = Field(default=2, ge=1, le=20)
    hash_threads: int = Field(default=2, ge=1, le=16)


class AdministrationSettings(_Section):
    networks: Networks = []
    hours: str = Field(default="", pattern=r"^$|^([01]\d|2[0-3]):[0-5]\d-(([01]\d|2[0-3]):[0-5]\d|24:00)$")
    weekdays: list[Annotated[int, Field(ge=1, le=7)]] = [1, 2, 3, 4, 5, 6, 7]


class RoleMapping(_Section):
    """A value of the provider's claim, and the role in a unit (by its key) that it brings."""

    value: str = Field(min_length=1)
    role: RoleName
    unit: str = Field(min_length=1)


class OidcSettings(_Section):
    issuer: str = Field(
        default="", pattern=r"^$|^https://[^\s?#]+$|^http://(localhost|127\.0\.0\.1|\[::1\])(:\d+)?(/[^\s?#]*)?$"
    )
    client_id: str = ""
    client_secret: SecretStr = SecretStr("")
    public_url: str = Field(default="", pattern=r"^$|^https?://[^\s/?#]+$")
    name: str = "SSO"
    scopes: list[str] = ["openid", "profile"]
    second_factor_amr: list[str] = []
    roles_claim: str = ""
    role_map: list[RoleMapping] = []
    timeout_s: float = Field(default=10, ge=1, le=60)

    @model_validator(mode="after")
    def _complete(self) -> "OidcSettings":
        if self.issuer and not (self.client_id and self.public_url):
            raise ValueError("issuer needs client_id and public_url")
        if self.role_map and not self.roles_claim:
            raise ValueError("role_map needs roles_claim")
        return self


class SecretSettings(_Section):
    key: SecretStr = SecretStr("")
    key_file: Path | None = None


class PaperSettings(_Section):
    fonts: Path | None = None
    evaluation: Path | None = None
    yearly_reviews: int = Field(default=1, ge=0, le=366)


class SigningSettings(_Section):
    source: Literal["none", "file", "token"] = "none"
    certificate_file: Path | None = None
    certificate_passphrase: SecretStr = SecretStr("")
    token_module: Path | None = None
    token_label: str = ""
    token_slot: int | None = Field(default=None, ge=0, le=255)
    token_certificate: str = ""
    token_key: str = ""
    token_pin: SecretStr = SecretStr("")
    timestamp_url: str = Field(default="", pattern=r"^$|^https?://[^\s?#]+$")

    @model_validator(mode="after")
    def _complete(self) -> "SigningSettings":
        if self.source == "file" and self.certificate_file is None:
            raise ValueError('source = "file" needs certificate_file')
        if self.source == "token" and not (self.token_module and self.token_certificate):
            raise ValueError('source = "token" needs token_module and token_certificate')
        return self


class ExtractionSettings(_Section):
    folder: Path | None = None
    read_mb_s: float = Field(default=20, ge=0, le=10_000)
    keep_free_gb: float = Field(default=2, ge=0, le=10_000)


class DeviceSettings(_Section):
    discovery_timeout_s: float = Field(default=4.0, ge=0.5, le=60)
    parallel: int = Field(default=16, ge=1, le=200)


class LogSettings(_Section):
    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["text", "json"] = "text"


class Settings(BaseSettings):
    """All settings, frozen. What is passed in (from the file) gives way to the environment."""

    model_config = SettingsConfigDict(env_prefix="VMS_", env_nested_delimiter="__", extra="forbid", frozen=True)

    data_dir: Path = Path("data")
    database: DatabaseSettings = DatabaseSettings()
    nats: NatsSettings = NatsSettings()
    media: MediaSettings = MediaSettings()
    recording: RecordingSettings = RecordingSettings()
    hearings: HearingSettings = HearingSettings()
    web: WebSettings = WebSettings()
    rtsp: RtspSettings = RtspSettings()
    accounts: AccountSettings = AccountSettings()
    administration: AdministrationSettings = AdministrationSettings()
    oidc: OidcSettings = OidcSettings()
    secrets: SecretSettings = SecretSettings()
    devices: DeviceSettings = DeviceSettings()
    papers: PaperSettings = PaperSettings()
    signing: SigningSettings = SigningSettings()
    extraction: ExtractionSettings = ExtractionSettings()
    log: LogSettings = LogSettings()

    @property
    def database_url(self) -> str:
        """Where the database is: as set, else a SQLite file in the data folder. May hold a password."""
        return self.database.url.get_secret_value() or f"sqlite+aiosqlite:///{self.data_dir.absolute() / 'vong.sqlite'}"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        del settings_cls, dotenv_settings, file_secret_settings
        return env_settings, init_settings
