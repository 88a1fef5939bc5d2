"""Whatever a file holds, decoding answers for every line and never fails."""

from __future__ import annotations

import contextlib
import csv
import io
import json

from hypothesis import example, given
from hypothesis import strategies as st

from hub.errors import UsageError
from hub.intake.decode import Encoding, read_file, read_stored
from tests.support.notices import change_notice, line_of, notice

FEED = change_notice()
ENCODINGS: list[Encoding] = ["utf-8", "cp932"]
TEXT_ITEMS = [item.official for item in FEED.items if item.kind == "text"]
HEADER = ",".join(notice()).encode()

encodings = st.sampled_from(ENCODINGS)
raw_lines = st.binary(max_size=60).map(lambda line: line.replace(b"\n", b" "))
json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=4,
)
json_keys = st.sampled_from([*FEED.spellings, *map(repr, range(3))]) | st.text(max_size=6)
json_lines = st.dictionaries(json_keys, json_values, max_size=6).map(
    lambda pairs: json.dumps(pairs).encode()
)
csv_cells = st.sampled_from(['"', '""', ",", "架空", "\r", "\x00", "\ufeff", "x", " ", "1"])
csv_lines = st.lists(csv_cells, max_size=14).map(lambda cells: "".join(cells).encode()) | raw_lines


@given(st.lists(raw_lines | json_lines, max_size=6), encodings)
def test_every_filled_line_of_json_lines_is_answered_once(
    lines: list[bytes], encoding: Encoding
) -> None:
    """Arbitrary bytes after a first ``{``: one answer a filled line, in order, and no error."""
    content = b"\n".join([b"{", *lines])
    decoded = list(read_file(io.BytesIO(content), FEED, encoding))
    filled = [number for number, line in enumerate([b"{", *lines], 1) if line.strip()]
    assert [each.line for each in decoded] == filled
    assert all((each.values is None) != (each.reason is None) for each in decoded)


@given(st.lists(csv_lines, max_size=12), encodings)
def test_any_rows_under_a_header_are_answered_in_order(
    rows: list[bytes], encoding: Encoding
) -> None:
    """Arbitrary bytes as rows: no error, no row answered twice, every good row after them read."""
    header = HEADER if encoding == "utf-8" else HEADER.decode().encode(encoding)
    good = ",".join(map(str, notice().values())).encode(encoding)
    content = b"\n".join([header, *rows, good])
    decoded = list(read_file(io.BytesIO(content), FEED, encoding))
    numbers = [each.line for each in decoded]
    assert numbers == sorted(set(numbers))
    filled = {number for number, row in enumerate([*rows, good], 2) if row.strip()}
    assert set(numbers) <= filled
    assert decoded[-1].line == len(rows) + 2
    assert decoded[-1].values is not None


@given(st.binary(max_size=300), encodings)
@example(b"\x1f\x8b\x08", "utf-8")
def test_any_bytes_at_all_are_a_file_or_a_usage_error(content: bytes, encoding: Encoding) -> None:
    """No other error leaves the decoder, so nothing of a value can stand in a traceback."""
    with contextlib.suppress(UsageError):
        assert len(list(read_file(io.BytesIO(content), FEED, encoding))) <= content.count(b"\n") + 1


texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)


@given(st.dictionaries(st.sampled_from(TEXT_ITEMS), texts, max_size=8), st.booleans())
def test_json_carries_any_text_unchanged(items: dict[str, str], escaped: bool) -> None:  # noqa: FBT001
    """Escaped or not, every character arrives: nothing is normalised, stripped or replaced."""
    line = json.dumps(items, ensure_ascii=escaped).encode()
    (decoded,) = read_file(io.BytesIO(line), FEED)
    assert decoded.values is not None
    assert FEED.named(decoded.values) == items
    assert decoded.stored == line


@given(st.lists(csv_lines | raw_lines | json_lines, max_size=6), st.booleans(), encodings)
def test_what_is_stored_of_a_line_decodes_again_as_it_did(
    lines: list[bytes],
    in_json: bool,  # noqa: FBT001
    encoding: Encoding,
) -> None:
    """A resubmission meets the very answer again, its place apart: nothing is read more kindly."""
    start = b"{" if in_json else HEADER.decode().encode(encoding)
    for decoded in read_file(io.BytesIO(b"\n".join([start, *lines])), FEED, encoding):
        again = read_stored(decoded.stored, FEED, encoding)
        assert (again.values, again.reason) == (decoded.values, decoded.reason)
        assert again.stored == decoded.stored


rows_of_text = st.lists(
    st.lists(
        st.text(
            st.characters(exclude_categories=["Cs"], exclude_characters="\r\n\ufeff"), max_size=9
        ),
        min_size=len(TEXT_ITEMS),
        max_size=len(TEXT_ITEMS),
    ),
    min_size=1,
    max_size=4,
)


@given(rows_of_text)
def test_csv_carries_any_text_unchanged(rows: list[list[str]]) -> None:
    """As Python's own writer quotes it, every character arrives."""
    required = {item: value for item, value in notice().items() if item not in TEXT_ITEMS}
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow([*required, *TEXT_ITEMS])
    writer.writerows([*required.values(), *row] for row in rows)
    decoded = list(read_file(io.BytesIO(buffer.getvalue().encode()), FEED))
    for each, row in zip(decoded, rows, strict=True):
        assert each.values is not None
        assert [each.values[FEED.index[item]] for item in TEXT_ITEMS] == row


# Left out: the line ends, and six characters that Python writes as another one of CP932.
in_cp932 = st.text(
    st.characters(codec="cp932", exclude_characters="\r\n¢£¬‖−〜"),
    max_size=12,
)


@given(in_cp932)
def test_cp932_carries_every_character_it_has(text: str) -> None:
    """What CP932 can write comes back the same character."""
    line = json.dumps({"氏名": text}, ensure_ascii=False).encode("cp932")
    (decoded,) = read_file(io.BytesIO(line), FEED, "cp932")
    assert decoded.values is not None
    assert decoded.values[FEED.index["氏名"]] == text


@given(st.integers(0, 30), st.binary(min_size=1, max_size=4))
def test_a_broken_line_never_takes_its_neighbour_along(place: int, noise: bytes) -> None:
    """Bytes put into one line, line feeds apart, leave the next line as it was."""
    good = line_of(notice())
    broken = good[:place] + noise.replace(b"\n", b"") + good[place:]
    decoded = list(read_file(io.BytesIO(b"{\n" + broken + b"\n" + good), FEED))
    assert decoded[-1].line == 3
    assert decoded[-1].values is not None
