"""The properties of a local broker: what every one is set to, and how it listens."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

HOST = "127.0.0.1"

# Tests and a demo want this: no wait before a first group starts; dead members, dead brokers and
# abandoned transactions are noticed soon; few threads. unclean.leader.election.enable is false by
# default, so that no committed record is given up. offsets.retention.minutes is what a broker of
# the hub needs anywhere: by default a group that has had no member for seven days loses its
# position, and all would be delivered again.
_EVERY = """\
process.roles=broker,controller
node.id={number}
controller.quorum.voters={voters}
controller.listener.names=CONTROLLER
log.dirs={data}
auto.create.topics.enable=false
default.replication.factor={replicas}
min.insync.replicas={in_sync}
offsets.topic.replication.factor={replicas}
offsets.topic.num.partitions=8
offsets.retention.minutes=5256000
transaction.state.log.replication.factor={replicas}
transaction.state.log.min.isr={in_sync}
transaction.state.log.num.partitions=8
transaction.abort.timed.out.transaction.cleanup.interval.ms=500
share.coordinator.state.topic.replication.factor={replicas}
share.coordinator.state.topic.min.isr={in_sync}
broker.session.timeout.ms=4000
broker.heartbeat.interval.ms=500
replica.lag.time.max.ms=5000
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=1000
log.cleaner.dedupe.buffer.size=8388608
log.retention.check.interval.ms=5000
message.max.bytes=8388608
num.network.threads=2
num.io.threads=4
background.threads=2
"""

# Nobody is asked who he is: for tests and measurements on loopback alone.
_PLAIN = """\
listeners=PLAINTEXT://{host}:{port},CONTROLLER://{host}:{controller}
advertised.listeners=PLAINTEXT://{host}:{port}
"""

# Four doors, none in plain text. CLIENTS asks for a password (SCRAM), CERTIFIED for a certificate;
# both show a certificate that the clients' authority signed. NODES and CONTROLLER are between
# brokers and trust an authority of their own: with one for all, a client's certificate would open
# them. Names of certificates are mapped at CERTIFIED alone, so that no client's certificate can
# bear the name that a node has. Whoever has no right has none; a session is asked again for its
# password so often that a user who is gone is out soon.
_SECURED = """\
listeners=CLIENTS://{host}:{port},CERTIFIED://{host}:{certified},NODES://{host}:{nodes},\
CONTROLLER://{host}:{controller}
advertised.listeners=CLIENTS://{host}:{port},CERTIFIED://{host}:{certified},NODES://{host}:{nodes}
listener.security.protocol.map=CLIENTS:SASL_SSL,CERTIFIED:SSL,NODES:SSL,CONTROLLER:SSL
inter.broker.listener.name=NODES
sasl.enabled.mechanisms=SCRAM-SHA-512
listener.name.clients.scram-sha-512.sasl.jaas.config=\
org.apache.kafka.common.security.scram.ScramLoginModule required;
connections.max.reauth.ms={reauthentication_ms}
ssl.enabled.protocols=TLSv1.3,TLSv1.2
ssl.keystore.type=PEM
ssl.truststore.type=PEM
ssl.keystore.location={folder}/node-{number}.pem
ssl.truststore.location={folder}/nodes-ca.pem
ssl.client.auth=required
listener.name.clients.ssl.keystore.type=PEM
listener.name.clients.ssl.keystore.location={folder}/broker-{number}.pem
listener.name.clients.ssl.client.auth=none
listener.name.certified.ssl.keystore.type=PEM
listener.name.certified.ssl.keystore.location={folder}/broker-{number}.pem
listener.name.certified.ssl.truststore.type=PEM
listener.name.certified.ssl.truststore.location={folder}/clients-ca.pem
listener.name.certified.ssl.client.auth=required
listener.name.certified.ssl.principal.mapping.rules=RULE:^CN=([a-z0-9.-]+)$/$1/
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
allow.everyone.if.no.acl.found=false
super.users={super_users}
"""


class Ports(NamedTuple):
    """Where a node listens: for clients, for other controllers, with certificates, for nodes.

    The last two are a secured node's only.
    """

    client: int
    controller: int
    certified: int = 0
    nodes: int = 0


class Safety(NamedTuple):
    """What a secured broker is told: where its certificates lie, who may all, how often it asks."""

    folder: Path
    administrator: str
    reauthentication_ms: int


def properties(number: int, ports: Sequence[Ports], data: Path, safety: Safety | None) -> str:
    """Give the properties of the ``number``-th node; without ``safety`` it asks nobody's name."""
    mine, size = ports[number - 1], len(ports)
    text = _EVERY.format(
        number=number,
        voters=",".join(
            f"{other}@{HOST}:{each.controller}" for other, each in enumerate(ports, start=1)
        ),
        data=data,
        replicas=min(size, 3),
        in_sync=min(size, 2),
    )
    if safety is None:
        return text + _PLAIN.format(host=HOST, port=mine.client, controller=mine.controller)
    return text + _SECURED.format(
        host=HOST,
        number=number,
        port=mine.client,
        controller=mine.controller,
        certified=mine.certified,
        nodes=mine.nodes,
        folder=safety.folder,
        reauthentication_ms=safety.reauthentication_ms,
        super_users=_super_users(safety.administrator, size),
    )


def _super_users(administrator: str, nodes: int) -> str:
    names = [administrator, *(f"CN=node-{number}" for number in range(1, nodes + 1))]
    return ";".join(f"User:{name}" for name in names)
