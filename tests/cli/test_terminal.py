"""What is drawn on a terminal, and that it is drawn nowhere else."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest

from relayburn.cli.columns import Kind, kinds_of
from relayburn.cli.drawing import Terminal
from relayburn.cli.report import Table, plain, write_report
from relayburn.cli.shell import Shell
from relayburn.ingest.discovery import untold
from relayburn.ingest.harnesses import CLAUDE
from relayburn.ingest.harvest import Failed, Settled
from relayburn.ingest.metering import Meter, Metered
from relayburn.ingest.readers import ReadHere
from relayburn.ledger.home import Home
from relayburn.semantics import CURRENT, TS_1_10, Semantics
from tests.cli.burning import burn, leave_session
from tests.cli.terminals import burn_on_terminal

_ROWS = [
    ("file", "calls", "cost"),
    ("/home/me/projects/shop/src/cart/total.ts", "12", "$1.00"),
    ("/home/me/projects/shop/src/invoice/render.test.ts", "3", "$0.300"),
    ("README.md", "1,024", "$0.0010"),
]
_SEQUENCE = re.compile(r"\x1b\[[0-9;]*m")


class _Tty(io.StringIO):
    """A text in memory that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def _written(stdout: io.StringIO, semantics: Semantics = CURRENT, **variables: str) -> str:
    shell = Shell(variables, "/", io.StringIO(), stdout, io.StringIO(), semantics)
    write_report(shell, ["spent:", Table(_ROWS, indent="  "), "", "that is all"])
    return stdout.getvalue()


_PLAIN = "\n".join(["spent:", plain(Table(_ROWS, indent="  ")), "", "that is all", ""])


@pytest.mark.parametrize(
    ("stdout", "semantics", "variables"),
    [
        (io.StringIO, CURRENT, {"TERM": "xterm"}),
        (_Tty, CURRENT, {"TERM": "dumb"}),
        (_Tty, CURRENT, {"TERM": "xterm", "NO_COLOR": "1"}),
        (_Tty, TS_1_10, {"TERM": "xterm"}),
    ],
)
def test_a_report_is_plain_unless_a_terminal_may_draw(
    stdout: type[io.StringIO], semantics: Semantics, variables: dict[str, str]
) -> None:
    assert _written(stdout(), semantics, **variables) == _PLAIN


def test_a_terminal_shows_the_same_cells_with_figures_to_the_right() -> None:
    drawn = _written(_Tty(), TERM="xterm", COLUMNS="100")

    assert _SEQUENCE.search(drawn)
    assert _SEQUENCE.sub("", drawn).splitlines() == [
        "spent:",
        "  file                                               calls     cost",
        "  /home/me/projects/shop/src/cart/total.ts              12    $1.00",
        "  /home/me/projects/shop/src/invoice/render.test.ts      3   $0.300",
        "  README.md                                          1,024  $0.0010",
        "",
        "that is all",
    ]


def test_a_narrow_terminal_shortens_paths_in_the_middle() -> None:
    drawn = Terminal(40, {"TERM": "xterm"}).drawn(_ROWS, kinds_of(_ROWS))

    assert _SEQUENCE.sub("", drawn).splitlines() == [
        "file                      calls     cost",
        "/home/m…rc/cart/total.ts     12    $1.00",
        "/home/m…e/render.test.ts      3   $0.300",
        "README.md                 1,024  $0.0010",
    ]


def test_amounts_are_coloured_by_their_share_of_the_greatest() -> None:
    drawn = Terminal(100, {"TERM": "xterm-256color"}).drawn(_ROWS, kinds_of(_ROWS)).splitlines()

    assert ["1;31m" in drawn[1], "33m" in drawn[2], "\x1b[2m" in drawn[3]] == [True, True, True]


def test_wide_characters_count_twice() -> None:
    rows = [("model", "turns"), ("模型模型模型模型", "1"), ("x", "20")]

    lines = _SEQUENCE.sub("", Terminal(19, {"TERM": "xterm"}).drawn(rows, kinds_of(rows))).splitlines()

    assert lines == ["model         turns", "模…模型模型       1", "x                20"]


