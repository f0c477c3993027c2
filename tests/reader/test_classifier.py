"""Why turns are classified as they are (classifier.md 1-8)."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from relayburn.reader.activity_rules import DELEGATION_TOOLS, EDIT_TOOLS
from relayburn.reader.classifier import Activity, classify_activity, count_retries, normalize_tool_name
from relayburn.records import UNSET, ToolCall
from tests.reader import activity_patterns as spec

LONG_S = "\u017f"
KELVIN = "\u212a"


def call(name: str, target: Any = UNSET, **fields: Any) -> ToolCall:
    return ToolCall(**({"id": "toolu_1", "name": name, "args_hash": "0" * 16, "target": target} | fields))


def bash(*commands: str) -> list[ToolCall]:
    return [call("Bash", command) for command in commands]


def tools(letters: str) -> list[ToolCall]:
    return [call({"E": "Edit", "B": "Bash", "R": "Read"}[letter]) for letter in letters]


def activity_of(calls: list[ToolCall], text: str = "", failed: bool = False, reasoning: Any = 0) -> str:
    return classify_activity(calls, text, failed, reasoning).activity


def activity_of_command(command: str) -> str:
    return activity_of(bash(command))


def activity_of_text(text: str) -> str:
    return activity_of([call("Read")], text)


# Tool names


@pytest.mark.parametrize(
    ("alias", "canonical"),
    [("apply_patch", "Edit"), ("exec_command", "Bash"), ("update_plan", "ExitPlanMode"), ("task", "Task")],
)
def test_an_alias_counts_as_its_canonical_tool(alias, canonical):
    assert normalize_tool_name(alias) == canonical


@pytest.mark.parametrize(
    "name",
    ["list", "patch", "multiedit", "todowrite", "websearch", "EDIT", "edit ", "mcp__git__commit", "", "toString"],
)
def test_a_name_outside_the_table_stays_and_names_no_known_tool(name):
    assert normalize_tool_name(name) == name
    assert activity_of([call(name, "git push")]) == "exploration"


@pytest.mark.parametrize("name", [None, UNSET, 5, ["Edit"], {}])
def test_a_stored_call_without_a_proper_name_is_an_unknown_tool(name):
    assert classify_activity([call(name)], "", False) == Activity("exploration", 0, False)
    assert count_retries([call(name)]) == 0


# Retries


@pytest.mark.parametrize(
    ("letters", "retries"),
    [("EBE", 1), ("EBEBE", 2), ("EBEE", 1), ("EBRE", 1), ("EEBBE", 1), ("BEE", 0), ("EBEB", 1), ("", 0), ("BBB", 0)],
)
def test_a_retry_is_an_edit_after_a_command_after_an_edit(letters, retries):
    assert count_retries(tools(letters)) == retries


def test_every_edit_tool_counts_for_retries():
    assert count_retries([call("Write"), call("shell"), call("apply_patch"), call("bash"), call("MultiEdit")]) == 2


# The order of the rules


@pytest.mark.parametrize("tool", [*sorted(DELEGATION_TOOLS), "spawn_agent", "wait_agent", "task"])
def test_delegation_beats_everything(tool):
    calls = [call("ExitPlanMode"), call("Edit", "a.md"), call(tool)]

    assert activity_of(calls, "fix the bug", failed=True) == "delegation"


def test_a_plan_beats_edits():
    assert activity_of([call("Edit", "a.py"), call("update_plan")], "fix the bug") == "planning"


def test_retries_and_edits_are_told_whatever_the_activity():
    assert classify_activity([*tools("EBEBE"), call("Task")], "", False) == Activity("delegation", 2, True)


@pytest.mark.parametrize("tool", sorted(EDIT_TOOLS))
def test_an_edit_without_more_is_coding(tool):
    assert activity_of([call(tool, "a.py")]) == "coding"


def test_a_failed_edit_turn_is_debugging_even_on_documents():
    assert activity_of([call("Edit", "a.md")], "add this", failed=True) == "debugging"


@pytest.mark.parametrize(("letters", "activity"), [("EBE", "coding"), ("EBEBE", "debugging")])
def test_two_retries_are_debugging(letters, activity):
    assert activity_of(tools(letters)) == activity


def test_an_edit_turn_is_docs_only_when_every_edit_is_on_a_document():
    assert activity_of([call("Edit", "a.md"), call("Write", "docs/x.py")], "fix the bug") == "docs"
    assert activity_of([call("Edit", "a.md"), call("Write", "x.py")], "plan the design") == "coding"


@pytest.mark.parametrize("target", ["", UNSET, None, 5])
def test_an_edit_without_a_target_is_on_no_document(target):
    assert activity_of([call("Edit", "a.md"), call("Edit", target)]) == "coding"


def test_edits_beat_commands():
    assert activity_of([call("Bash", "pytest"), call("Edit", "a.py")]) == "coding"


@pytest.mark.parametrize(
    ("text", "activity"),
    [
        ("add and refactor the bug", "debugging"),
        ("add and refactor", "refactoring"),
        ("review and add", "feature"),
        ("review the design plan", "coding"),
    ],
)
def test_keywords_of_an_edit_turn_leave_out_review_and_idle_talk(text, activity):
    assert activity_of([call("Edit", "a.py")], text) == activity


def test_a_failed_tool_is_debugging_even_without_calls():
    assert activity_of([], "", failed=True) == "debugging"
    assert activity_of(bash("pytest"), failed=True) == "debugging"


def test_the_mark_on_a_call_is_not_read():
    assert activity_of([call("Read", is_error=True)]) == "exploration"


def test_the_first_command_with_a_family_wins():
    assert activity_of(bash("ls", "git push", "pytest")) == "git"


def test_inside_one_command_the_family_order_wins():
    assert activity_of_command("git push && pytest") == "testing"


def test_commands_beat_keywords():
    assert activity_of(bash("git push"), "fix the bug") == "git"


@pytest.mark.parametrize(
    ("text", "activity"),
    [
        ("add refactor review bug", "debugging"),
        ("add refactor review", "review"),
        ("add refactor", "refactoring"),
        ("add", "feature"),
        ("plan the design", "exploration"),
        ("", "exploration"),
    ],
)
def test_keywords_of_a_turn_without_edits(text, activity):
    assert activity_of([call("Read")], text) == activity


@pytest.mark.parametrize(
    ("text", "reasoning", "activity"),
    [
        ("plan the design", 5, "brainstorming"),
        ("plan", 5, "planning"),
        ("hello", 5, "reasoning"),
        ("hello", 0, "conversation"),
        ("hello", -1, "conversation"),
        ("hello", "12", "reasoning"),
        ("hello", True, "reasoning"),
        ("hello", "many", "conversation"),
        ("hello", None, "conversation"),
        ("hello", {}, "conversation"),
        ("bug", 5, "debugging"),
    ],
)
def test_a_turn_without_calls_is_judged_by_text_then_by_reasoning(text, reasoning, activity):
    assert activity_of([], text, reasoning=reasoning) == activity


# Commands


@pytest.mark.parametrize(
    ("command", "activity"),
    [
        ("CI=1 pytest", "testing"),
        ("A=1 B=2 pytest", "testing"),
        ("RUNNER=jest ls", "exploration"),
        ("runner=jest ls", "testing"),
        ("A= jest", "testing"),
        ("A=1", "exploration"),
        ("A=1 ", "exploration"),
        ("A=jest", "testing"),
        ('M="a jest" ls', "testing"),
        ('M="jest a" ls', "exploration"),
        ("\u00a0X=jest\ufeffls", "exploration"),
        ("X=jest\u0085ls", "testing"),
        ("   ", "exploration"),
        ("", "exploration"),
    ],
)
def test_upper_case_assignments_in_front_are_no_part_of_a_command(command, activity):
    assert activity_of_command(command) == activity


def test_a_call_without_command_is_passed_over():
    assert activity_of([call("Bash"), call("Bash", None), call("Bash", "git log")]) == "review"


@pytest.mark.parametrize(
    ("command", "activity"),
    [
        ("npm run test:unit", "testing"),
        ("npm test-x", "testing"),
        ("cat jest.config.js", "testing"),
        ("cat docs/pytest.md", "testing"),
        ('echo "git push"', "git"),
        ("ls # git push", "git"),
        ("git log-x", "review"),
        ("my-git push", "git"),
        ("npm tests", "exploration"),
        ("git difftool", "exploration"),
        ("xgit push", "exploration"),
        ("_jest", "exploration"),
        ("jest2", "exploration"),
        ("épytesté", "testing"),
        ("Jest", "exploration"),
        ("cypre" + LONG_S + "s", "exploration"),
    ],
)
def test_words_end_where_ascii_letters_digits_and_underscores_end(command, activity):
    assert activity_of_command(command) == activity


@pytest.mark.parametrize(
    "command",
    [
        "git -C repo status",
        "npm -w web test",
        "make -j4 test",
        "git\u0085push",
        "git\x1cpush",
        "git\u200bpush",
        "git'push'",
    ],
)
def test_the_words_of_a_command_must_be_adjacent(command):
    assert activity_of_command(command) == "exploration"


@pytest.mark.parametrize("space", [" ", "\t", "\n", "\u00a0", "\ufeff", "\u2028", "\u3000", " \r\n "])
def test_any_javascript_white_space_stands_between_words(space):
    assert activity_of_command(f"git{space}push") == "git"


@pytest.mark.parametrize(
    ("command", "activity"),
    [
        ("black .", "format"),
        ("black --check .", "verification"),
        ("black --check a; black b", "format"),
        ("black .\n--check", "format"),
        ("black .\r--check", "format"),
        ("black .\u2028--check", "format"),
        ("black .\u0085--check", "verification"),
        ("--check; black .", "format"),
        ("black --checked", "format"),
        ("cargo fmt", "format"),
        ("cargo\nfmt --check", "verification"),
        ("cargo fmt --check\ncargo fmt", "format"),
        ("eslint a --fix", "format"),
        ("eslint a --fix-dry-run", "format"),
        ("eslint a --fixed", "verification"),
        ("eslint a\n--fix", "verification"),
        ("eslint_d --fix", "exploration"),
        ("biome check --apply", "format"),
        ("biome check .", "verification"),
        ("prettier --write .", "format"),
        ("prettier . -w", "format"),
        ("prettier . -w\nls", "format"),
        ("prettier a-w .", "format"),
        ("prettier --write,", "exploration"),
        ("prettier -w;", "exploration"),
        ("prettier --check", "verification"),
        ("prettier .\n--check", "exploration"),
        ("prettier --check -w x", "format"),
        ("ls; prettier a\nprettier b --check", "verification"),
    ],
)
def test_a_flag_counts_on_the_line_of_its_command_and_after_it(command, activity):
    assert activity_of_command(command) == activity


@pytest.mark.parametrize(
    ("command", "activity"),
    [
        ("tsc", "verification"),
        ("tsc --build", "build-deploy"),
        ("tsc --builder", "verification"),
        ("tsc; tsc --build", "verification"),
        ("tsc --build; tsc", "verification"),
        ("tsc\u0085--build", "verification"),
        ("npx tsc -p . --build", "verification"),
        ("pm2 list", "build-deploy"),
        ("pm2", "exploration"),
        ("pm2\n", "build-deploy"),
        ("python3 -m pip install x", "deps"),
        ("uv pip install x", "deps"),
        ("uv pip list", "exploration"),
        ("python -m pytest", "testing"),
        ("bun test", "testing"),
        ("apt-get install x", "deps"),
        ("apt install x", "deps"),
        ("go mod tidy", "deps"),
        ("go mod why", "exploration"),
        ("golangci-lint run", "verification"),
        ("golangci lint run", "exploration"),
        ("docker compose build", "build-deploy"),
        ("docker compose up", "exploration"),
        ("gh pr view 1", "review"),
        ("gh pr list", "exploration"),
        ("terraform validate", "verification"),
        ("terraform plan", "build-deploy"),
        ("git cherry-pick x", "git"),
        ("git cherry x", "exploration"),
        ("git stash", "git"),
    ],
)
def test_a_command_belongs_to_its_family(command, activity):
    assert activity_of_command(command) == activity


# Documents


@pytest.mark.parametrize(
    "target",
    [
        "a.md",
        "A.MD",
        "a.mdx",
        "a.rst",
        "a.adoc",
        "requirements.txt",
        "CMakeLists.txt",
        "README",
        "readme",
        "x/README.py",
        "README.",
        "README.\n",
        "changelog.d",
        "docs/a.py",
        "x/docs/a.py",
        "/docs/",
    ],
)
def test_a_document_is_known_by_its_path(target):
    assert activity_of([call("Edit", target)]) == "docs"


@pytest.mark.parametrize(
    "target",
    [
        "a.md ",
        "a.md\n",
        "a.mdc",
        "README\n",
        "xREADME",
        "README.d/a.py",
        "READMES",
        "Docs/a.py",
        "mydocs/a.py",
        "docs",
        "C:\\docs\\x.py",
        "LICENSE",
        f"CHANGELOG.{LONG_S}/x",
    ],
)
def test_a_path_that_only_looks_like_a_document_is_none(target):
    assert activity_of([call("Edit", target)]) == "coding"


# Keywords


@pytest.mark.parametrize(
    ("text", "activity"),
    [
        ("BUG", "debugging"),
        ("bug-free", "debugging"),
        ("ébugè", "debugging"),
        ("error:", "debugging"),
        ("throw", "debugging"),
        ("throws", "debugging"),
        ("stacktrace", "debugging"),
        ("Stack\n\ufeff Trace", "debugging"),
        ("FIX\tTHE", "debugging"),
        ("not working", "debugging"),
        ("pre-review", "review"),
        ("code review", "review"),
        ("look over", "review"),
        ("clean up", "refactoring"),
        ("move this", "refactoring"),
        ("new\u00a0feature", "feature"),
        ("support for", "feature"),
        ("build the", "feature"),
    ],
)
def test_a_keyword_counts_as_a_whole_word_in_any_ascii_case(text, activity):
    assert activity_of_text(text) == activity


@pytest.mark.parametrize(
    "text",
    [
        "bugs errors crashed adding created reviewed renamed thrown",
        "_bug_ bug2",
        "fix these",
        "prefix the",
        "fix, the",
        "fix\u0085the",
        "stack-trace",
        "not  workings",
        f"{LONG_S}tack trace",
        f"cra{LONG_S}h",
        f"not wor{KELVIN}ing",
        f"loo{KELVIN} over",
        f"bro{KELVIN}en",
        "f\u0131x the",
        "f\u0130x the",
    ],
)
def test_a_word_that_only_resembles_a_keyword_is_none(text):
    assert activity_of_text(text) == "exploration"


def test_a_phrase_is_found_after_a_false_start():
    assert activity_of_text("prefix the fix-the fix \ud800 the; then fix the") == "debugging"


@pytest.mark.parametrize(
    ("text", "activity"),
    [
        ("what if", "brainstorming"),
        ("explore ideas", "brainstorming"),
        ("explored", "conversation"),
        ("approaches", "brainstorming"),
        ("should we", "brainstorming"),
        ("planning", "planning"),
        ("plans", "conversation"),
    ],
)
def test_idle_keywords(text, activity):
    assert activity_of([], text) == activity


@pytest.mark.parametrize(
    "unit", ["prettier ", "black ", "cargo\n", "npm run ", "A=1 ", "fix ", "stack\t", "/README.", "tsc  "]
)
def test_a_megabyte_of_near_misses_is_read_in_passing(unit):
    huge = unit * (1_000_000 // len(unit))

    classify_activity([call("Bash", huge)], huge, False)
    classify_activity([call("Edit", huge)], huge, False)


# Laws

COMMANDS = """
    pytest python -m bun test npm yarn run node --test make git status log push cherry-pick gh pr view pip pip3 install uv
    go mod tidy apt apt-get prettier --write -w --check eslint --fix --fix-dry-run biome check format --apply black cargo
    fmt ruff tsc --build lint typecheck golangci-lint golangci terraform plan docker compose build pm2 kubectl apply helm
    vercel up A=1 X_2=y b=c
