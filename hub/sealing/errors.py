"""Why a sealed record or an announcement is refused.

Every error has a stable ``code`` for quarantine, receipts and metrics. Its words never repeat
what the record said: a forged header may hold anything.
"""

from __future__ import annotations

from typing import ClassVar

from hub.errors import ForgeryError


class EnvelopeError(ForgeryError):
    """A record that cannot be opened; ``code`` says in which way."""

    code: ClassVar[str] = "envelope"


class UnknownKeyError(EnvelopeError):
    """No announcement of the record's key has reached this reader, or the key is destroyed."""

    code = "unknown-key"

    def __init__(self) -> None:
        super().__init__(
            "鍵が公告されていないか、既に廃棄されています。公告の到着を確認してください"
            " / the record's key is not announced to this reader, or destroyed:"
            " check that its announcement has arrived"
        )


class WrongRecipientError(EnvelopeError):
    """The record is addressed to someone else."""

    code = "wrong-recipient"

    def __init__(self) -> None:
        super().__init__(
            "他の宛先のレコードです。読み取る側の機関を確認してください"
            " / the record is addressed to another reader: check who reads here"
        )


class WrongSenderError(EnvelopeError):
    """The sender named in the record is not the one its key was announced for."""

    code = "wrong-sender"

    def __init__(self) -> None:
        super().__init__(
            "送信元と鍵の持ち主が一致しません。送信元に確認してください"
            " / the key belongs to another sender than the record names: ask the sender"
        )


class DoesNotOpenError(EnvelopeError):
    """The value or a bound header was changed, or another key sealed it."""

    code = "does-not-open"

    def __init__(self) -> None:
        super().__init__(
            "封が開きません。改変されたか、別の鍵で封じられています。送信元に再送を依頼してください"
            " / the seal does not open: changed on the way or sealed under another key;"
            " ask the sender to send it again"
        )


class MalformedEnvelopeError(EnvelopeError):
    """The record does not have the form of a sealed record; the words say what is amiss."""

    code = "malformed-envelope"


class ForgedAnnouncementError(ForgeryError):
    """A key announcement that is damaged, or not signed by one who may speak for the sender."""

    code: ClassVar[str] = "forged-announcement"
