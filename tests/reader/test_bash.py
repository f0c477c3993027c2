"""How the verb of a shell command is named (classifier.md 9)."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from relayburn.reader.bash import SHELL, BashVerb, parse_bash_command


def verb(command: str) -> str | None:
    found = parse_bash_command(command)
    return found and found.normalized


def test_a_verb_without_subcommand_says_so():
    assert parse_bash_command("ls -la") == BashVerb("ls", None)
    assert parse_bash_command("git push") == BashVerb("git", "push")


@pytest.mark.parametrize(
    "command", ["", "  ", "\ufeff\u00a0", "&& ls", "; ls", "| ls", "A=1", "a=1 B=2", "()", "( )", "env", '""']
)
def test_nothing_is_left_to_name(command):
    assert verb(command) is None


@pytest.mark.parametrize(
    "command",
    [
        "cat <<EOF\nx\nEOF",
        "cat <<- EOF",
        "cat <<< word",
        "echo $((1<<2))",
        "echo '<< x'",
        "for i in a; do ls; done",
        "if-x",
        "for",
        "while true; do ls; done",
        "select x",
        "function f { ls; }",
        "{ ls; }",
        "{\u00a0ls",
        "echo 'open",
        'echo "open',
        "echo (",
        "echo )",
        ")(",
    ],
)
def test_what_is_more_than_a_command_is_a_shell(command):
    assert parse_bash_command(command) == SHELL


@pytest.mark.parametrize(
    ("command", "name"), [("{ls;}", "{ls"), ("fork", "fork"), ("iffy", "iffy"), ("a <<", "a"), ("ls {", "ls")]
)
def test_what_only_resembles_a_compound_command_is_none(command, name):
    assert verb(command) == name


@pytest.mark.parametrize(
    ("command", "name"),
    [
        ("ls && pwd", "ls"),
        ("ls || pwd", "ls"),
        ("ls | wc", "ls"),
        ("ls\npwd", "ls"),
        ("ls & pwd", "ls"),
        ("ls&pwd", "ls&pwd"),
        ("'a && b' c", "a && b"),
        ("a\\;b", "a;b"),
        ("a\\\nb c", "a\nb"),
        ('"a \\" && b" c', 'a " && b'),
        ("'a\\' && b", "a\\"),
        ("$(a && b) c", "$(a"),
        ("# comment\nls", "#"),
        ("sudo git push", "sudo"),
        ("git\u0085push", "git\u0085push"),
        ("git\u00a0push", "git push"),
        ("ls \\", "ls"),
        ("\\", "\\"),
    ],
)
def test_a_command_ends_at_its_first_operator_outside_quotes(command, name):
    assert verb(command) == name


@pytest.mark.parametrize(
    ("command", "name"),
    [
        ("cd app && npm test", "npm test"),
        ("cd app; npm test", "npm test"),
        ("cd app && cd sub && make x", "make x"),
        ("A=1 cd app && ls", "ls"),
        ("cd a || exit; npm test", "npm test"),
        ("cd 'a && b' && ls", "ls"),
        ("cd a\nls", "cd"),
        ("ls\ncd x && y", "ls"),
        ("cdx && ls", "cdx"),
        ("cd a | ls", "cd"),
        ("cd a &&", None),
        ("cd app && CI=1 npm run build -- --x", "npm build"),
    ],
)
def test_changing_the_directory_first_is_passed_over(command, name):
    assert verb(command) == name


@pytest.mark.parametrize(
    ("command", "name"),
    [
        ("(ls)", "ls"),
        ("( git push )", "git push"),
        ("(a) (b)", "(a)"),
        ("(a) && b", "a"),
        ("((a))", "a"),
        ("(cd x; ls)", "ls"),
    ],
)
def test_parentheses_around_everything_come_off(command, name):
    assert verb(command) == name


@pytest.mark.parametrize(("wrappers", "name"), [(5, "ls"), (6, "(shell)")])
def test_five_wrappers_come_off_and_no_more(wrappers, name):
    assert verb("(" * wrappers + " ls " + ")" * wrappers) == name
    assert verb("cd x; " * wrappers + "ls") == name
    assert verb("env " * wrappers + "ls") == name


@pytest.mark.parametrize(
    ("command", "name"),
    [
        ('bash -c "npm test"', "npm test"),
        ("sh -lc 'git push'", "git push"),
        ("zsh script.sh -c ls", "ls"),
        ("/bin/bash -euc ls", "ls"),
        ("bash --rcfile x", "bash"),
        ("bash -c", "bash"),
        ("bash script.sh", "bash"),
        ("bash -c ''", "bash"),
        ("bash -c ' '", None),
        ("bash -xc -c ls", "-c"),
    ],
)
def test_a_shell_is_looked_into(command, name):
    assert verb(command) == name


@pytest.mark.parametrize(
    ("command", "name"),
    [
        ("env A=1 ls", "ls"),
        ("env -i a=1 git push", "git push"),
        ("env -- A=1 ls", "ls"),
        ("env -u HOME ls", "HOME"),
        ('env bash -c "npm test"', "npm"),
        ('env echo "it\'s"', "(shell)"),
        ("env A=1", None),
    ],
)
def test_env_is_looked_through_and_quoting_is_lost(command, name):
    assert verb(command) == name


@pytest.mark.parametrize(
    ("command", "name"),
    [
        ("python -m pytest -q", "pytest"),
        ("python3 -m pip install x", "pip install"),
        ("python -m pip", "pip"),
        ("python -m pip --config x list", "pip list"),
        ("python -W error -m mypy .", "mypy"),
        ("python -Werror -m mypy .", "mypy"),
        ("python -X dev -m x/y/mod", "mod"),
        ("python script.py -m x", "python"),
        ("python -c x -m y", "python"),
        ("python - -m y", "python"),
        ("python -- -m y", "python"),
        ("python -m", "python"),
        ("python3.11 -m pip install x", "python3.11"),
    ],
)
def test_a_python_module_stands_for_python(command, name):
    assert verb(command) == name


@pytest.mark.parametrize(
    ("command", "name"),
    [
        ('git -C repo commit -m "a b"', "git commit"),
        ("git --git-dir=x push", "git push"),
        ("git --git-dir x push", "git push"),
        ("git --no-pager log", "git log"),
        ("git - push", "git push"),
        ("git -- push", "git push"),
        ("git -C", "git"),
        ('git "" push', "git push"),
        ("/usr/bin/git push", "git push"),
        ("ls push", "ls"),
        ("node --test a", "node --test"),
        ("node a --test", "node --test"),
        ("node --tests", "node"),
        ("npm run build", "npm build"),
        ("npm run -s build", "npm -s"),
        ("npm run", "npm run"),
        ("npm --prefix x run y", "npm y"),
        ("cargo run x", "cargo run"),
        ("npm \\\n test", "npm \n"),
        ("docker compose up", "docker compose up"),
        ("docker compose -f x up", "docker compose -f"),
        ("docker compose", "docker compose"),
        ("docker --context x ps", "docker x"),
        ("gh pr view 1", "gh pr view"),
        ("gh api x", "gh api"),
        ("go mod tidy", "go mod tidy"),
        ("uv pip install x", "uv pip install"),
        ("uv run pytest", "uv run"),
        ("a\"b 'c'\"'d'", "ab 'c'd"),
        ("/ x", "/"),
        ("x/ y", "x"),
    ],
)
def test_a_subcommand_is_the_first_word_after_options(command, name):
    assert verb(command) == name


@pytest.mark.parametrize(
    "unit", ["'", '"', '"#', "\\", "(", "()", "env ", "cd a; ", "a=1 ", "&& ", "<", "git -C a ", "-W x "]
)
def test_half_a_megabyte_of_one_thing_is_read_in_passing(unit):
    huge = unit * (500_000 // len(unit))

    verb(f"python {huge}")


# Laws

WORDS = ["cd", "git", "npm", "run", "push", "python", "-m", "env", "bash", "-c", "A=1", "--", "-C", "for"]
MARKS = ["'", '"', "\\", "(", ")", "&&", ";", "|", "\n", "\u0085", "\u2028", "<<", "{", "\ud800", "/", *" " * 6]
PIECES = st.sampled_from(WORDS + MARKS)
COMMANDS = st.lists(PIECES, max_size=12).map("".join) | st.text(st.characters())
PLAIN_WORDS = st.text("abcxyz./_", min_size=1).filter(lambda word: word not in ("cd", "."))


@pytest.mark.properties
@given(COMMANDS)
def test_whatever_is_asked_there_is_an_answer(command):
    found = parse_bash_command(command)

    assert found is None or (found.binary and found.normalized.startswith(found.binary))


@pytest.mark.properties
@given(COMMANDS, st.sampled_from(["", " ", "\n", "\ufeff"]))
def test_white_space_around_a_command_does_not_matter(command, space):
    assume(not command.endswith("\\"))

    assert verb(space + command + space) == verb(command)


@pytest.mark.properties
@given(PLAIN_WORDS, PLAIN_WORDS)
def test_quotes_around_a_word_do_not_matter(program, argument):
    plain = verb(f"{program} {argument}")

    assert verb(f"'{program}' \"{argument}\"") == plain


@pytest.mark.properties
@given(PLAIN_WORDS)
def test_wrappers_do_not_change_the_verb(word):
    plain = verb(f"git {word}")

    for wrapped in (
        "(git {})",
        "cd x && git {}",
        "A=1 git {}",
        "env A=1 git {}",
        "bash -c 'git {}'",
        "git {} && ls | wc",
    ):
        assert verb(wrapped.format(word)) == plain
