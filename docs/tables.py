#!/usr/bin/env python3
"""Writes the tables of the documentation that the code decides, between their marks.

A page says ``<!-- table: NAME -->`` where a table of ``TABLES`` begins and ``<!-- end -->`` where
it ends. Run this file to write them anew; ``tests/unit/docs`` fails where a page is behind.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hub.bus import declared_rights
from hub.bus.declared import broker_settings
from hub.cli.main import cli
from hub.console.access import load_access
from hub.ledger import findings
from hub.resources import read_text, shelf
from hub.rules import overview
from hub.rules.coverage import coverage
from hub.rules.load import load_books
from hub.rules.sources import read_sources
from hub.runtime.custody.rows import shipped
from hub.vocabulary import reasons
from hub.vocabulary.change_reasons import CHANGE_REASONS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from hub.rules.catalogue import Catalogue

DOCS = Path(__file__).parent
_MARKED = re.compile(r"(<!-- table: ([a-z-]+) -->\n).*?(<!-- end -->)", re.DOTALL)

# Where a reason arises, by the module that gives it; the first that fits counts.
_PLACES = (
    ("hub/intake/decode.py", "reading a line"),
    ("hub/intake/items.py", "reading a line"),
    ("hub/intake/checks.py", "format"),
    ("hub/intake/logic.py", "logic"),
    ("hub/sealing/errors.py", "opening"),
    ("hub/intake/accept.py", "opening"),
    ("hub/rules", "decision"),
    ("hub/routing/plan.py", "decision"),
    ("hub", "outcome"),
)


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Give a Markdown table with a line end after its last row."""
    lines = [header, ["---"] * len(header), *rows]
    return "".join("| " + " | ".join(cells) + " |\n" for cells in lines)


def _yes(value: object, word: str = "yes") -> str:
    return word if value else ""


def reason_table() -> str:
    """Give every reason: its code, where it arises and its words in both languages."""
    places = _sources()
    rows = [(f"`{code}`", _place(code, places), *words) for code, words in reasons.TEXTS.items()]
    return _table(("code", "where", "日本語", "English"), rows)


def _sources() -> list[tuple[str, str]]:
    """Give the modules of ``_PLACES`` with their text, the whole of ``hub`` last."""
    root = DOCS.parent
    found = []
    for name, place in _PLACES:
        path = root / name
        files = [path] if path.is_file() else sorted(path.rglob("*.py"))
        texts = [each.read_text(encoding="utf-8") for each in files if each.stem != "reasons"]
        found.append((place, "".join(texts)))
    return found


def _place(code: str, places: Sequence[tuple[str, str]]) -> str:
    """Say where a code arises; a code that no module gives is a ``LookupError``."""
    for place, text in places:
        if f'"{code}"' in text:
            warns = "警告のみ" in reasons.TEXTS[code][0]
            return f"{place} (warning)" if warns else place
    raise LookupError(f"no module gives the reason {code}")


def finding_table() -> str:
    """Give every problem that a verification can find."""
    rows = [(f"`{code}`", *words) for code, words in findings.TEXTS.items()]
    return _table(("code", "日本語", "English"), rows)


def change_reason_table() -> str:
    """Give the values of 異動事由 and what each allows."""
    rows = [
        (
            reason.name,
            reason.effect.value,
            "、".join(reason.aliases),
            _yes(reason.may_be_future),
            _yes(reason.may_be_partly_unknown),
            _yes(reason.may_lack_number),
            reason.source.removeprefix("住民基本台帳法"),
        )
        for reason in CHANGE_REASONS.values()
    ]
    header = ("異動事由", "effect", "also read", "day may be planned", "day may be partly unknown")
    return _table((*header, "個人番号 may follow", "source"), rows)


def item_table() -> str:
    """Give the items of change-notice and which of them leave."""
    books = load_books()
    rule = next(each for each in books.catalogue.rules if each.feed == "change-notice")
    rows = []
    for item in books.feeds["change-notice"].items:
        leaves = "yes" if item.official in rule.items else ""
        leaves = "if present" if item.official in rule.items_if_present else leaves
        rows.append(
            (
                item.official,
                f"`{item.name}`",
                item.kind,
                str(item.maximum or ""),
                _yes(item.required),
                leaves,
                "、".join(item.spellings[1:]),
                item.source,
            )
        )
    header = ("item", "Avro name", "kind", "most", "required", "leaves", "also read", "source")
    return _table(header, rows)


def rule_table() -> str:
    """Give every feed with its rows by status."""
    columns = ("in-force", "ended", "unresolved", "deleted", "confirms")
    rows = [
        (f"`{feed}`", name, *(str(found[column] or "") for column in columns))
        for feed, name, found in overview.counts(_catalogue())
    ]
    return _table(("feed", "名称", *columns), rows)


def route_table() -> str:
    """Give the routing matrix: how many rows let each group of bodies give to each."""
    rows = [
        (f"`{feed}`", giver, *(str(takers[group] or "") for group in overview.GROUPS))
        for feed, giver, takers in overview.matrix(_catalogue())
    ]
    return _table(("feed", "from \\ to", *overview.GROUPS), rows)


def source_table() -> str:
    """Give every source with its own count, and what of it is loaded."""
    found = coverage(_catalogue().rules, read_sources(shelf("rules")))["sources"]
    rows = [
        (
            source["name"],
            *(str(source[key]) for key in ("rows", "loaded", "unresolved", "deleted", "headings")),
            str(sum(each["count"] for each in source["out_of_scope"])),
            str(source["missing"]),
        )
        for source in found
    ]
    header = ("source", "rows", "loaded", "of these unresolved", "deleted", "headings")
    return _table((*header, "out of scope", "missing"), rows)


