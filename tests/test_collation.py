"""The order of names (hotspots.md 6, patterns.md 1.2)."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relayburn.collation import _ascii_key, _collator, collation_key

ASCII = st.text(st.characters(max_codepoint=127), max_size=6)
ANY = st.text("abAB é ÉßøЖж日_-1\x01", max_size=5)


@pytest.mark.parametrize(
    ("lesser", "greater"),
    [
        ("a", "B"),
        ("a", "A"),
        ("Aa", "aB"),
        ("10.md", "9.md"),
        ("alpha10", "alpha2"),
        ("a-b", "ab"),
        ("a_b", "a-b"),
        ("a", "aa"),
        ("\t", "\n"),
        ("\r", " "),
        ("~", "$"),
        ("$", "0"),
        ("9", "a"),
        ("e", "é"),
        ("é", "f"),
        ("é", "É"),
        ("z", "Ж"),
    ],
)
def test_one_name_comes_before_the_other(lesser: str, greater: str):
    assert collation_key(lesser) < collation_key(greater)
    assert not collation_key(greater) < collation_key(lesser)
    assert collation_key(lesser) != collation_key(greater)


def test_control_characters_are_ignored():
    assert collation_key("a\x01b\x7f") == collation_key("ab")


def test_a_lone_surrogate_is_sorted_too():
    assert collation_key("a\ud800") != collation_key("a")


def test_the_order_of_all_languages_is_loaded_only_when_it_is_needed():
    program = (
        "import sys; from relayburn.collation import collation_key as k; sorted(['b', 'A'], key=k);"
        "assert 'pyuca' not in sys.modules; sorted(['b', 'é'], key=k); assert 'pyuca' in sys.modules"
    )

    subprocess.run([sys.executable, "-c", program], check=True)


@pytest.mark.properties
@given(ASCII, ASCII)
def test_the_table_for_ascii_agrees_with_the_order_of_all_languages(one: str, other: str):
    full = _collator().sort_key

    assert (_ascii_key(one) < _ascii_key(other)) == (full(one) < full(other))
    assert (_ascii_key(one) == _ascii_key(other)) == (full(one) == full(other))


@pytest.mark.properties
@given(ANY, ANY, ANY)
def test_the_order_is_an_order(one: str, two: str, three: str):
    first, second, third = sorted((one, two, three), key=collation_key)

    assert not collation_key(second) < collation_key(first)
    assert not collation_key(third) < collation_key(first)
