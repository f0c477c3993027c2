"""Options whose value is empty, most often because a variable is not set: `burn content purge --session "$ID"`."""

from __future__ import annotations

from pathlib import Path

import click
import pytest

from relayburn.cli.strict import burn as root
from relayburn.cli.strict import run_strictly
from relayburn.cli.strict.misuse import commands

_VALUED = [
    (path, param.opts[0])
    for path, command in commands(root)
    for param in command.params
    if isinstance(param, click.Option) and not param.is_flag
]


@pytest.mark.parametrize(("path", "option"), _VALUED)
def test_an_empty_value_is_refused_before_anything_is_done(
    path: str, option: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)

    assert run_strictly([*path.split(" ")[1:], f"{option}="]) == 2

    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert f"'{option}'" in err
    assert not list(tmp_path.iterdir())
