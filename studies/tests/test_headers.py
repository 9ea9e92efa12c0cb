"""How headers are kept: whole again when unpacked, and joined without being unpacked."""

import json
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studies.headers import MOST_PIECES, joined, pack, unpack, with_addresses

BULK = {"vr": "OW", "BulkDataURI": "bulkdata/7FE00010"}
TEXTS = st.text(st.characters(codec="utf-8"), max_size=40)
VALUES = TEXTS.map(lambda text: {"vr": "LO", "Value": [text]})
HEADERS = st.dictionaries(TEXTS, VALUES | st.just(BULK), max_size=8).map(
    lambda header: json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode()
)


def told(headers, at_once=3):
    """The array as a client unpacks it."""
    return zlib.decompress(b"".join(joined(headers, at_once)))


@given(HEADERS)
def test_a_header_comes_back_as_it_was(header):
    assert unpack(pack(header)) == header


@given(st.lists(HEADERS, max_size=7))
def test_joined_headers_are_the_array_that_they_would_be_unpacked(headers):
    addresses = [f"https://pacs.example/{number}/" for number in range(len(headers))]
    pairs = list(zip(headers, addresses, strict=True))

    array = told((pack(header), address) for header, address in pairs)

    assert array == b"[" + b",".join(with_addresses(*pair) for pair in pairs) + b"]"


def test_what_was_kept_before_there_were_pieces_is_joined_with_the_rest():
    old, new = json.dumps({"a": 1}).encode(), b'{"7FE00010":{"BulkDataURI":"bulkdata/7FE00010"}}'

    array = told([(zlib.compress(old), "x/"), (pack(new), "y/"), (zlib.compress(new), "z/")])

    assert array == b"[%s,%s,%s]" % (old, with_addresses(new, "y/"), with_addresses(new, "z/"))


@pytest.mark.parametrize("count", [1, MOST_PIECES - 1, MOST_PIECES, 5 * MOST_PIECES])
def test_however_many_bulk_values_each_gets_its_address(count):
    header = json.dumps([BULK] * count, separators=(",", ":")).encode()

    array = json.loads(told([(pack(header), "https://pacs.example/i/")]))

    assert [one["BulkDataURI"] for one in array[0]] == [
        "https://pacs.example/i/bulkdata/7FE00010"
    ] * count


def test_an_address_longer_than_a_block_is_sent_in_several():
    header = b'{"1":{"BulkDataURI":"bulkdata/1"}}'
    address = "a" * 200_000

    assert told([(pack(header), address)]) == b"[" + with_addresses(header, address) + b"]"
