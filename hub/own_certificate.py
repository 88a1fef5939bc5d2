"""A server's own key and certificate, as the file of a setting holds them."""

from __future__ import annotations

import ssl
import stat
from typing import TYPE_CHECKING, NoReturn

from hub.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path


def own_context(certificate: Path, setting: str) -> ssl.SSLContext:
    """Give a server's settings of TLS, no version before 1.2, with its own key and certificate.

    Raises ``UsageError``, which names the setting, for a file that cannot be read as PEM, whose key
    asks for a pass phrase, or which every user of the machine may read.
    """

    def refuse() -> NoReturn:
        """Say that no pass phrase will come."""
        # Else OpenSSL would ask for it at the terminal, and a service would wait for ever.
        raise UsageError(
            f"{setting} の鍵は暗号化されています。パスフレーズのない鍵にしてください"
            f" / the key of {setting} is encrypted: give it without a pass phrase"
        )

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        is_open = certificate.stat().st_mode & stat.S_IROTH
        context.load_cert_chain(certificate, password=refuse)
    except (OSError, ssl.SSLError):
        raise UsageError(
            f"{setting} のファイルが読めません / the file of {setting} cannot be read as PEM"
        ) from None
    if is_open:
        raise UsageError(
            f"{setting} の鍵は誰でも読めます。chmod 600 で本人だけにしてください"
            f" / everybody may read the key of {setting}: chmod 600 it"
        )
    return context
