"""Ghosts: what is installed and never used (ghost-surface.md)."""

from __future__ import annotations

from pathlib import Path

import pytest

from relayburn.analyze.ghost_surface.candidates import SurfacePlaces, claude_candidates, codex_candidates
from relayburn.analyze.ghost_surface.detect import Ghost, detect_ghost_surface
from relayburn.analyze.ghost_surface.finding import archive_folder, ghost_finding
from relayburn.analyze.ghost_surface.names import (
    claude_command_names,
    codex_slash_invocations,
    observed_names_by_source,
    stem,
)
from relayburn.analyze.ghost_surface.opencode_config import opencode_candidates
from relayburn.analyze.ghost_surface.use import (
    SurfaceUse,
    representative_cache_read_rate,
    session_count_by_source,
    stored_user_texts,
    surface_use,
)
from relayburn.errors import LogUnreadable, SurfaceUnreadable, UnsafeSessionId
from relayburn.records import UNSET, Subagent
from tests.analyze.waste_records import TABLE, call, turn


@pytest.fixture
def places(tmp_path):
    return SurfacePlaces(str(tmp_path / "claude"), str(tmp_path / "codex"), (str(tmp_path / "web"),), str(tmp_path))


def put(root, path, text="x"):
    target = root / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, encoding="utf-8")


def names(candidates):
    return [candidate.basename for candidate in candidates]


def use(observed=None, texts=UNSET, sessions=None, price=0.001):
    return SurfaceUse(
        observed_names_by_source=observed or {},
        session_count_by_source=sessions or {},
        dollar_per_token=price,
        user_turn_text_by_session=texts,
    )


def test_claude_code_offers_markdown_of_three_folders_in_byte_order(tmp_path, places):
    for name in ("b.md", "B.md", "a.markdown", "é.md", ".md", "no.MD", "no.txt"):
        put(tmp_path, f"claude/agents/{name}")
    put(tmp_path, "claude/commands/c.md")
    put(tmp_path, "claude/skills/s.md")
    put(tmp_path, "claude/other/o.md")
    found = claude_candidates(places)
    assert names(found) == [".md", "B.md", "a.markdown", "b.md", "é.md", "s.md", "c.md"]
    assert [one.kind for one in found[-2:]] == ["ghost-skill", "ghost-command"]


def test_folders_links_and_what_lies_deeper_are_no_files(tmp_path, places):
    put(tmp_path, "claude/skills/pdf/SKILL.md")
    put(tmp_path, "claude/skills/folder.md/inner.md")
    put(tmp_path, "claude/skills/real.md")
    (tmp_path / "claude/skills/link.md").symlink_to("real.md")
    assert names(claude_candidates(places)) == ["real.md"]


def test_a_folder_that_is_missing_or_a_file_offers_nothing(tmp_path, places):
    assert claude_candidates(places) == []
    put(tmp_path, "claude/agents")
    assert claude_candidates(places) == []
    put(tmp_path, "codex")
    assert codex_candidates(places) == []


def test_a_folder_that_cannot_be_read_is_an_error(tmp_path, places):
    # A link to itself fails for everyone, where a folder without permissions is open to root.
    (tmp_path / "claude").mkdir()
    (tmp_path / "claude/agents").symlink_to("agents")
    with pytest.raises(SurfaceUnreadable):
        claude_candidates(places)


def test_a_path_that_cannot_be_one_is_an_error(places):
    with pytest.raises(SurfaceUnreadable):
        claude_candidates(SurfacePlaces("/\0", "/", (), "/"))


@pytest.mark.parametrize(("size", "tokens"), [(0, 0), (1, 1), (4, 1), (5, 2)])
def test_a_file_has_a_token_for_four_bytes(tmp_path, places, size, tokens):
    put(tmp_path, "claude/agents/a.md", "x" * size)
    assert [one.size_tokens for one in claude_candidates(places)] == [tokens]


def test_codex_offers_all_but_hidden_files_data_pictures_and_archives(tmp_path, places):
    taken = ["plan", "plan.md", "notes.txt", "run.py", "a.yamlx", "tar"]
    for name in [
        *taken,
        ".plan.md",
        "a.json",
        "a.JSONL",
        "a.yml",
        "a.yaml",
        "a.toml",
        "a.PNG",
        "a.jpeg",
        "a.tar",
        "a.gz",
    ]:
        put(tmp_path, f"codex/prompts/{name}")
    put(tmp_path, "codex/memories/m")
    put(tmp_path, "codex/rules/r")
    put(tmp_path, "codex/skills/s")
    found = codex_candidates(places)
    assert names(found) == [*sorted(taken), "s", "r", "m"]
    assert [one.kind for one in found[-3:]] == ["ghost-skill", "ghost-rule", "ghost-memory"]


