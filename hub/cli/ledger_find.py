"""``hub ledger find`` and ``disclose``: records by what they share, and those of one resident."""

from __future__ import annotations

import itertools
import os
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click
import orjson

from hub.cli.calendar import parse_date
from hub.cli.options import HubCommand, home, open_hub, operator, settings, wants_json
from hub.cli.output import show, show_lines
from hub.errors import SurroundingsError, UsageError
from hub.ledger.disclose.fonts import find_font
from hub.ledger.disclose.report import COLUMNS
from hub.ledger.disclose.subject import person_on
from hub.ledger.disclose.table import to_csv
from hub.ledger.find import Finder, end_of, parse_place, start_of
from hub.ledger.index.query import Wanted
from hub.ledger.log_reader import read_head
from hub.ledger.words import article_of, feed_of, outcome_of
from hub.rules.load import load_directory
from hub.runtime.disclosure import disclose as disclose_to
from hub.runtime.disclosure import discloser
from hub.runtime.indexer import open_index

if TYPE_CHECKING:
    from hub.runtime.disclosure import Disclosure


@click.command("find", cls=HubCommand)
@click.option("--rule", metavar="ID", help="規則 / the rule")
@click.option("--article", metavar="ARTICLE", help="根拠の条 (30の6) / the article of its basis")
@click.option("--feed", help="情報の種類 / the kind of information")
@click.option("--party", metavar="ORG", help="提供元または提供先 / who gave or received")
@click.option("--since", metavar="DATE", help="この日から / from this day on")
@click.option("--until", metavar="DATE", help="この日まで / up to this day")
@click.option("--outcome", metavar="CODE", help="結果 / a kind (provision) or code (released)")
@click.option("--by", "acted", metavar="OPERATOR", help="操作者ID / the operator who acted")
@click.option("--after", metavar="MONTH/INDEX", help="この位置より後 / from the place after it")
@click.option("--max", "most", type=click.IntRange(min=1), help="最大件数 / at most so many")
@click.option("--count", "counts", is_flag=True, help="月と規則ごとの件数 / by month and rule")
def find(*, after: str | None, most: int | None, counts: bool, **asked: str | None) -> None:
    """台帳の記録を探す / Find records, in the order of the ledger; none names a person."""
    if counts and (after or most):
        raise UsageError(
            "--count と --after, --max は併用できません / --count does not go with --after or --max"
        )
    place = parse_place(after) if after else None
    with open_index(home(), settings().ledger_index) as store:
        finder = Finder(store, home().path, read_head(home().path))
        wanted = _wanted(asked, finder)
        if counts:
            show_lines(asdict(each) for each in finder.counts(wanted))
        else:
            show_lines(itertools.islice(finder.records(wanted, place), most))


def _wanted(asked: dict[str, str | None], finder: Finder) -> Wanted:
    """Read what is asked for; raises ``UsageError`` at a word that nothing here bears."""
    given = {key: value for key, value in asked.items() if value}
    return Wanted(
        rule=given.get("rule"),
        article=article_of(given["article"]) if "article" in given else None,
        feed=feed_of(given["feed"]) if "feed" in given else None,
        party=_body(given["party"]) if "party" in given else None,
        outcome=outcome_of(given["outcome"], finder.outcomes()) if "outcome" in given else None,
        operator=given.get("acted"),
        since=start_of(parse_date(given["since"])) if "since" in given else None,
        until=end_of(parse_date(given["until"])) if "until" in given else None,
    )


def _body(id_or_name: str) -> str:
    body = load_directory().find(id_or_name)
    if body is None:
        raise UsageError(
            "--party の機関は登録されていません。六桁のコードか正式名で指定してください"
            " / no such body is known: give its six-digit code, short id or official name"
        )
    return body.id


@click.command("disclose", cls=HubCommand)
@click.option("--org", required=True, metavar="ORG", help="開示する機関 / who discloses")
@click.option(
    "--csv",
    "table",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="CSV にも書く / a CSV too",
)
@click.option(
    "--pdf",
    "paper",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="PDF にも書く / a PDF too",
)
@click.option("--release-held", is_flag=True, help="判断待ちの行も示す / decided: show held rows")
def disclose(org: str, table: Path | None, paper: Path | None, release_held: bool) -> None:
    """標準入力の住民への提供状況 / The provisions of the resident on stdin, each with its proof."""
    person = person_on(sys.stdin)
    files = [file for file in (table, paper) if file]
    if any(file.exists() for file in files) or len(set(files)) < len(files):
        raise UsageError(
            "出力先が既にあります。別の名前を指定してください"
            " / the file to write is there already: choose another name"
        )
    font = find_font(settings().pdf_font) if paper else None
    acts = operator()
    with open_hub() as hub, open_index(hub.home, settings().ledger_index) as store:
        body = discloser(hub, org)
        hub.act()
        done = disclose_to(hub, store, body, person, acts, release_held=release_held)
    if table:
        _write(table, to_csv(done.report))
    if paper and font:
        _write(paper, _pdf(done, font))
    _show(done)


def _pdf(done: Disclosure, font: Path) -> bytes:
    # The library of PDFs takes longer to load than most commands take.
    from hub.ledger.disclose.paper import Cover, to_pdf  # noqa: PLC0415

    whole = orjson.dumps(done.to_dict(), option=orjson.OPT_INDENT_2)
    return to_pdf(done.report, Cover(done.org.name, done.at, done.id, whole), font)


def _write(file: Path, data: bytes) -> None:
    """Write a new file that only its owner reads."""
    try:
        with os.fdopen(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as new:
            new.write(data)
    except OSError as error:
        raise SurroundingsError(
            f"出力ファイルを書けません（{error.strerror}）。開示は記録済みです。別の場所へもう一度出力してください"
            " / the file cannot be written; the disclosure is on record: write it again elsewhere"
        ) from None


def _show(done: Disclosure) -> None:
    """Print the whole as JSON; for a person the columns of each row, then what it comes to."""
    if wants_json():
        show(done.to_dict())
        return
    report = done.report
    show_lines(dict(zip(COLUMNS, row.columns, strict=True)) for row in report.rows)
    counts = {"rows": len(report.rows), "held": len(report.held)}
    show({"id": done.id, "org": done.org.id, **counts, "complete": done.complete})


COMMANDS = [find, disclose]
