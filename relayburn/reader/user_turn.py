"""The size of what went back to the model between two assistant turns.

In: the texts and tool results of a user turn. Out: blocks with their UTF-8 bytes and tokens (user-turns.md 1-4).
A token counter is made once per parse by `token_counter`; the readers' default is cl100k.
"""

from __future__ import annotations

from collections.abc import Callable
from math import ceil
from typing import Any

from relayburn.errors import UnsupportedTokenizer
from relayburn.jsjson import compact
from relayburn.reader.tokens import count_cl100k, count_cl100k_strictly
from relayburn.records import UNSET, UnsetType, UserTurnBlock
from relayburn.semantics import Semantics
from relayburn.text import utf8_length

TokenCounter = Callable[[str, int], int]
"""Tokens of a text, given the text and its length in UTF-8 bytes."""


def bytes_to_approx_tokens(byte_len: int | float) -> int:
    """A quarter of the bytes, rounded up; nothing for no bytes."""
    return ceil(byte_len / 4) if byte_len > 0 else 0


def heuristic(text: str, byte_len: int) -> int:
    """A `TokenCounter` that looks at the bytes alone."""
    return bytes_to_approx_tokens(byte_len)


def cl100k(text: str, byte_len: int) -> int:
    """A `TokenCounter` under cl100k_base that counts special tokens as plain text."""
    return count_cl100k(text) if byte_len > 0 else 0


def strict_cl100k(text: str, byte_len: int) -> int:
    """A `TokenCounter` under cl100k_base that raises `SpecialToken` as the reference does."""
    return count_cl100k_strictly(text) if byte_len > 0 else 0


def token_counter(tokenizer: Any = UNSET, *, semantics: Semantics) -> TokenCounter:
    """The counter called `tokenizer`: `cl100k` (also when `UNSET`) or `heuristic`, case-sensitively.

    Raises `UnsupportedTokenizer` for any other value. Under ts-1.10 the cl100k counter raises `SpecialToken`.
    """
    if tokenizer is UNSET or tokenizer == "cl100k":
        return cl100k if semantics.special_tokens_are_text else strict_cl100k
    if tokenizer == "heuristic":
        return heuristic
    raise UnsupportedTokenizer(tokenizer)


def measured_text(value: Any) -> str:
    """The text by which a content is measured: itself, its compact JSON, or "" for a missing or null one."""
    if isinstance(value, str):
        return value
    if value is None or value is UNSET:
        return ""
    return compact(value)


def text_block(text: str, counter: TokenCounter) -> UserTurnBlock:
    """The block of a user text."""
    byte_len = utf8_length(text)
    return UserTurnBlock(kind="text", byte_len=byte_len, approx_tokens=counter(text, byte_len))


def tool_result_block(
    tool_use_id: str, content: Any, is_error: bool | UnsetType, counter: TokenCounter
) -> UserTurnBlock:
    """The block of a tool result: any JSON `content`; `is_error` is kept only when exactly true."""
    text = measured_text(content)
    byte_len = utf8_length(text)
    return UserTurnBlock(
        kind="tool_result",
        tool_use_id=tool_use_id,
        byte_len=byte_len,
        approx_tokens=counter(text, byte_len),
        is_error=True if is_error is True else UNSET,
    )