@pytest.mark.parametrize(
    ("column", "kind"),
    [
        (["turns", "1", "1,234", "—"], "figure"),
        (["share", "12%", "3.5%"], "figure"),
        (["ratio", "∞", "1.2×"], "figure"),
        (["cost", "$1.00", "$0.0010", "-"], "money"),
        (["saved", "$-1.2340", "$2.00 (3 calls)"], "money"),
        (["where", "src/a.py", "/etc/hosts"], "path"),
        (["file", "a", "b"], "path"),
        (["model", "anthropic/claude", "4"], "name"),
        (["session", "12345678"], "name"),
        (["last seen", "2026-03-12"], "text"),
        (["command", "cat src/a"], "name"),
        (["note", "ls -l /tmp", "12"], "text"),
        (["empty", "", "—"], "text"),
    ],
)
def test_the_cells_say_what_a_column_holds(column: list[str], kind: Kind) -> None:
    assert kinds_of([[cell] for cell in column]) == [kind]


def test_a_row_may_end_early_and_a_table_be_empty() -> None:
    terminal = Terminal(80, {"TERM": "xterm"})

    assert _SEQUENCE.sub("", terminal.drawn([("a", "b"), ("x",)], kinds_of([("a", "b"), ("x",)]))) == "a  b\nx"
    assert terminal.drawn([], []).strip() == ""


def test_the_installed_command_draws_on_a_terminal_and_not_in_a_pipe(tmp_path: Path) -> None:
    piped = burn(tmp_path, "prices", "claude-opus-4").stdout
    drawn = burn_on_terminal(tmp_path, "prices", "claude-opus-4", columns=70)

    assert "\x1b[" in drawn.written
    assert max(map(len, drawn.text.splitlines()[:-1])) <= 70
    assert burn_on_terminal(tmp_path, "prices", "claude-opus-4", "--no-color").written == piped
    assert burn_on_terminal(tmp_path, "--no-color", "prices", "claude-opus-4").written == piped


def test_progress_vanishes_from_a_terminal_and_leaves_the_report(tmp_path: Path) -> None:
    leave_session(tmp_path)

    told = burn_on_terminal(tmp_path, "ingest")

    assert told.returncode == 0
    assert "ingesting session stores" in told.text
    assert "ingesting" not in told.written.rpartition("\x1b[2K")[2].partition("[burn] ingest: ")[0]
    assert told.written.endswith("[burn] ingest: ingested 1 session (+1 turn)\n")


def test_what_is_told_meanwhile_stands_in_lines_of_its_own(tmp_path: Path) -> None:
    session = leave_session(tmp_path)
    session.write_bytes(b"")
    session.unlink()
    session.mkdir()
    home = tmp_path / ".relayburn"
    home.mkdir()
    (home / "config.json").write_text("{")

    told = burn_on_terminal(tmp_path, "ingest")

    assert re.search(r"(^|\n|\x1b\[2K)\[burn\] warning: invalid JSON in [^\n]*; using defaults\n", told.written)


def test_a_build_server_sees_no_progress(tmp_path: Path) -> None:
    leave_session(tmp_path)
    burn(tmp_path, "ingest")

    assert burn_on_terminal(tmp_path, "ingest", CI="true").written == "[burn] ingest: ingested 0 sessions (+0 turns)\n"


def test_a_dumb_terminal_is_told_in_lines(tmp_path: Path) -> None:
    leave_session(tmp_path)
    burn(tmp_path, "ingest")

    told = burn_on_terminal(tmp_path, "ingest", TERM="dumb")

    assert told.written == "[burn] ingesting session stores\n[burn] ingest: ingested 0 sessions (+0 turns)\n"


def test_a_meter_knows_how_much_there_is_before_the_first_file_is_read(tmp_path: Path) -> None:
    sizes = [leave_session(tmp_path, name).stat().st_size for name in ("a", "b")]
    home = Home(tmp_path / ".relayburn", tmp_path, {})
    steps = [file.plan(None, "full", CURRENT) for file in CLAUDE.files(home, CURRENT, untold)]
    heard: list[Meter] = []

    with Metered(ReadHere(), heard.append) as readers:
        outcomes = list(readers.outcomes([Settled("a"), *steps, Failed("b", "gone")]))

    assert [outcome.path for outcome in outcomes] == ["a", *(step.path for step in steps), "b"]
    assert heard == [Meter(2, sum(sizes)), Meter(2, sum(sizes), 1, sizes[0]), Meter(2, sum(sizes), 2, sum(sizes))]
