"""The legal basis of a rule: law, article and the place within it, spelled ``30の6``."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Basis:
    """Where in the law a rule stands; empty parts do not apply."""

    law: str
    article: str
    paragraph: str = ""
    item: str = ""
    table: str = ""
    row: str = ""

    def to_dict(self) -> dict[str, str | None]:
        """Give the basis as answers show it: parts that do not apply are null."""
        return {
            "law": self.law,
            "article": self.article,
            "paragraph": self.paragraph or None,
            "item": self.item or None,
            "table": self.table or None,
            "row": self.row or None,
        }

    def __str__(self) -> str:
        paragraph = f"第{self.paragraph}項" if self.paragraph else ""
        item = f"第{self.item}号" if self.item else ""
        table = f"{self.table} {self.row}" if self.table else ""
        return f"{self.law}{self.article}{paragraph}{item}{table}"