"""
TALK = """
    bug crash stack trace stacktrace fix the not working throw throws review look over code clean up move this add new
    feature build support for what if think through explore ideas should we approach approaches plan planning
"""
VOCABULARY = st.sampled_from(COMMANDS.split())
WORDS = st.sampled_from(TALK.split())
GAPS = st.sampled_from(
    [
        *" " * 6,
        "\n",
        "\r",
        "\u2028",
        "\u2029",
        "\u0085",
        "\t",
        "  ",
        "\u00a0",
        "\ufeff",
        "; ",
        " && ",
        "-",
        ".",
        "_",
        "",
        "é",
        "\ud800",
    ]
)


def sentences(words: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    spelt = st.one_of(words, words.map(str.upper), words.map(lambda word: f"{word}s"))
    return st.lists(st.tuples(spelt, GAPS), max_size=10).map(lambda pairs: "".join(map("".join, pairs)))


@pytest.mark.properties
@given(sentences(VOCABULARY) | st.text())
@example("prettier\nprettier a --check")
def test_the_tables_mean_the_patterns_of_the_spec_for_commands(command):
    assert activity_of_command(command) == (spec.bash_activity(command) or "exploration")


@pytest.mark.properties
@given(sentences(WORDS) | st.text())
def test_the_tables_mean_the_patterns_of_the_spec_for_texts(text):
    working = spec.keyword_activity(text, "debugging", "review", "refactoring", "feature")
    editing = spec.keyword_activity(text, "debugging", "refactoring", "feature")
    talking = working or spec.keyword_activity(text, "brainstorming", "planning")

    assert activity_of([call("Read")], text) == (working or "exploration")
    assert activity_of([call("Edit", "a.py")], text) == (editing or "coding")
    assert activity_of([], text) == (talking or "conversation")


@pytest.mark.properties
@given(sentences(st.sampled_from(["README", "Changelog", ".md", ".TXT", "docs", "/", ".", "a"])) | st.text())
def test_the_tables_mean_the_patterns_of_the_spec_for_paths(target):
    assert activity_of([call("Edit", target)]) == ("docs" if spec.is_document(target) else "coding")


CALLS = st.lists(
    st.builds(
        call,
        st.sampled_from(["Edit", "write", "Bash", "shell", "Read", "Task", "ExitPlanMode", "mcp__x"]) | st.text(),
        st.just(UNSET) | sentences(VOCABULARY) | st.sampled_from(["a.md", "a.py"]),
    ),
    max_size=6,
)


@pytest.mark.properties
@given(CALLS, sentences(WORDS), st.booleans(), st.integers(-1, 1), st.data())
def test_ids_hashes_and_marks_of_calls_change_nothing(calls, text, failed, reasoning, data):
    others = [
        ToolCall(
            id=data.draw(st.text()),
            name=original.name,
            args_hash=data.draw(st.text()),
            target=original.target,
            is_error=data.draw(st.sampled_from([True, UNSET])),
            edit_pre_hash=data.draw(st.text()),
        )
        for original in calls
    ]

    assert classify_activity(others, text, failed, reasoning) == classify_activity(calls, text, failed, reasoning)


@pytest.mark.properties
@given(CALLS, st.text(st.characters()), st.booleans(), st.none() | st.text() | st.floats() | st.lists(st.integers()))
def test_whatever_is_given_there_is_an_answer(calls, text, failed, reasoning):
    answer = classify_activity(calls, text, failed, reasoning)

    assert answer.retries == count_retries(calls)
    assert answer.has_edits == any(normalize_tool_name(each.name) in EDIT_TOOLS for each in calls)
