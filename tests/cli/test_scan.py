"""The lenient scanner of cli.md 2."""

from __future__ import annotations

import pytest

from relayburn.cli.scan import Scan, scan


@pytest.mark.parametrize(
    ("tokens", "found"),
    [
        (["--json", "foo"], Scan(flags={"json": "foo"})),
        (["--json"], Scan(flags={"json": True})),
        (["--days=-1"], Scan(flags={"days": "-1"})),
        (["--days", "-1"], Scan(flags={"days": True}, words=["-1"])),
        (["--since="], Scan(flags={"since": ""})),
        (["--=x"], Scan(flags={"=x": True})),
        (["--since", "7d", "--since=1d"], Scan(flags={"since": "1d"})),
        (["--tag", "--json"], Scan()),
        (["--tag", "a=b=c", "--tag=d="], Scan(tags={"a": "b=c", "d": ""})),
        (["--tag", "=v", "--tag", "novalue"], Scan()),
        (["--tag"], Scan(flags={"tag": True})),
        (["-x", "-", "word"], Scan(words=["-x", "-", "word"])),
        (["claude", "--", "--a", "--", "b"], Scan(words=["claude"], passed_through=["--a", "b"])),
    ],
)
def test_each_token_has_the_effect_of_its_form(tokens: list[str], found: Scan) -> None:
    assert scan(tokens) == found


def test_a_flag_with_a_value_is_not_set() -> None:
    found = scan(["--by-tool", "yes", "--quality"])

    assert (found.is_set("by-tool"), found.value("by-tool")) == (False, "yes")
    assert (found.is_set("quality"), found.value("quality")) == (True, None)
