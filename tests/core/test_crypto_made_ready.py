"""Sealing and indexing of many texts gives what sealing and indexing of one gives."""

import pytest

from core import crypto

CONTEXT = "members_member.phone"
TEXTS = ["16112345678", "青澜区东城街道槐荫社区3号楼", "𠮷" * 40, "x"]


@pytest.mark.parametrize("text", TEXTS)
def test_the_index_made_ready_is_the_same(text):
    assert crypto.indexer(CONTEXT)(text) == crypto.blind_index(text, CONTEXT)


@pytest.mark.parametrize("text", TEXTS)
def test_what_was_sealed_in_bulk_opens_in_its_context_only(text):
    sealed = crypto.sealer(CONTEXT)(text)
    assert crypto.unseal(sealed, CONTEXT) == text
    assert sealed != crypto.sealer(CONTEXT)(text)
    with pytest.raises(crypto.Unreadable):
        crypto.unseal(sealed, "members_member.address")