def test_opencode_offers_declared_skills_then_commands_then_files(tmp_path, places):
    config = '{"commands": {"ship": {"x": 12.50}, "noop": null}, "skills": {"b": {}, "10": {}, "9": {}, "a": {}}}'
    put(tmp_path, "web/opencode.json", config)
    put(tmp_path, "web/skills/z.md")
    put(tmp_path, "web/.opencode/skills/y.md")
    found = opencode_candidates(places)
    assert names(found) == ["9", "10", "b", "a", "ship", "noop", "y.md", "z.md"]
    assert [one.size_tokens for one in found] == [0, 0, 0, 0, 3, 1, 1, 1]
    assert [one.counted_by_catalog_bloat for one in found] == [True] * 4 + [UNSET] * 4
    assert found[0].path == f"{places.opencode_projects[0]}/opencode.json#/skills/9"


@pytest.mark.parametrize(
    ("value", "tokens"), [('"' + "é" * 6 + '"', 2), ('"' + "\U0001f680" * 3 + '"', 2), ("null", 1), ("[1e21]", 2)]
)
def test_a_command_is_sized_by_the_utf_16_units_of_its_json(tmp_path, places, value, tokens):
    put(tmp_path, "web/opencode.json", f'{{"commands": {{"c": {value}}}}}')
    assert [one.size_tokens for one in opencode_candidates(places)] == [tokens]


def test_skills_may_be_a_list_of_texts_and_commands_may_not(tmp_path, places):
    put(tmp_path, "web/opencode.json", '{"skills": ["a", 1, "b", "a"], "commands": ["c"]}')
    assert names(opencode_candidates(places)) == ["a", "b"]


@pytest.mark.parametrize("config", ["", "{", "null", "[]", '"x"', "\ufeff{}", '{"skills": "a", "commands": 1}'])
def test_a_config_that_holds_no_object_declares_nothing(tmp_path, places, config):
    put(tmp_path, "web/opencode.json", config)
    put(tmp_path, "web/skills/kept.md")
    assert names(opencode_candidates(places)) == ["kept.md"]


def test_a_config_that_is_there_and_cannot_be_read_is_an_error(tmp_path, places):
    (tmp_path / "web/opencode.json").mkdir(parents=True)
    with pytest.raises(SurfaceUnreadable):
        opencode_candidates(places)
    put(tmp_path, "file")
    with pytest.raises(SurfaceUnreadable):
        opencode_candidates(SurfacePlaces("/", "/", (str(tmp_path / "file"),), "/"))


def test_a_project_listed_twice_is_read_twice_and_relative_paths_stay_relative(tmp_path):
    put(tmp_path, "web/skills/a.md")
    found = opencode_candidates(SurfacePlaces("/", "/", ("./web", "web/../web"), str(tmp_path)))
    assert [one.path for one in found] == ["web/skills/a.md"] * 2


@pytest.mark.parametrize(
    ("basename", "name"),
    [
        ("a.md", "a"),
        ("release.v2.md", "release.v2"),
        (".md", ".md"),
        (".hidden.md", ".hidden"),
        ("plain", "plain"),
        ("", ""),
    ],
)
def test_a_stem_is_the_name_without_its_last_extension(basename, name):
    assert stem(basename) == name


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("<command-name>/ship</command-name>", ["ship"]),
        ("<Command-Name>\u00a0/ns:do-it.v2/x\n</cOMMAND-nAME>", ["ns:do-it.v2/x"]),
        ("<command-name>//x</command-name>", ["/x"]),
        ("<command-name>/</command-name>", ["/"]),
        ("<command-name>b</command-name><command-name>a</command-name><command-name>b</command-name>", ["b", "a"]),
        ("<command-name>/ship now</command-name>", []),
        ("<command-name>/café</command-name>", []),
        ("<command-name>\x1cx</command-name>", []),
        ("<command-name></command-name>", []),
        ("<command-name>/open", []),
    ],
)
def test_claude_code_notes_slash_commands(text, found):
    assert claude_command_names({"s": [text]}) == found


def prompts(tmp_path, places, *basenames):
    for name in basenames:
        put(tmp_path, f"codex/prompts/{name}")
    return codex_candidates(places)


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("/plan", True),
        ("do /PLAN.", True),
        ("//plan", True),
        ("(/plan)", True),
        ("/plan.md", True),
        ("/plan/sub", True),
        ("é/plané", True),
        ("x/plan /plan", True),
        ("/plans", False),
        ("/plan-b", False),
        ("/plan_b", False),
        ("x/plan", False),
        ("http://host/plan", False),
        ("plan", False),
        ("/plan2", False),
    ],
)
def test_a_prompt_behind_a_slash_is_seen(tmp_path, places, text, seen):
    assert codex_slash_invocations({"s": [text]}, prompts(tmp_path, places, "plan.md")) == ["plan"] * seen


