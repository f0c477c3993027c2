"""The two hashes that records carry: of a tool's arguments and of a content (records.md 8.2)."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from relayburn.jsjson import stable_stringify
from relayburn.text import utf8


def content_hash(text: str) -> str:
    """The first 16 hex digits of SHA-256 over the UTF-8 bytes of `text`."""
    return sha256(utf8(text)).digest()[:8].hex()


def args_hash(value: Any) -> str:
    """`content_hash` of the stable JSON text of any JSON value."""
    return content_hash(stable_stringify(value))
