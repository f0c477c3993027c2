"""Settings: environment before file before default, and what a bad file is said to be (ledger.md 10)."""

from __future__ import annotations

from pathlib import Path

import pytest

from relayburn.ledger.config import FOREVER, Config, load_config, retention_ms
from tests.ledger.records import home_at, no_warning


def configured(tmp_path: Path, text: str, **environ: str) -> Config:
    (tmp_path / "config.json").write_text(text)
    return load_config(home_at(tmp_path, **environ), no_warning)


def test_without_a_word_everything_is_kept_for_ninety_days(tmp_path: Path) -> None:
    assert load_config(home_at(tmp_path), no_warning) == Config("full", 90)


@pytest.mark.parametrize(
    ("value", "days"),
    [
        *[("30", 30), ("0", 0), ("-1", FOREVER), ('"forever"', FOREVER), ('" FOREVER "', FOREVER), ("12.5", 12.5)],
        *[('" 1e2 "', 100), ('"0x10"', 16), ('"0B11"', 3), ('"-3"', FOREVER), ('".5"', 0.5)],
        *[('""', 90), ('"  "', 90), ('"abc"', 90), ('"7days"', 90), ("null", 90), ("true", 90), ('"Infinity"', 90)],
        *[("1e400", 90), ("[7]", 90)],
    ],
)
def test_a_retention_is_a_number_of_days_or_for_ever(tmp_path: Path, value: str, days: float) -> None:
    assert configured(tmp_path, f'{{"content":{{"retentionDays":{value}}}}}').retention_days == days


@pytest.mark.parametrize(
    ("value", "store"), [('"OFF"', "off"), ('"Hash-Only"', "hash-only"), ('" full "', "full"), ("7", "full")]
)
def test_a_store_is_one_of_three(tmp_path: Path, value: str, store: str) -> None:
    assert configured(tmp_path, f'{{"content":{{"store":{value}}}}}').store == store


def test_the_environment_comes_first_where_it_says_something(tmp_path: Path) -> None:
    text = '{"content":{"store":"off","retentionDays":7}}'

    said = configured(tmp_path, text, RELAYBURN_CONTENT_STORE="FULL", RELAYBURN_CONTENT_TTL_DAYS="1")
    silent = configured(tmp_path, text, RELAYBURN_CONTENT_STORE="", RELAYBURN_CONTENT_TTL_DAYS="soon")

    assert (said, silent) == (Config("full", 1), Config("off", 7))


@pytest.mark.parametrize("text", ["[]", "{}", '{"content":null}', '{"content":"x"}', '{"content":[]}'])
def test_a_file_without_settings_is_silent(tmp_path: Path, text: str) -> None:
    assert configured(tmp_path, text) == Config()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("null", "[burn] warning: {path} is not a JSON object; using defaults"),
        ('"x"', "[burn] warning: {path} is not a JSON object; using defaults"),
        ("{oops", "[burn] warning: invalid JSON in {path} ("),
        ("", "[burn] warning: invalid JSON in {path} ("),
    ],
)
def test_a_bad_file_is_named(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "config.json"
    path.write_text(text)
    warnings: list[str] = []

    assert load_config(home_at(tmp_path), warnings.append) == Config()
    assert [warning[: len(said.format(path=path))] for warning in warnings] == [said.format(path=path)]


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "config.json").mkdir()
    warnings: list[str] = []

    assert load_config(home_at(tmp_path), warnings.append) == Config()
    assert warnings == [f"[burn] warning: could not read {tmp_path}/config.json: Is a directory"]


def test_a_day_has_86400000_milliseconds() -> None:
    assert [retention_ms(days) for days in (0, 0.5, 90, FOREVER)] == [0, 43_200_000, 7_776_000_000, None]
