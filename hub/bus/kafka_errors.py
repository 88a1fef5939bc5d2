"""What each error of the Kafka client means for a batch, and the hub's words for it.

librdkafka repeats by itself what may be repeated; what reaches us is an answer we asked for once
too early, a transaction that must be given up, one that another has taken over, or a broker that is
not there. Codes that stand in no row are judged by librdkafka's own flags.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from confluent_kafka import KafkaError

from hub.bus.port import BusUnavailableError, FencedError, OutcomeUnknownError
from hub.errors import UsageError

if TYPE_CHECKING:
    from confluent_kafka import KafkaException

    from hub.errors import HubError


class Verdict(Enum):
    """What to do about an error."""

    RETRY = "ask again"
    ABORT = "give the transaction up; nothing of it remains"
    FENCED = "another has taken over; drop the work and read again"
    REFUSED = "the record can never be written as it is"
    UNAVAILABLE = "the broker or its rights are not there"


_E = KafkaError

# Each row: why the broker or the client says so.
VERDICTS: dict[int, Verdict] = {
    # The broker still writes the markers of the transaction before, or moves a coordinator.
    _E.CONCURRENT_TRANSACTIONS: Verdict.RETRY,
    _E.UNSTABLE_OFFSET_COMMIT: Verdict.RETRY,
    _E.COORDINATOR_LOAD_IN_PROGRESS: Verdict.RETRY,
    _E.COORDINATOR_NOT_AVAILABLE: Verdict.RETRY,
    _E.NOT_COORDINATOR: Verdict.RETRY,
    _E.NOT_LEADER_FOR_PARTITION: Verdict.RETRY,
    _E.LEADER_NOT_AVAILABLE: Verdict.RETRY,
    _E.FENCED_LEADER_EPOCH: Verdict.RETRY,
    _E.UNKNOWN_LEADER_EPOCH: Verdict.RETRY,
    _E.NOT_ENOUGH_REPLICAS: Verdict.RETRY,
    _E.NOT_ENOUGH_REPLICAS_AFTER_APPEND: Verdict.RETRY,
    # A broker has just begun to lead, or gives up leading since its disk failed.
    _E.OFFSET_NOT_AVAILABLE: Verdict.RETRY,
    _E.REPLICA_NOT_AVAILABLE: Verdict.RETRY,
    _E.BROKER_NOT_AVAILABLE: Verdict.RETRY,
    _E.ELIGIBLE_LEADERS_NOT_AVAILABLE: Verdict.RETRY,
    _E.NOT_CONTROLLER: Verdict.RETRY,
    _E.KAFKA_STORAGE_ERROR: Verdict.RETRY,
    _E.LISTENER_NOT_FOUND: Verdict.RETRY,
    _E.REQUEST_TIMED_OUT: Verdict.RETRY,
    _E.NETWORK_EXCEPTION: Verdict.RETRY,
    _E._TIMED_OUT: Verdict.RETRY,  # noqa: SLF001 -- librdkafka's own codes begin so
    _E._TIMED_OUT_QUEUE: Verdict.RETRY,  # noqa: SLF001
    _E._TRANSPORT: Verdict.RETRY,  # noqa: SLF001
    _E._ALL_BROKERS_DOWN: Verdict.RETRY,  # noqa: SLF001
    _E._WAIT_COORD: Verdict.RETRY,  # noqa: SLF001
    # A record could not be delivered in time, or the one before it in its partition was not.
    _E._MSG_TIMED_OUT: Verdict.ABORT,  # noqa: SLF001
    _E._PURGE_QUEUE: Verdict.ABORT,  # noqa: SLF001
    _E._PURGE_INFLIGHT: Verdict.ABORT,  # noqa: SLF001
    _E.OUT_OF_ORDER_SEQUENCE_NUMBER: Verdict.ABORT,
    _E.UNKNOWN_PRODUCER_ID: Verdict.ABORT,
    _E.TRANSACTION_ABORTABLE: Verdict.ABORT,
    # Another producer has begun under our transactional id, or our transaction took too long.
    _E._FENCED: Verdict.FENCED,  # noqa: SLF001
    _E.PRODUCER_FENCED: Verdict.FENCED,
    _E.INVALID_PRODUCER_EPOCH: Verdict.FENCED,
    _E.INVALID_PRODUCER_ID_MAPPING: Verdict.FENCED,
    _E.INVALID_TXN_STATE: Verdict.FENCED,
    # The group has gone on without us: our partitions belong to another, or are being dealt anew.
    _E.ILLEGAL_GENERATION: Verdict.FENCED,
    _E.UNKNOWN_MEMBER_ID: Verdict.FENCED,
    _E.FENCED_INSTANCE_ID: Verdict.FENCED,
    _E.REBALANCE_IN_PROGRESS: Verdict.FENCED,
    _E.STALE_MEMBER_EPOCH: Verdict.FENCED,
    _E.FENCED_MEMBER_EPOCH: Verdict.FENCED,
    _E._MAX_POLL_EXCEEDED: Verdict.FENCED,  # noqa: SLF001
    _E._ASSIGNMENT_LOST: Verdict.FENCED,  # noqa: SLF001
    # The record itself.
    _E.MSG_SIZE_TOO_LARGE: Verdict.REFUSED,
    _E.RECORD_LIST_TOO_LARGE: Verdict.REFUSED,
    _E.INVALID_RECORD: Verdict.REFUSED,
    _E.UNKNOWN_TOPIC_OR_PART: Verdict.REFUSED,
    _E._UNKNOWN_TOPIC: Verdict.REFUSED,  # noqa: SLF001
    _E._UNKNOWN_PARTITION: Verdict.REFUSED,  # noqa: SLF001
    # Rights, keys and settings: a person must act.
    _E.TOPIC_AUTHORIZATION_FAILED: Verdict.UNAVAILABLE,
    _E.GROUP_AUTHORIZATION_FAILED: Verdict.UNAVAILABLE,
    _E.CLUSTER_AUTHORIZATION_FAILED: Verdict.UNAVAILABLE,
    _E.TRANSACTIONAL_ID_AUTHORIZATION_FAILED: Verdict.UNAVAILABLE,
    _E.SASL_AUTHENTICATION_FAILED: Verdict.UNAVAILABLE,
    _E._AUTHENTICATION: Verdict.UNAVAILABLE,  # noqa: SLF001
    _E._SSL: Verdict.UNAVAILABLE,  # noqa: SLF001
    _E._RESOLVE: Verdict.UNAVAILABLE,  # noqa: SLF001
    _E.UNSUPPORTED_VERSION: Verdict.UNAVAILABLE,
}


_TLS = (
    "CA ファイルと、証明書の期限を確認してください",
    "compare the CA file, and look whether a certificate has run out",
)
_WHO = (
    "HUB_KAFKA_CARD の利用者とパスワードを確認してください",
    "it refuses this user or password: look at HUB_KAFKA_CARD",
)
_RIGHT = (
    "この利用者には権限がありません。hub topics plan で確認してください",
    "this user has no right to that: `hub topics plan` says what is missing",
)
_ELSE = (
    "ブローカーの稼働とアドレス、認証があれば HUB_KAFKA_CARD を確認してください",
    "check that it runs, its address and, where it asks who one is, HUB_KAFKA_CARD",
)
# What a person should look at, by what the client says.
_ADVICE: dict[int, tuple[str, str]] = {
    _E._SSL: _TLS,  # noqa: SLF001
    _E._AUTHENTICATION: _WHO,  # noqa: SLF001
    _E.SASL_AUTHENTICATION_FAILED: _WHO,
    _E.TOPIC_AUTHORIZATION_FAILED: _RIGHT,
    _E.GROUP_AUTHORIZATION_FAILED: _RIGHT,
    _E.CLUSTER_AUTHORIZATION_FAILED: _RIGHT,
    _E.TRANSACTIONAL_ID_AUTHORIZATION_FAILED: _RIGHT,
}


def error_of(failure: KafkaException) -> KafkaError:
    """Give the client's error that an exception carries."""
    error: KafkaError = failure.args[0]
    return error


