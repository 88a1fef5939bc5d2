"""Settings of a process, from the environment (``HUB_…``) and from the command line over it."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 -- pydantic reads the annotation when it runs

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """What may be set from outside; the master key is read by the vault alone.

    ``now`` is the instant a sandbox plays at (RFC 3339 or a date), ``batch_size`` the messages of
    one transaction, ``session_seconds`` until a worker on Kafka that is gone loses its partitions,
    ``ledger_grace_seconds`` by how much the ledger may be behind before releases stop (alert at half),
    ``custody_seconds`` the pause of a custodian that found nothing due,
    ``rights_seconds`` the pause between two looks of the administrator at rights that have ended,
    ``metrics_port`` where Prometheus reads (0: nowhere) at ``metrics_host``: loopback where nothing
    else is said, since whoever reaches it may read, ``ledger_index`` where the ledger's index is
    (``sqlite`` in the home, or a PostgreSQL URL), ``pdf_font`` the font of reports on paper,
    ``gateway_host`` and ``gateway_port`` where the gateway listens, ``gateway_certificate`` the file
    of its own key and certificate, ``gateway_clients`` that of the authority which signs its clients',
    ``gateway_body_bytes`` the largest body of lines it takes, ``gateway_file_bytes`` the largest file,
    ``gateway_calls_a_second`` and ``gateway_calls_at_once`` what one client may ask for,
    ``gateway_connections`` how many there may be at once, ``gateway_connections_of_one`` from one
    address (raise it behind a proxy of TCP, where all come from one),
    ``console_host`` and ``console_port`` where the console listens and under which name,
    ``console_certificate`` the file of its key and certificate, ``console_idle_seconds`` and
    ``console_session_seconds`` after how long unused, and after how long at all, a session ends.
    """

    model_config = SettingsConfigDict(env_prefix="HUB_", extra="ignore")

    home: Path | None = None
    bus: str = "embedded"
    now: str | None = None
    batch_size: int = Field(default=1000, ge=1, le=10_000)
    session_seconds: float = Field(default=10.0, ge=1, le=300)
    idle_seconds: float = Field(default=0.2, gt=0, le=60)
    ledger_grace_seconds: float = Field(default=900.0, ge=1, le=86_400)
    custody_seconds: float = Field(default=5.0, gt=0, le=300)
    rights_seconds: float = Field(default=60.0, gt=0, le=3600)
    metrics_host: str = "127.0.0.1"
    metrics_port: int = Field(default=0, ge=0, le=65_535)
    # A URL may hold a password.
    ledger_index: str = Field(default="sqlite", repr=False)
    pdf_font: Path | None = None
    gateway_host: str = "127.0.0.1"
    gateway_port: int = Field(default=8443, ge=1, le=65_535)
    gateway_certificate: Path | None = None
    gateway_clients: Path | None = None
    gateway_calls_a_second: int = Field(default=1000, ge=1, le=100_000)
    gateway_calls_at_once: int = Field(default=16, ge=1, le=1000)
    gateway_connections: int = Field(default=500, ge=1, le=100_000)
    gateway_connections_of_one: int = Field(default=100, ge=1, le=100_000)
    gateway_body_bytes: int = Field(default=32 << 20, ge=1 << 10, le=1 << 30)
    gateway_file_bytes: int = Field(default=2 << 30, ge=1 << 10, le=2 << 30)
    console_host: str = "localhost"
    console_port: int = Field(default=8444, ge=1, le=65_535)
    console_certificate: Path | None = None
    console_idle_seconds: float = Field(default=900.0, ge=60, le=3600)
    console_session_seconds: float = Field(default=28_800.0, ge=60, le=86_400)
    log_level: str = Field(default="info", pattern="^(debug|info|warning|error)$")
