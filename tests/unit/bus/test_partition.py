"""murmur2 and the partition of a key, as Apache Kafka's Java client has them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.bus.partition import murmur2, partition_of


# Values of testMurmur2 in clients/src/test/java/org/apache/kafka/common/utils/UtilsTest.java,
# and of the same function for keys of one to five bytes: every length of the tail.
@pytest.mark.parametrize(
    ("data", "signed"),
    [
        (b"21", -973932308),
        (b"foobar", -790332482),
        (b"a-little-bit-long-string", -985981536),
        (b"a-little-bit-longer-string", -1486304829),
        (b"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971),
        (b"abc", 479470107),
        (b"1", -1993445489),
        (b"12", 126087238),
        (b"123", -267702483),
        (b"1234", -1614185708),
        (b"12345", -1188365604),
    ],
)
def test_murmur2_is_that_of_the_java_client(data: bytes, signed: int) -> None:
    """Java's signed values and ours are the same 32 bits."""
    assert murmur2(data) == signed & 0xFFFFFFFF


@given(key=st.binary(max_size=64), partitions=st.integers(1, 10_000))
def test_every_key_has_one_partition_among_those_there_are(key: bytes, partitions: int) -> None:
    """The partition is Java's: the hash without its sign, modulo the count; always in range."""
    found = partition_of(key, partitions)
    assert found == (murmur2(key) & 0x7FFFFFFF) % partitions
    assert 0 <= found < partitions
    assert found == partition_of(bytes(bytearray(key)), partitions)


@given(partitions=st.integers(1, 10_000))
def test_no_key_means_partition_0_and_an_empty_key_is_a_key(partitions: int) -> None:
    """Only an absent key goes to partition 0 unhashed; the empty key has a hash like any other."""
    assert partition_of(None, partitions) == 0
    assert partition_of(b"", partitions) == (murmur2(b"") & 0x7FFFFFFF) % partitions


def test_keys_spread_over_the_partitions() -> None:
    """Ten thousand keys fill twelve partitions within a tenth of evenly."""
    counts = [0] * 12
    for number in range(10_000):
        counts[partition_of(b"resident-%d" % number, 12)] += 1
    assert max(counts) < 1.1 * 10_000 / 12 < 1.22 * min(counts)