def verdict(error: KafkaError) -> Verdict:
    """Give what to do about an error of the client or the broker."""
    known = VERDICTS.get(error.code())
    if known:
        return known
    if error.fatal():
        return Verdict.FENCED
    if error.txn_requires_abort():
        return Verdict.ABORT
    return Verdict.RETRY if error.retriable() else Verdict.UNAVAILABLE


def translated(error: KafkaError) -> HubError:
    """Give the hub's error for one after which nothing of the batch was committed."""
    judged = verdict(error)
    if judged is Verdict.FENCED:
        return fenced()
    if judged is Verdict.REFUSED:
        return UsageError(
            f"このレコードはバスに書けません（{error.name()}）。トピックと大きさを確認してください"
            " / a record cannot be written as it is; check its topic and size"
        )
    ja, en = _ADVICE.get(error.code(), _ELSE)
    return BusUnavailableError(
        f"Kafka を使えません。{ja} / the Kafka broker cannot be used ({error.name()}); {en}"
    )


def fenced() -> FencedError:
    """Give the error of who came second."""
    return FencedError(
        "他の処理が先にこの区画を進めました"
        " / another worker was first on this partition; read again"
    )


def outcome_unknown(error: KafkaError) -> OutcomeUnknownError:
    """Give the error of a commit whose answer never came."""
    return OutcomeUnknownError(
        "コミットの結果を確認できませんでした。Kafka の復旧後、届いたものを確認してから送り直してください"
        f" / the broker was lost during a commit ({error.name()}): it may have been taken; look"
        " before sending again"
    )
