"""From the outbox to the hub: each file is picked up once, and taken once however often we die.

A file in hand has a folder of its own, named by its slip (``hub.runtime.slips``), and what lies in
it says how far it is:

    sidecar/NAME.sha256             picked up, the file itself not yet
    sidecar/…, payload/NAME         to be sent; under the same slip as often as it takes
    answers/NAME.SLIP.jsonl         all lines are answered: the payload goes, then the answers move
"""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING
from uuid import uuid4

import orjson

from connectors.file_drop import places
from hub.durable import move
from hub.errors import UsageError
from hub.runtime.slip_submission import SlipSubmission
from hub.vocabulary.requests import Request

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from connectors.file_drop.places import Places
    from hub.intake.decode import Encoding
    from hub.runtime.hub import Hub
    from hub.vocabulary.organisations import Organisation


class Outbox:
    """What one existing system sends of one feed."""

    def __init__(
        self, hub: Hub, party: Organisation, feed: str, encoding: Encoding, folders: Places
    ) -> None:
        self._hub = hub
        self._party = party
        self._feed = feed
        self._encoding = encoding
        self._folders = folders
        self._outbox = folders.outbox(feed)
        self._sending = folders.sending(feed)

    def resume(self) -> None:
        """Finish what was in hand, in the order in which it was picked up."""
        for place in sorted(self._sending.iterdir(), key=_picked_up):
            self._go_on(place)

    def step(self) -> bool:
        """Send every complete file that lies there, in the order of their names."""
        names = places.complete_files(self._outbox)
        for name in names:
            self._go_on(self._pick_up(name))
        return bool(names)

    def _pick_up(self, name: str) -> Path:
        """Take a file and its checksum in hand; the checksum first, since no file goes without."""
        place = self._sending / str(uuid4())
        # Each is durable before the file leaves the outbox: else a power cut could lose it with them.
        for folder in (place, *(place / part for part in ("sidecar", "payload", "answers"))):
            places.make_own(folder)
        sidecar = name + places.SIDECAR
        move(self._outbox / sidecar, place / "sidecar" / sidecar)
        move(self._outbox / name, place / "payload" / name)
        return place

    def _go_on(self, place: Path) -> None:
        """Take a file in hand to its end, from wherever it is."""
        payload = next(_entries(place / "payload"), None)
        if not any(_entries(place / "answers")):
            if payload is None:
                self._give_back(place)
                return
            if not self._send(place, payload):
                return
        if payload:
            payload.unlink()
        for answers in _entries(place / "answers"):
            move(answers, self._folders.receipts / answers.name)
        shutil.rmtree(place)

    def _give_back(self, place: Path) -> None:
        """Put a checksum back whose file was not picked up, unless there is a new one.

        A file that was set aside is not in hand either; its checksum has done its duty.
        """
        for sidecar in _entries(place / "sidecar"):
            target = self._outbox / sidecar.name
            was_set_aside = self._failed(place, sidecar.name.removesuffix(places.SIDECAR)).exists()
            if not was_set_aside and not target.exists():
                move(sidecar, target)
        shutil.rmtree(place)

    def _send(self, place: Path, payload: Path) -> bool:
        """Send a file and keep the answers; one that cannot be read as a whole is set aside."""
        try:
            self._check(place, payload)
            answers = place / "answers" / f"{payload.name}.{place.name}.jsonl"
            self._hub.act()
            places.write(answers, self._answers(payload, place.name))
            self._hub.act()
        except UsageError as error:
            self._set_aside(place, payload, error)
            return False
        return True

    def _answers(self, payload: Path, slip: str) -> Iterator[bytes]:
        submission = SlipSubmission(
            self._hub, self._feed, self._party, Request(), self._encoding, slip
        )
        with places.open_regular(payload) as stream:
            for answer in submission.take(stream):
                yield orjson.dumps(answer, option=orjson.OPT_APPEND_NEWLINE)

    def _check(self, place: Path, payload: Path) -> None:
        sidecar = place / "sidecar" / (payload.name + places.SIDECAR)
        if places.read_sidecar(sidecar) != places.checksum(payload):
            raise UsageError(
                "チェックサムが一致しません。ファイルを作り直して置いてください"
                " / the checksum does not match: write the file anew"
            )

    def _set_aside(self, place: Path, payload: Path, error: UsageError) -> None:
        """Put a file with its reason where its sender finds it; the reason first."""
        target = self._failed(place, payload.name)
        ja, _, en = str(error).partition(" / ")
        reason = {"file": payload.name, "slip": place.name, "ja": ja, "en": en}
        places.write(target.with_name(target.name + ".reason.json"), [orjson.dumps(reason)])
        move(payload, target)
        shutil.rmtree(place)

    def _failed(self, place: Path, name: str) -> Path:
        return self._folders.failed / f"{name}.{place.name}"


def _picked_up(place: Path) -> tuple[int, str]:
    return place.stat().st_mtime_ns, place.name


def _entries(folder: Path) -> Iterator[Path]:
    """Yield what lies whole in a folder; a draft that a crash left does not count."""
    if folder.is_dir():
        yield from (entry for entry in folder.iterdir() if not entry.name.startswith("."))
