"""``hub submit``, ``receive`` and ``receipts``: the ways of a sender and of a recipient."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, cast

import click

from hub.cli.options import HubCommand, open_hub, open_views
from hub.cli.output import flush, show_line, show_lines
from hub.errors import UsageError
from hub.runtime.custody.counter import FileCounter
from hub.runtime.custody.letter_counter import LetterCounter
from hub.runtime.custody.letter_submission import LetterSubmission
from hub.runtime.custody.submission import FileSubmission
from hub.runtime.delivery import Counter
from hub.runtime.previews import previews
from hub.runtime.slip_submission import require_no_baseline
from hub.runtime.submission import Submission
from hub.vocabulary.clock import today
from hub.vocabulary.requests import Request

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hub.intake.decode import Encoding
    from hub.runtime.hub import Hub
    from hub.runtime.submission import LineReceipt
    from hub.vocabulary.organisations import Organisation


@click.command("submit", cls=HubCommand)
@click.option("--feed", required=True, help="情報の種類 / the kind of information")
@click.option("--from", "sender", required=True, metavar="ORG", help="送信者 / who sends")
@click.option("--to", "asked", metavar="ORG", help="この提供先だけ / this recipient alone")
@click.option("--encoding", type=click.Choice(["utf-8", "cp932"]), default="utf-8")
@click.option("--baseline", is_flag=True, help="初期データ（提供しない）/ an initial load")
@click.option("--dry-run", is_flag=True, help="何も受け付けずに結果を示す / take nothing")
@click.argument("file", metavar="FILE")
def submit(
    feed: str,
    sender: str,
    asked: str | None,
    encoding: str,
    baseline: bool,
    dry_run: bool,
    file: str,
) -> int:
    """FILE（JSON Lines か CSV、- は標準入力）を送る / Send a file, a receipt a line."""
    if baseline and asked:
        raise UsageError("--baseline と --to は併用できません / --baseline does not go with --to")
    with open_hub() as hub, _input(file) as stream:
        request = Request(hub.body(asked).id if asked else None, baseline)
        body, form = hub.party(sender), cast("Encoding", encoding)
        if dry_run:
            return _show(previews(hub, feed, body, request, form, stream))
        receipts = _taken(hub, feed, body, request, form, stream)
        # First, so that an instant is kept even where this process is killed; a call that is wrong
        # was found out above, and leaves none.
        hub.act()
        wrong = _show(receipt.to_dict() for receipt in receipts)
        hub.act()
        return wrong


def _taken(
    hub: Hub, feed: str, sender: Organisation, request: Request, form: Encoding, stream: IO[bytes]
) -> Iterator[LineReceipt]:
    """Give the receipts of what is sent, by the kind of its feed: each is taken as it is asked for."""
    asked = hub.body(request.to) if request.to else None
    if hub.carries_files(feed):
        require_no_baseline(request)
        file = FileSubmission(hub, feed, sender, asked)
        return (file.take(content) for content in (stream,))
    if hub.carries_letters(feed):
        require_no_baseline(request)
        return LetterSubmission(hub, feed, sender, asked, form).take(stream)
    return Submission(hub, feed, sender, request, form).take(stream)


def _show(answers: Iterator[dict[str, Any]]) -> int:
    """Show answers as they come; 1 where one of them names a reason."""
    wrong = 0
    for answer in answers:
        wrong |= answer["reason"] is not None
        show_line(answer)
    return wrong


def _input(file: str) -> IO[bytes]:
    if file == "-":
        return sys.stdin.buffer
    try:
        return Path(file).open("rb")
    except (OSError, ValueError):
        raise UsageError(
            "FILE を開けません。パスと権限を確認してください"
            " / FILE cannot be opened; check its path and permissions"
        ) from None


@click.command("receive", cls=HubCommand)
@click.option("--feed", required=True, help="情報の種類 / the kind of information")
@click.option("--as", "recipient", required=True, metavar="ORG", help="受信者 / who receives")
@click.option("--max", "most", type=click.IntRange(min=1), help="最大件数 / at most so many")
@click.option("--no-ack", is_flag=True, help="受領を確認しない / acknowledge nothing")
@click.option(
    "--out", type=click.Path(path_type=Path), help="ファイルの書き出し先 / where files go"
)
def receive(feed: str, recipient: str, most: int | None, no_ack: bool, out: Path | None) -> int:
    """受信者が読める情報を開いて示す / What a recipient may read, opened."""
    with open_hub() as hub:
        if hub.carries_files(feed):
            return _receive_files(hub, feed, recipient, most, no_ack=no_ack, out=out)
        if out is not None:
            raise UsageError(
                "--out はファイルの種類だけで使えます。結果は標準出力に出ます"
                " / --out is for feeds of files: this one is printed"
            )
        body = hub.body(recipient)
        if hub.carries_letters(feed):
            return _receive_letters(hub, feed, recipient, most, no_ack=no_ack)
        counter = Counter(hub, feed, body)
        unopened = 0
        for handover in counter.fetch(most):
            show_lines(delivery.to_dict() for delivery in handover.deliveries)
            flush()
            unopened += handover.unopened
            if not no_ack:
                hub.act()
                counter.acknowledge(handover)
        _say_ended(hub, feed, body)
    return _say_unopened(unopened)


def _receive_letters(hub: Hub, feed: str, recipient: str, most: int | None, *, no_ack: bool) -> int:
    """Show the letters that wait for a recipient."""
    counter = LetterCounter(hub, feed, hub.body(recipient))
    hub.act()
    for delivery in counter.fetch(most):
        show_line(delivery.to_dict())
        flush()
        if not no_ack:
            counter.acknowledge(delivery)
    hub.act()
    return _say_unopened(counter.unopened)


def _receive_files(
    hub: Hub, feed: str, recipient: str, most: int | None, *, no_ack: bool, out: Path | None
) -> int:
    """Write the files that wait for a recipient into a folder."""
    body = hub.body(recipient)
    if out is None:
        raise UsageError(
            "--out で書き出し先のフォルダーを指定してください"
            " / this feed is files: name a folder for them by --out"
        )
    counter = FileCounter(hub, feed, body)
    hub.act()
    for handed_over in counter.fetch(out, most):
        show_line(handed_over.to_dict())
        flush()
        if not no_ack:
            counter.acknowledge(handed_over)
    hub.act()
    return _say_unopened(counter.unopened)


def _say_ended(hub: Hub, feed: str, body: Organisation) -> None:
    """Say why nothing new comes, where a subscription has ended."""
    day = today(hub.clock)
    ended = hub.books.subscriptions.ended(body.id, feed, day)
    if ended:
        sys.stderr.write(f"hub: {ended.words}\n")


def _say_unopened(unopened: int) -> int:
    """Say how many did not open, and give the exit code."""
    if unopened:
        sys.stderr.write(
            f"hub: {unopened} 件は開けませんでした。送信元を確認してください"
            f" / {unopened} records did not open; ask where they came from\n"
        )
    return int(unopened > 0)


@click.command("receipts", cls=HubCommand)
@click.option("--from", "sender", required=True, metavar="ORG", help="送信者 / whose legs")
@click.option("--id", "message_id", help="このメッセージだけ / of this message alone")
def receipts(sender: str, message_id: str | None) -> None:
    """送った情報がどうなったか / What became of what was sent, a line a leg."""
    with open_hub() as hub:
        body = hub.body(sender)
        views = open_views(hub)
        show_lines(views.receipts(body.id, message_id))
        views.close()


COMMANDS = [submit, receive, receipts]
