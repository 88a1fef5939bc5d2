"""What the gateway's answers look like, for ``openapi.json``."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class Told(BaseModel):
    """A reason: a code of docs/reference/reasons.md, the item, and words in two languages."""

    model_config = ConfigDict(frozen=True)

    code: str
    item: str | None
    ja: str
    en: str


class LineAnswer(BaseModel):
    """The receipt of one line; ``outcome`` is ``accepted`` or ``quarantined``."""

    model_config = ConfigDict(frozen=True)

    line: int
    id: str | None
    outcome: str
    reason: Told | None
    warnings: list[Told]


class PreviewAnswer(LineAnswer):
    """What would become of one line."""

    recipients: list[dict[str, Any]]


class EndedAnswer(BaseModel):
    """A subscription that has ended: its last day, and why."""

    model_config = ConfigDict(frozen=True)

    until: str
    reason: str


class RecordsAnswer(BaseModel):
    """Some records, opened, and the cursor to acknowledge all of them by; nothing where none wait.

    Each is as ``hub receive`` prints it, with a cursor that acknowledges it and those before it.

    ``unopened`` counts records among them that did not open. ``ended`` says why nothing follows,
    where the caller's subscription has ended.
    """

    model_config = ConfigDict(frozen=True)

    records: list[dict[str, Any]]
    cursor: str | None
    unopened: int
    ended: EndedAnswer | None


class FileAnswer(BaseModel):
    """A file that waits: its id, its sender and its size in bytes."""

    model_config = ConfigDict(frozen=True)

    id: str
    feed: str
    sender: str = Field(alias="from")
    bytes: int


class FilesAnswer(BaseModel):
    """The files that wait, oldest first."""

    model_config = ConfigDict(frozen=True)

    files: list[FileAnswer]


class Acknowledgement(BaseModel):
    """The cursor of the records that the caller has; of a letter or a file its id."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    cursor: str


class LedgerPlace(BaseModel):
    """Where a leg stands in the ledger."""

    model_config = ConfigDict(frozen=True)

    month: str
    index: int


class LegAnswer(BaseModel):
    """What became of one leg, as ``hub receipts`` prints it."""

    model_config = ConfigDict(frozen=True)

    id: str
    sender: str = Field(alias="from")
    recipient: str | None = Field(alias="to")
    code: str
    at: str
    rule: str | None
    reason: Told | None
    ledger: LedgerPlace | None


class Problem(BaseModel):
    """What is wrong (RFC 9457), in English and in Japanese."""

    model_config = ConfigDict(frozen=True)

    title: str
    status: int
    detail: str
    detail_ja: str
