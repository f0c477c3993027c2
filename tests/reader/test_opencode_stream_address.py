"""Where an event stream is asked for (reader-opencode-stream.md 8)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relayburn.errors import InvalidUrl
from relayburn.reader.opencode_stream import build_opencode_event_headers, resolve_opencode_event_url

TEXTS = st.text(st.characters(categories=["L", "N", "P", "S", "Z", "Cc", "Cs"]), max_size=20)


@pytest.mark.parametrize(
    ("base_url", "url"),
    [
        ("http://0x7f.1", "http://127.0.0.1/event"),
        ("https://Bücher.example:443/a/..", "https://xn--bcher-kva.example/event"),
        ("http:\\\\localhost\\x y", "http://localhost/x%20y"),
        ("http://h/%2e", "http://h/event"),
        ("http://h\t:8\n0/\r", "http://h/event"),
        ("other://h", "other://h/event"),
        ("other:", "other:"),
    ],
)
def test_a_url_is_read_as_a_browser_reads_it(base_url: str, url: str) -> None:
    assert resolve_opencode_event_url(base_url, env={}) == url


@pytest.mark.parametrize("base_url", ["", "/event", "//host", "http://", "http://h:99999", "http://[::1", "http://a b"])
def test_a_text_that_is_no_url_is_refused(base_url: str) -> None:
    with pytest.raises(InvalidUrl, match="Invalid URL"):
        resolve_opencode_event_url(base_url, env={})


@pytest.mark.properties
@given(st.one_of(TEXTS, TEXTS.map("http://h/{}".format), TEXTS.map("http://{}".format)), st.booleans())
def test_a_url_that_was_resolved_resolves_to_itself(base_url: str, global_events: bool) -> None:
    try:
        url = resolve_opencode_event_url(base_url, global_events=global_events, env={})
    except InvalidUrl:
        return
    assert resolve_opencode_event_url(url, global_events=global_events, env={}) == url


@pytest.mark.properties
@given(TEXTS, TEXTS)
def test_any_password_can_be_sent(user: str, password: str) -> None:
    headers = build_opencode_event_headers(
        {"OPENCODE_SERVER_USERNAME": user, "OPENCODE_SERVER_PASSWORD": password}, last_event_id=user
    )
    assert all(value.isascii() for name, value in headers.items() if name != "Last-Event-ID")
    assert ("Authorization" in headers) == bool(password)
