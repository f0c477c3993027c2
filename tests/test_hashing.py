"""The hashes that records carry (records.md 8.2)."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relayburn.jsjson import loads, stable_stringify
from relayburn.reader.hashing import args_hash, content_hash
from tests.json_values import JSON_VALUES, shuffled


def test_the_hash_of_nothing_is_a_hash():
    assert content_hash("") == "e3b0c44298fc1c14"
    assert args_hash({}) == "44136fa355b3678a"


def test_a_lone_surrogate_is_hashed_as_the_replacement_character():
    assert content_hash("\ud800") == content_hash("\ufffd") == sha256(b"\xef\xbf\xbd").hexdigest()[:16]


def test_inside_arguments_a_lone_surrogate_is_its_escape():
    assert args_hash("\ud800") == content_hash('"\\ud800"')
    assert args_hash("\ud800") != args_hash("\ufffd")


@pytest.mark.parametrize("text", ["1", "1.0", "1e0", "10e-1"])
def test_arguments_with_one_number_in_many_spellings_have_one_hash(text):
    assert args_hash(loads(f'{{"a":{text}}}')) == args_hash({"a": 1})


def test_the_order_of_a_list_matters():
    assert args_hash([1, 2]) != args_hash([2, 1])


@pytest.mark.properties
@given(JSON_VALUES, st.randoms())
def test_the_order_of_keys_does_not_matter(value: Any, random):
    assert args_hash(shuffled(value, random)) == args_hash(value)


@pytest.mark.properties
@given(JSON_VALUES)
def test_arguments_are_hashed_by_their_stable_text(value: Any):
    assert args_hash(value) == content_hash(stable_stringify(value))