def test_stems_are_given_as_on_disk_text_by_text_in_candidate_order(tmp_path, places):
    candidates = prompts(tmp_path, places, "Review.md", "plan.md", "plan.txt", "PLAN", "deep.dive.md", "deep.md")
    texts = {"a": ["/plan /review"], "b": ["/deep.dive"]}
    assert names(candidates)[:3] == ["PLAN", "Review.md", "deep.dive.md"]
    assert codex_slash_invocations(texts, candidates) == ["plan", "Review", "deep.dive", "deep"]


def test_what_was_seen_in_its_own_harness_is_no_ghost_whatever_the_case(tmp_path, places):
    for name in ("Used.md", "ghost.md", "elsewhere.md", "release.v2.md", "typed.md"):
        put(tmp_path, f"claude/agents/{name}")
    ghosts = detect_ghost_surface(
        use(
            {"claude-code": ["uSED", "release.v2", "ghost.md"], "codex": ["elsewhere"]},
            {"claude-code": {"s": ["<command-name>/TYPED</command-name>"]}, "codex": {"s": ["/elsewhere"]}},
        ),
        places,
    )
    assert sorted(Path(one.path).name for one in ghosts) == ["elsewhere.md", "ghost.md"]


def test_a_declared_skill_loses_its_last_dotted_part_too(tmp_path, places):
    put(tmp_path, "web/opencode.json", '{"skills": ["perf.audit"]}')
    assert len(detect_ghost_surface(use({"opencode": ["perf.audit"]}), places)) == 1
    assert detect_ghost_surface(use({"opencode": ["perf"]}), places) == []


def test_a_ghost_costs_its_tokens_in_every_session_of_its_harness(tmp_path, places):
    put(tmp_path, "claude/agents/a.md", "x" * 4000)
    (ghost,) = detect_ghost_surface(use(sessions={"claude-code": 3, "codex": 9}), places)
    assert (ghost.cost_per_session, ghost.cost, ghost.session_count) == (1, 3, 3)
    (unseen,) = detect_ghost_surface(use(), places)
    assert (unseen.cost_per_session, unseen.cost, unseen.session_count) == (1, 0, 0)


def test_a_declared_skill_costs_nothing_here(tmp_path, places):
    put(tmp_path, "web/opencode.json", '{"skills": ["a"]}')
    (ghost,) = detect_ghost_surface(use(sessions={"opencode": 3}), places)
    assert (ghost.cost_per_session, ghost.cost, ghost.counted_by_catalog_bloat) == (0, 0, True)


def test_ghosts_are_ranked_by_cost_then_size_then_path_in_locale_order(tmp_path, places):
    for name in ("a-b.md", "ab.md", "9.md", "10.md", "B.md", "a.md", "A.md"):
        put(tmp_path, f"claude/agents/{name}", "xxxx")
    put(tmp_path, "claude/agents/large.md", "x" * 40)
    put(tmp_path, "codex/prompts/dear", "xxxx")
    ghosts = detect_ghost_surface(use(sessions={"codex": 1}), places)
    assert [Path(one.path).name for one in ghosts] == [
        *("dear", "large.md", "10.md", "9.md", "a-b.md", "a.md", "A.md", "ab.md", "B.md")
    ]


def test_names_are_collected_as_logged_call_by_call_then_the_subagent():
    records = [
        turn(call("Task"), call("Skill", skill_name="pdf"), call("Task"), subagent=Subagent(subagent_type="reviewer")),
        turn(call("Skill", skill_name=""), subagent=Subagent(), index=1),
        turn(source="codex"),
    ]
    assert observed_names_by_source(records) == {"claude-code": ["Task", "Skill", "pdf", "reviewer"], "codex": []}


def test_sessions_are_counted_once_a_harness():
    records = [turn(), turn(index=1), turn(session="t"), turn(source="codex")]
    assert session_count_by_source(records) == {"claude-code": 2, "codex": 1}


@pytest.mark.parametrize(
    ("models", "rate"),
    [(["cheap", "m"], 0.125e-6), (["m", "cheap", "cheap"], 0.125e-6), (["x", "x", "m"], 0.5e-6), (["x/m"], 0), ([], 0)],
)
def test_the_most_used_model_that_stands_in_the_table_as_logged_gives_the_price(models, rate):
    assert representative_cache_read_rate([turn(model=model) for model in models], TABLE) == rate


