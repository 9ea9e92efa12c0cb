"""The conformance statement says what the code does."""

import re

import pytest

from common.preparation import ROOT
from gateway import urls
from gateway.dicomweb.search.attributes import TABLES
from gateway.dicomweb.search.engine import MOST
from gateway.dicomweb.search.requests import OF_THE_ORDER

TEXT = (ROOT / "docs" / "conformance.md").read_text()
STATEMENT = TEXT[TEXT.index("## 2. On the web") :]
ADDRESSES = [
    "/" + re.sub(r"<\w+:(\w+)>", r"{\1}", str(entry.pattern)) for entry in urls.urlpatterns
]
MATCHED = {a.tag for table in TABLES.values() for a in table if a.condition} | set(OF_THE_ORDER)


@pytest.mark.parametrize("address", [one for one in ADDRESSES if one != "/{address}"])
def test_every_address_is_stated(address):
    assert f"`{address}`" in STATEMENT


def test_no_address_is_stated_that_does_not_answer():
    stated = set(re.findall(r"`(/(?:studies|series|instances|modality)[^`]*)`", STATEMENT))

    assert stated <= set(ADDRESSES)


def test_the_matched_keys_are_the_stated_ones():
    section = STATEMENT[STATEMENT.index("Keys that are matched") : STATEMENT.index("| Rule")]
    stated = set(re.findall(r"\b[0-9A-F]{8}(?:\.[0-9A-F]{8})?\b", section))

    assert stated == MATCHED


@pytest.mark.parametrize("most", MOST.values())
def test_the_limits_are_the_stated_ones(most):
    assert f"{most} " in STATEMENT
