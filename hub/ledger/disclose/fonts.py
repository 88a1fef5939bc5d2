"""The font that a report on paper is set in: it must hold Japanese, and may be embedded."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from hub.errors import SurroundingsError

FONTS: Final = (
    Path("/usr/share/fonts/opentype/ipaexfont-gothic/ipaexg.ttf"),
    Path("/usr/share/fonts/opentype/ipafont-gothic/ipag.ttf"),
)
"""Where Debian's packages fonts-ipaexfont-gothic and fonts-ipafont-gothic put their font."""

_TRUETYPE: Final = b"\0\1\0\0"


def find_font(chosen: Path | None) -> Path:
    """Give the font to set the report in; raises ``SurroundingsError`` where there is none."""
    for path in (chosen,) if chosen else FONTS:
        if _is_truetype(path):
            return path
    raise SurroundingsError(
        "日本語フォントがありません。fonts-ipaexfont-gothic を入れるか、HUB_PDF_FONT に TrueType フォントを"
        "指定してください / no Japanese font: install fonts-ipaexfont-gothic, or name a TrueType font"
        " by HUB_PDF_FONT"
    )


def _is_truetype(path: Path) -> bool:
    """Say whether a file begins as a TrueType font does."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(len(_TRUETYPE)) == _TRUETYPE
