"""Opens, checks and reads one record of a release as its recipient: the same record as by any way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hub.client.errors import ClientError
from hub.client.kafka_identity import HUB
from hub.errors import UsageError
from hub.rules.load import load_books
from hub.sealing.envelope import open_record
from hub.sealing.errors import EnvelopeError, ForgedAnnouncementError, UnknownKeyError
from hub.sealing.keyring import Keyring
from hub.sealing.keys import Announcement
from hub.vocabulary.feeds import UnreadableRecordError

if TYPE_CHECKING:
    from pathlib import Path

    from hub.client.kafka_identity import Identity
    from hub.sealing.envelope import FoundHeaders, Opened

_NOT_OF_THE_FEED = "unreadable-record"


class UnopenedError(ClientError):
    """A record that is not one the hub sealed for this party; ``code`` says in which way.

    ``place`` is where it stands, as ``topic/partition@offset``. Its words hold nothing of the record.
    """

    def __init__(self, code: str, place: str) -> None:
        super().__init__(
            f"開けないレコードがあります（{code}、{place}）。ハブの運用者に確認してください"
            f" / a record does not open ({code}, {place}): ask the hub's operator, and whether the"
            " identity file is the newest"
        )
        self.code = code
        self.place = place


class Opener:
    """Opens the records of one feed for one party.

    ``rules`` is a folder of rules where the hub goes by others than those that come with the
    package; a record's ``basis`` is looked up there. Raises ``UsageError`` for a feed that is not
    carried as records.
    """

    def __init__(self, identity: Identity, feed: str, rules: Path | None = None) -> None:
        books = load_books(rules)
        if feed not in books.feeds:
            known = ", ".join(books.feeds)
            raise UsageError(
                f"feed には次のいずれかを指定してください: {known} / the feed must be one of: {known}"
            )
        self._feed = books.feeds[feed]
        self._bases = {rule.id: rule.basis.to_dict() for rule in books.catalogue.rules}
        self._keyring = Keyring(identity.organisation, identity.trust(), HUB)
        self._refused: set[str] = set()

    def learn(self, announcement: bytes) -> None:
        """Take an announcement in; one that is not believed is remembered by its key's id alone."""
        try:
            self._keyring.learn(announcement)
        except ForgedAnnouncementError:
            self._refuse(announcement)

    def open(self, headers: FoundHeaders, value: bytes | None, place: str) -> dict[str, Any]:
        """Give a record as ``hub receive`` prints it; ``UnopenedError`` where it is none of ours.

        Raises ``UnknownKeyError`` where its key's announcement has not been learnt.
        """
        try:
            return self._read(open_record(headers, value, self._keyring))
        except UnknownKeyError:
            if _key_id(headers) in self._refused:
                raise UnopenedError(ForgedAnnouncementError.code, place) from None
            raise
        except EnvelopeError as error:
            raise UnopenedError(error.code, place) from None
        except (UnreadableRecordError, KeyError):
            raise UnopenedError(_NOT_OF_THE_FEED, place) from None

    def _read(self, opened: Opened) -> dict[str, Any]:
        payload = self._feed.upgrade(opened.payload, opened.schema)
        return {
            "id": opened.message_id,
            "feed": self._feed.name,
            "from": opened.source,
            "basis": self._bases.get(opened.purpose),
            "rule": opened.purpose,
            "items": self._feed.named(self._feed.open(payload).values),
        }

    def _refuse(self, announcement: bytes) -> None:
        try:
            self._refused.add(Announcement.from_bytes(announcement).key_id)
        except ForgedAnnouncementError:
            # Not even the form of one: there is no key that it could have been of.
            return


def _key_id(headers: FoundHeaders) -> str:
    return (dict(headers).get("ce_keyid") or b"").decode(errors="replace")
