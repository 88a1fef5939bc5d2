"""Rights and users of a bus on Kafka: ACLs and SCRAM users (see ``hub.bus.rights``).

Names on the brokers begin with the bus's prefix, those of users too, so that two hubs of a cluster
do not take each other's rights away.

What the client does without rights was measured: a description of ACLs is empty instead of refused,
and one of SCRAM users ends the whole process. So the broker is first asked what we may.
"""

from __future__ import annotations

import os
import time
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import (  # type: ignore[attr-defined]
    AclOperation,
    ScramCredentialInfo,
    ScramMechanism,
    UserScramCredentialAlteration,
    UserScramCredentialDeletion,
    UserScramCredentialUpsertion,
)

from hub.bus.declared_rights import administrator
from hub.bus.kafka_acls import EVERYTHING, Strange, binding_of, filter_of, sorted_out
from hub.bus.kafka_errors import Verdict, error_of, translated, verdict
from hub.bus.port import BusUnavailableError
from hub.bus.rights import FoundRights, Right

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from concurrent.futures import Future

    from hub.bus.kafka_topics import Topics

# The fewest that Kafka takes. More would slow down guessing, and random passwords of 192 bits are not
# guessed; each costs client and broker their time, at every session and every time one is asked again.
_ITERATIONS = 4096
_SALT_BYTES = 24
_AT_ONCE = 2000
# The client works the salted passwords out itself, and says nothing else to the broker meanwhile.
_USERS_AT_ONCE = 50
_AGAIN_S = 0.1
_GONE = {KafkaError.RESOURCE_NOT_FOUND}
_T = TypeVar("_T")


class KafkaRights:
    """The rights and users of the bus whose names begin with its prefix."""

    def __init__(self, topics: Topics) -> None:
        self._topics = topics
        self._admin = topics.admin
        self._patience_s = topics.patience.request_s

    def found(self, ours: frozenset[str]) -> FoundRights:
        """Give what there is."""
        self._require_sight()
        prefix = self._topics.prefix
        acls = _result(self._admin.describe_acls(EVERYTHING, **self._within()))
        sorted_acls = [sorted_out(acl, prefix) for acl in acls]
        users = {n.removeprefix(prefix) for n in self._user_names() if n.startswith(prefix)}
        return FoundRights(
            frozenset(each for each in sorted_acls if isinstance(each, Right)),
            frozenset(users & ours),
            tuple(each.words for each in sorted_acls if isinstance(each, Strange)),
            tuple(sorted(users - ours)),
        )

    def await_shown(self, ours: frozenset[str], shown: Callable[[FoundRights], bool]) -> None:
        """Wait until brokers show what the controller has taken: they follow it, a little behind."""
        give_up = time.monotonic() + self._patience_s
        while not shown(self.found(ours)):
            if time.monotonic() > give_up:
                raise BusUnavailableError(
                    "変更した権限がブローカーにまだ反映されていません。hub topics check で確認してください"
                    " / the brokers do not show the changed rights yet: look by `hub topics check`"
                )
            time.sleep(_AGAIN_S)

    def name(self, user: str) -> str:
        """Give the name that a user has on the broker."""
        return self._topics.wire(user)

    def grant(self, rights: Sequence[Right]) -> None:
        """Give rights, many in one request."""
        acls = [binding_of(right, self._topics.prefix) for right in rights]
        for some in _parts(acls, _AT_ONCE):
            self._insist(partial(self._admin.create_acls, some, **self._within()))

    def revoke(self, rights: Sequence[Right]) -> None:
        """Take rights away, many in one request."""
        filters = [filter_of(binding_of(right, self._topics.prefix)) for right in rights]
        for some in _parts(filters, _AT_ONCE):
            self._insist(partial(self._admin.delete_acls, some, **self._within()))

    def set_passwords(self, passwords: Mapping[str, str]) -> None:
        """Make users, or change their passwords, many in one request."""
        info = ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, _ITERATIONS)
        self._alter(
            [
                UserScramCredentialUpsertion(
                    self._topics.wire(user), info, password.encode(), os.urandom(_SALT_BYTES)
                )
                for user, password in passwords.items()
            ]
        )

    def remove_users(self, users: Sequence[str]) -> None:
        """Remove users, many in one request."""
        self._alter(
            [
                UserScramCredentialDeletion(self._topics.wire(user), ScramMechanism.SCRAM_SHA_512)
                for user in users
            ]
        )

    def _alter(self, users: Sequence[UserScramCredentialAlteration]) -> None:
        for some in _parts(users, _USERS_AT_ONCE):
            alter = self._admin.alter_user_scram_credentials
            self._insist(partial(alter, some, **self._within()))

    def _insist(self, call: Callable[[], Mapping[Any, Future[Any]]]) -> None:
        """Call again while the connection is lost: what is asked for does no harm twice.

        A broker that asks who we are ends the connection where the answer is late, with all that is
        under way on it.
        """
        give_up = time.monotonic() + self._patience_s
        while True:
            try:
                _all(call())
            except KafkaException as failure:
                error = error_of(failure)
                if verdict(error) is not Verdict.RETRY or time.monotonic() > give_up:
                    raise translated(error) from failure
                time.sleep(_AGAIN_S)
            else:
                return

    def _within(self) -> dict[str, float]:
        return {"request_timeout": self._patience_s}

    def _require_sight(self) -> None:
        asked = self._admin.describe_cluster(include_authorized_operations=True, **self._within())
        allowed = set(_result(asked).authorized_operations or ())
        if AclOperation.DESCRIBE not in allowed:
            raise BusUnavailableError(
                "Kafka の権限を見るには管理者か operator として接続してください（HUB_KAFKA_CARD）"
                " / to see the rights on Kafka connect as its administrator or as operator"
                " (HUB_KAFKA_CARD)"
            )

    def _user_names(self) -> list[str]:
        asked: Any = self._admin.describe_user_scram_credentials(None, **self._within())
        return [name for name in _result(asked) if name != administrator()]


def _all(answers: Mapping[Any, Future[Any]]) -> None:
    for answer in answers.values():
        try:
            answer.result()
        except KafkaException as failure:
            if error_of(failure).code() not in _GONE:
                raise


def _parts(whole: Sequence[_T], size: int) -> Iterator[list[_T]]:
    for start in range(0, len(whole), size):
        yield list(whole[start : start + size])


def _result(answer: Future[_T]) -> _T:
    try:
        return answer.result()
    except KafkaException as failure:
        raise translated(error_of(failure)) from failure