def test_only_harnesses_whose_users_type_commands_are_asked_for_texts():
    asked = []

    def texts(session):
        asked.append(session)
        return ["hi"] if session == "a" else []

    records = [
        turn(session="a"),
        turn(session="a", index=1),
        turn(session="b", source="codex"),
        turn(source="opencode"),
    ]
    seen = surface_use(records, TABLE, texts)
    assert asked == ["a", "b"]
    assert seen.user_turn_text_by_session == {"claude-code": {"a": ["hi"]}}
    assert surface_use([], TABLE, texts).user_turn_text_by_session is UNSET


def test_what_a_user_typed_is_read_from_stored_content(tmp_path):
    lines = [
        '{"role":"user","kind":"text","text":"one"}',
        "",
        " \t",
        "no json",
        '"text"',
        '{"role":"assistant","kind":"text","text":"no"}',
        '{"role":"user","kind":"tool_result","text":"no"}',
        '{"role":"user","kind":"text","text":""}',
        '{"role":"user","kind":"text","text":5}',
        '\ufeff{"role":"user","kind":"text","text":"two"}\r',
        '{"role":"user","kind":"text","text":"no end"}',
    ]
    (tmp_path / "s.1-a.jsonl").write_text("\n".join(lines), encoding="utf-8")
    assert stored_user_texts(tmp_path, "s.1-a") == ["one", "two", "no end"]
    assert stored_user_texts(tmp_path, "missing") == []


@pytest.mark.parametrize("session_id", ["../evil", "", ".", ".a", "a/b", "a\n", "é", "a" * 129, 5, None])
def test_a_session_id_that_cannot_name_a_file_is_an_error(tmp_path, session_id):
    with pytest.raises(UnsafeSessionId, match="invalid sessionId for content path"):
        stored_user_texts(tmp_path, session_id)
    assert stored_user_texts(tmp_path, "a" * 128) == []


def test_content_that_is_there_and_cannot_be_read_is_an_error(tmp_path):
    (tmp_path / "s.jsonl").mkdir()
    with pytest.raises(LogUnreadable):
        stored_user_texts(tmp_path, "s")


def ghost(path="/h/.claude/agents/code-reviewer.md", **values):
    defaults = {
        "source": "claude-code",
        "kind": "ghost-agent",
        "path": path,
        "size_tokens": 1500,
        "cost": 6,
        "cost_per_session": 0.5,
        "session_count": 12,
    }
    return Ghost(**defaults | values)


def test_a_file_is_archived_with_its_path_quoted_for_the_shell():
    finding = ghost_finding(ghost("/h/bob's $HOME.md"), "/mnt/it's")
    assert finding.title == "Ghost agent: bob's $HOME.md (claude-code)"
    (action,) = finding.actions
    assert (action.type, action.label) == ("command", "Archive ghost ghost-agent")
    assert action.text == r"mkdir -p '/mnt/it'\''s' && mv '/h/bob'\''s $HOME.md' '/mnt/it'\''s/'"


@pytest.mark.parametrize(
    ("path", "name", "text"),
    [
        ("/w/opencode.json#/skills/triage", "triage", "Edit /w/opencode.json and remove the entry at /skills/triage."),
        ("/w/opencode.json#/commands/a/b", "b", "Edit /w/opencode.json and remove the entry at /commands/a/b."),
        ("/w/opencode.json#/skills/x/", "x", "Edit /w/opencode.json and remove the entry at /skills/x/."),
        ("/c/c#-helper.md", "c", "Edit /c/c and remove the entry at -helper.md."),
        ("/c/#draft.md", "", "Edit /c/ and remove the entry at draft.md."),
    ],
)
def test_a_path_with_a_hash_sign_is_taken_for_an_entry_of_a_config(path, name, text):
    finding = ghost_finding(ghost(path), "/a")
    assert finding.title == f"Ghost agent: {name} (claude-code)"
    assert (finding.actions[0].type, finding.actions[0].text) == ("paste", text)


@pytest.mark.parametrize(
    ("per_session", "severity"), [(0.0499, "info"), (0.05, "warn"), (0.4999, "warn"), (0.5, "high")]
)
def test_the_cost_of_one_session_decides_the_severity(per_session, severity):
    assert ghost_finding(ghost(cost=900, cost_per_session=per_session), "/a").severity == severity


def test_sessions_and_the_catalogue_are_mentioned_where_there_are_any():
    assert "Observed across 12 claude-code session(s)" in ghost_finding(ghost(), "/a").detail
    assert "Observed across" not in ghost_finding(ghost(session_count=0), "/a").detail
    assert "reported as $0 here" in ghost_finding(ghost(counted_by_catalog_bloat=True), "/a").detail
    assert "reported as $0 here" not in ghost_finding(ghost(counted_by_catalog_bloat=False), "/a").detail


def test_the_archive_lies_in_the_home():
    assert archive_folder("/home/dana") == "/home/dana/.relayburn/ghost-archive"
