"""Edit-heavy sessions, the names that count as edits and reads, and Codex's reads in a shell (patterns.md 1.3, 11)."""

from __future__ import annotations

import math

import pytest

from relayburn.analyze.patterns.detect import detect_patterns
from tests.analyze.waste_records import call, evidence, turn


def heavy(*calls, source="claude-code"):
    found = detect_patterns(evidence([turn(*calls, source=source)])).results["edit-heavy"]
    return [(row.edit_count, row.read_count, row.ratio) for row in found]


@pytest.mark.parametrize(
    ("edits", "reads", "rows"),
    [
        (4, 0, []),
        (5, 0, [(5, 0, math.inf)]),
        (20, 5, []),
        (21, 5, [(21, 5, 4.2)]),
        (5, 1, [(5, 1, 5)]),
        (4, 1, []),
    ],
)
def test_five_edits_and_more_than_four_a_read_are_heavy(edits, reads, rows):
    assert heavy(*[call("Edit")] * edits, *[call("Read")] * reads) == rows


@pytest.mark.parametrize(
    "name", ["Edit", "Write", "NotebookEdit", "MultiEdit", "apply_patch", "edit", "write_file", "write"]
)
def test_these_names_are_edits(name):
    assert heavy(*[call(name)] * 5) == [(5, 0, math.inf)]


@pytest.mark.parametrize("name", ["Read", "NotebookRead", "read_file", "view_image", "read_mcp_resource", "read"])
def test_these_names_are_reads(name):
    assert heavy(*[call("Edit")] * 5, call(name)) == [(5, 1, 5)]


@pytest.mark.parametrize("name", ["READ", "Grep", "Glob", "LS", "grep", "multiedit", "Apply_Patch", "notebookedit"])
def test_other_names_and_other_cases_are_neither(name):
    assert heavy(*[call("Edit")] * 5, call(name)) == [(5, 0, math.inf)]


def test_a_message_that_occurs_twice_is_paid_once_and_turns_without_edits_not_at_all():
    records = [turn(*[call("Edit")] * 3, index=index, message_id="same") for index in range(2)]
    (row,) = detect_patterns(evidence([*records, turn(call("Bash"), index=2)])).results["edit-heavy"]
    assert (row.edit_count, row.cost) == (6, 1)


def test_retries_are_counted_inside_each_turn():
    loop = [call("Edit"), call("Bash"), call("Edit")]
    records = [turn(*loop, index=0), turn(*loop, index=1), turn(call("Bash"), call("Edit"), index=2)]
    (row,) = detect_patterns(evidence(records)).results["edit-heavy"]
    assert row.likely_retries == 2


def is_read(command, *, name="exec_command", source="codex"):
    return heavy(*[call("apply_patch")] * 5, call(name, command), source=source) == [(5, 1, 5)]


@pytest.mark.parametrize(
    "command",
    [
        "cat README.md",
        "/usr/bin/cat a",
        '"cat" a',
        "LANG=C X=1 cat a",
        "cat ''",
        "head -n 20 a",
        "head --lines 5 a",
        "tail -5 a",
        "tail +5 a",
        "tail -n+3 a",
        "cat -A a",
        "cat 5",
        "cat 2>/dev/null a",
        "cat > out in",
        "cat 2>> out in",
        "cat &> out",
        "cat < in",
        "cat << EOF",
        "ls; cat a",
        "false || head a",
        "cd x && cat a",
        "ls\ncat a",
        'echo "x && cat a"',
        "cat 'my file'",
        "cat\u00a0a",
    ],
)
def test_these_commands_read_a_file(command):
    # `cat < in`: what follows the sign is taken for a file's name, as the reference does.
    assert is_read(command)


@pytest.mark.parametrize(
    "command",
    [
        "",
        "X=1",
        "cat",
        "cat -",
        "cat -A",
        "cat '-'",
        "head -n 20",
        "head -c 5",
        "head -n a",
        "tail --lines 5",
        "tail --lines=5",
        "tail -5",
        "head +5",
        "cat | wc",
        "cat <in",
        "cat > out",
        "cat >out",
        "cat 2> err",
        "bat a",
        "CAT a",
        "sudo cat a",
        "ls | cat a",
        "grep cat a",
        "cat\x1ca",
    ],
)
def test_these_commands_do_not(command):
    assert not is_read(command)


def test_only_codex_reads_in_a_shell():
    assert is_read("cat a", name="shell")
    assert not is_read("cat a", name="local_shell")
    assert not is_read("cat a", source="opencode")