@cache
def _catalogue() -> Catalogue:
    return load_books(every_feed=True).catalogue


def topic_table() -> str:
    """Give the topics as ``topics/topics.toml`` declares them."""
    rows = [
        (f"`{t['name']}`", str(t["partitions"]), t["settings"], t["key"], t["holds"])
        for t in _topics_file()["topic"].values()
    ]
    return _table(("topic", "partitions", "settings", "key", "holds"), rows)


def topic_setting_table() -> str:
    """Give what topics are set to on Kafka, and why."""
    tables = _topics_file()["settings"].items()
    rows = [
        (table, f"`{name}`", f"`{row['value']}`", row["why"])
        for table, settings in tables
        for name, row in settings.items()
    ]
    return _table(("settings", "name", "value", "why"), rows)


def broker_setting_table() -> str:
    """Give what brokers must be set to, and why."""
    rows = [
        (
            f"`{row.name}`",
            row.wanted.replace(">=", "at least ").replace("<=", "at most "),
            _yes(row.from_brokers > 1, f"of {row.from_brokers} brokers or more")
            + _yes(row.secured, "secured"),
            row.why,
        )
        for row in broker_settings()
    ]
    return _table(("setting", "value", "in a cluster", "why"), rows)


def role_table() -> str:
    """Give the roles: who holds each, what for, and what it may."""
    rows = [
        (f"`{role.name}`", _HOLDERS[role.holder], role.why, _may(role))
        for role in declared_rights.roles().values()
    ]
    return _table(("role", "held by", "what for", "may"), rows)


_HOLDERS = {
    declared_rights.HUB: "the hub",
    declared_rights.PROVIDER: "bodies that provide",
    declared_rights.RECIPIENT: "bodies that receive",
}


def _may(role: declared_rights.Role) -> str:
    """Say what a role may, an operation at a time; what READ or WRITE brings with it is left out."""
    by_operation: dict[str, list[str]] = {}
    for right in role.rights:
        name = f"{right.kind} `{right.name}{'*' * right.begins}`" if right.name else right.kind
        by_operation.setdefault(right.operation, []).append(name)
    return "; ".join(f"{each} {', '.join(names)}" for each, names in by_operation.items())


def _topics_file() -> dict[str, Any]:
    return tomllib.loads(read_text("topics", "topics.toml"))


def command_table() -> str:
    """Give every command with its arguments and its own options."""
    rows = [(f"`{call}`", words) for call, words in _commands(cli, "hub")]
    return _table(("command", "what it does"), rows)


def _commands(group: click.Group, path: str) -> Iterator[tuple[str, str]]:
    context = click.Context(group)
    for name in sorted(group.list_commands(context)):
        # By way of the group, which loads a command when it is asked for.
        command = group.get_command(context, name)
        if command is None:
            raise LookupError(name)
        here = f"{path} {name}"
        if isinstance(command, click.Group):
            yield from _commands(command, here)
        else:
            # The global options are the same everywhere and stand above the table.
            own = [each for each in command.params if each.expose_value]
            yield " ".join([here, *filter(None, map(_spelled, own))]), command.help or ""


def _spelled(parameter: click.Parameter) -> str:
    """Give a parameter as a call spells it; optional ones in brackets."""
    if isinstance(parameter, click.Argument):
        return parameter.make_metavar(click.Context(click.Command("hub")))
    if not isinstance(parameter, click.Option):
        return ""
    value = "" if parameter.is_flag else f" {_value(parameter)}"
    text = f"{parameter.opts[0]}{value}"
    return text if parameter.required else f"[{text}]"


def _value(option: click.Option) -> str:
    if isinstance(option.type, click.Choice):
        # A bar would end the table's cell.
        return "/".join(map(str, option.type.choices))
    return option.metavar or {"integer range": "N", "integer": "N"}.get(option.type.name, "TEXT")


def payload_table() -> str:
    """Give every kind of payload: its days, its limit, the most a home may set, source and why."""
    rows = [
        (
            f"`{row.kind}`",
            str(row.days),
            str(row.undelivered_days or ""),
            str(row.most_days),
            row.source,
            row.why,
        )
        for row in shipped().values()
    ]
    return _table(("kind", "days", "limit", "most", "source", "why"), rows)


def console_table() -> str:
    """Give who may open what in the console."""
    access = load_access()
    roles = access.roles.values()
    header = ("", *(f"{role.ja} `{role.id}`" for role in roles))
    rows = [
        (f"`{route}`", *(_yes(role.id in given) for role in roles))
        for route, given in access.routes.items()
    ]
    return _table(header, rows)


TABLES: dict[str, Callable[[], str]] = {
    "reasons": reason_table,
    "findings": finding_table,
    "change-reasons": change_reason_table,
    "items": item_table,
    "rules": rule_table,
    "routes": route_table,
    "rule-sources": source_table,
    "topics": topic_table,
    "topic-settings": topic_setting_table,
    "broker-settings": broker_setting_table,
    "roles": role_table,
    "commands": command_table,
    "payloads": payload_table,
    "console-access": console_table,
}


def filled(page: str) -> str:
    """Give a page with its tables as the code has them now."""
    return _MARKED.sub(lambda mark: mark[1] + TABLES[mark[2]]() + mark[3], page)


def pages() -> list[Path]:
    """Give every page of the documentation."""
    return sorted(DOCS.rglob("*.md"))


def main() -> None:
    """Write every table anew."""
    for path in pages():
        path.write_text(filled(path.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
