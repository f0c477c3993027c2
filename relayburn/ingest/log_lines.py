"""What a line of a session log says of itself: its type, and the version of the harness that wrote it.

In: a session file. Out: a `Seen` for each line (of an OpenCode session: for each of its files), as little decoded of it as
that takes. Raises `LogUnreadable`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any

import msgspec

from relayburn import jsjson
from relayburn.ingest.discovery import message_files, message_folder
from relayburn.reader.codex.line_types import WITHOUT_PAYLOAD_TYPE
from relayburn.reader.lines import read_bytes, whole_file_lines


@dataclass(frozen=True, slots=True)
class Seen:
    """One line. `type` is None where it has none that is a text, `version` where it tells none."""

    type: str | None = None
    version: str | None = None
    is_bad: bool = False


class _Line(msgspec.Struct):
    type: Any = None
    version: Any = None
    payload: msgspec.Raw = msgspec.Raw(b"null")


class _Payload(msgspec.Struct):
    type: Any = None
    cli_version: Any = None


class _Message(msgspec.Struct):
    role: Any = None
    id: Any = None


_line = msgspec.json.Decoder(_Line)
_payload = msgspec.json.Decoder(_Payload)
_message = msgspec.json.Decoder(_Message)


def claude_lines(path: str) -> Iterator[Seen]:
    """The lines of a Claude Code log."""
    for decoded in _decoded_lines(path):
        yield _BAD if decoded is None else Seen(_text(decoded.type), _text(decoded.version))


def codex_lines(path: str) -> Iterator[Seen]:
    """The lines of a Codex rollout."""
    for decoded in _decoded_lines(path):
        if decoded is None:
            yield _BAD
            continue
        kind = _text(decoded.type)
        payload = _decoded(_payload, bytes(decoded.payload)) or _Payload()
        inner = None if kind in WITHOUT_PAYLOAD_TYPE else _text(payload.type)
        yield Seen(f"{kind}/{inner}" if kind and inner else kind, _text(payload.cli_version))


def opencode_lines(path: str) -> Iterator[Seen]:
    """The session file of an OpenCode session, its messages and their parts."""
    session = _decoded(_line, read_bytes(path))
    yield _BAD if session is None else Seen(version=_text(session.version))
    # .../storage/session/<project>/<session>.json
    storage = next((folder.parent for folder in PurePath(path).parents if folder.name == "session"), None)
    if storage is None:
        return
    for file in message_files(message_folder(str(storage / "session"), path)):
        message = _decoded(_message, read_bytes(file))
        if message is None:
            yield _BAD
            continue
        role = _text(message.role)
        yield Seen(None if role is None else f"message/{role}")
        parts = Path(storage, "part", PurePath(file).stem)
        for part in message_files(str(parts)):
            decoded = _decoded(_line, read_bytes(part))
            kind = None if decoded is None else _text(decoded.type)
            yield _BAD if decoded is None else Seen(None if kind is None else f"part/{kind}")


_BAD = Seen(is_bad=True)


def _decoded_lines(path: str) -> Iterator[Any]:
    """What `_decoded` gives for each line that is not blank, without a last one that is still being written."""
    data = read_bytes(path)
    whole = data.rpartition(b"\n")[0]
    for line in whole_file_lines(whole):
        if line.strip():
            yield _decoded(_line, line)
    rest = _decoded(_line, data[len(whole) :])
    if rest is not None:
        yield rest


def _decoded(decoder: msgspec.json.Decoder[Any], data: bytes) -> Any:
    """The object that `data` holds, one without any key for another JSON value; None where it is no JSON."""
    try:
        return decoder.decode(data)
    except msgspec.ValidationError:
        return decoder.type()
    except msgspec.DecodeError:
        pass
    try:
        value = jsjson.loads(data.decode(errors="replace"))
    except ValueError:
        return None
    if type(value) is not dict:
        return decoder.type()
    fields = {name: value[name] for name in decoder.type.__struct_fields__ if name in value and name != "payload"}
    return decoder.type(**fields)


def _text(value: Any) -> str | None:
    return value if type(value) is str else None
