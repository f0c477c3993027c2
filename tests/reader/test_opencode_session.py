"""The rules of the OpenCode session reader that a recording could not explain (reader-opencode.md)."""

from __future__ import annotations

import json
import os
import pickle
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from relayburn.errors import InvalidProject, InvalidTime, NullPart, SpecialToken, UnsupportedTokenizer
from relayburn.reader.opencode import OpencodeOptions, StorageTree, parse_opencode_session, parse_session_store
from relayburn.records import UNSET, to_wire
from relayburn.semantics import CURRENT, TS_1_10
from tests.reader.opencode_tree import START_MS, Tree, step_finish, text, tokens, tool


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return Tree(tmp_path)


def test_a_prompt_colours_every_step_that_answers_it_but_goes_back_to_the_model_once(tree: Tree) -> None:
    tree.user("u", 0, text("refactor the parser"))
    tree.assistant("a", 1, tool("c1", "read", input={"filePath": "x"}, output="code"))
    tree.assistant("b", 2, tool("c2", "read", input={"filePath": "y"}))
    session = tree.parse(content_mode="full")
    assert [turn.activity for turn in session.turns] == ["refactoring", "refactoring"]
    assert [[block.kind for block in turn.blocks] for turn in session.user_turns] == [["text"], ["tool_result"]]
    assert [record.text for record in session.content if record.role == "user"] == ["refactor the parser"] * 2


def test_a_prompt_at_the_time_of_an_answer_came_before_it(tree: Tree) -> None:
    tree.assistant("a", 1)
    tree.user("u", 1, text("hi"))
    tree.assistant("b", 2)
    assert [turn.following_message_id for turn in tree.parse().user_turns] == ["a"]


def test_what_the_harness_wrote_is_measured_but_neither_classified_nor_kept(tree: Tree) -> None:
    tree.user("u", 0, text("fix the bug", synthetic=True), text("hello"))
    tree.assistant("a", 1)
    session = tree.parse(content_mode="full")
    assert session.turns[0].activity == "conversation"
    assert [record.text for record in session.content] == ["hello"]
    assert [block.byte_len for block in session.user_turns[0].blocks] == [11, 5]


def test_only_the_text_true_marks_what_the_harness_wrote_when_it_is_a_boolean(tree: Tree) -> None:
    tree.user("u", 0, text("fix the bug", synthetic="true"))
    tree.assistant("a", 1)
    assert tree.parse().turns[0].activity == "debugging"


def test_a_repeated_call_counts_once_and_its_first_part_says_whether_it_failed(tree: Tree) -> None:
    tree.assistant("a", 1, tool("c", output="ok"), tool("c", output="boom", status="error"))
    session = tree.parse()
    assert [call.id for call in session.turns[0].tool_calls] == ["c"]
    assert session.turns[0].activity == "exploration"
    assert [(event.status, event.call_index) for event in session.tool_result_events] == [
        ("completed", 0),
        ("errored", 1),
    ]


def test_the_results_of_a_turn_share_its_usage_evenly(tree: Tree) -> None:
    tree.assistant("a", 1, *(tool(f"c{n}", output="x") for n in range(3)), tokens=tokens(input=100, output=9))
    shares = [event.usage for event in tree.parse().tool_result_events]
    assert [share.input for share in shares] == [100 / 3] * 3
    assert [share.output for share in shares] == [3, 3, 3]
    assert {event.usage_attribution for event in tree.parse().tool_result_events} == {"even-split-turn"}


def test_a_token_count_that_is_no_number_is_copied_whole_and_divided_as_javascript_would(tree: Tree) -> None:
    odd = {"input": "12", "output": True, "reasoning": {}, "cache": {"read": [], "write": [[8]]}}
    tree.assistant("a", 1, tool("c1", output=""), tool("c2", output=""), tokens=odd)
    session = tree.parse()
    assert to_wire(session.turns[0].usage)["input"] == "12"
    share = session.tool_result_events[0].usage
    assert (share.input, share.output, share.cache_read, share.cache_create_5m) == (6, 0.5, 0, 4)
    assert share.reasoning != share.reasoning


def test_a_flag_can_be_set_by_a_step_alone(tree: Tree) -> None:
    tree.assistant("a", 1, step_finish("stop", input=5, output=6), tokens={"cache": {"read": None}})
    turn = tree.parse().turns[0]
    assert turn.usage.input == 0
    assert turn.fidelity.fidelity_class == "full"
    assert not turn.fidelity.coverage.has_reasoning_tokens


def test_the_last_step_that_gives_a_reason_is_why_the_turn_stopped(tree: Tree) -> None:
    tree.assistant("a", 1, step_finish("tool-calls"), step_finish(""), {"type": "step-finish", "reason": 3})
    assert tree.parse().turns[0].stop_reason == ""


@pytest.mark.parametrize(
    ("provider", "model", "expected"),
    [
        ("anthropic", "opus", "anthropic/opus"),
        ("anthropic", "", ""),
        ("", "opus", "opus"),
        ("anthropic", None, "anthropic"),
        (None, None, ""),
        ("p", 5, "p/5"),
        ("p", [1, [None, {}], True], "p/1,,[object Object],true"),
        (None, 0, 0),
        ("p", 0, 0),
    ],
)
def test_a_model_is_named_as_a_javascript_template_would(tree: Tree, provider: Any, model: Any, expected: Any) -> None:
    tree.assistant("a", 1, providerID=provider, modelID=model)
    assert tree.parse().turns[0].model == expected


def test_parts_are_ordered_by_id_as_utf16_and_not_by_file_name(tree: Tree) -> None:
    tree.assistant("a", 1)
    for name, part_id in (("1", "\ue000"), ("2", "\U0001f600"), ("3", None), ("4", "a")):
        tree.write(tree.root / "part" / "a" / f"{name}.json", {**text(name), "id": part_id})
    content = tree.parse(content_mode="full").content
    assert [record.text for record in content] == ["3", "4", "2", "1"]


def test_part_ids_that_are_numbers_are_ordered_by_value(tree: Tree) -> None:
    tree.assistant("a", 1)
    for name, part_id in (("1", 10), ("2", 9), ("3", "9.5")):
        tree.write(tree.root / "part" / "a" / f"{name}.json", {**text(name), "id": part_id})
    assert [record.text for record in tree.parse(content_mode="full").content] == ["2", "3", "1"]


def test_a_compaction_is_anchored_at_the_last_answer_before_it(tree: Tree) -> None:
    tree.assistant("a", 1, tokens=tokens(read=70))
    tree.assistant("b", 2, tokens=tokens(read=90))
    tree.user("u", 2, {"type": "compaction"}, {"type": "compaction"})
    found = tree.parse_beyond("a")
    assert [(event.preceding_message_id, event.tokens_before_compact) for event in found.events] == [("a", 70)]
    assert found.seen_message_ids == ["a", "b", "u"]


def test_messages_of_one_id_count_once_but_both_have_a_place(tree: Tree) -> None:
    for name, second in (("x", 1), ("y", 2)):
        tree.assistant("same", second)
        (tree.root / "message" / "ses_1" / "same.json").rename(tree.root / "message" / "ses_1" / f"{name}.json")
    tree.assistant("z", 3)
    assert [(turn.message_id, turn.turn_index) for turn in tree.parse().turns] == [("same", 0), ("z", 2)]


def test_a_child_session_is_a_sidechain_with_a_row_to_its_parent(tmp_path: Path) -> None:
    tree = Tree(tmp_path, parentID="ses_0")
    tree.assistant("a", 1)
    session = tree.parse()
    assert session.turns[0].subagent.is_sidechain is True
    assert [(row.relationship_type, row.related_session_id) for row in session.relationships] == [
        ("root", UNSET),
        ("subagent", "ses_0"),
    ]


def test_a_null_part_fails_the_session_unless_its_message_is_never_read(tree: Tree) -> None:
    tree.assistant("a", 1)
    tree.assistant("b", 2)
    tree.part("a", "prt_0", None)
    with pytest.raises(NullPart):
        tree.parse_beyond("a")
    assert tree.parse_beyond("a", "b").turns == []


def test_a_working_directory_that_is_no_text_fails_the_session(tree: Tree) -> None:
    tree.assistant("a", 1, path={"cwd": 7})
    with pytest.raises(InvalidProject):
        tree.parse()


@pytest.mark.parametrize("created", [8.64e15 + 1, -8.64e15 - 1, 1e300])
def test_a_time_beyond_the_calendar_fails_the_session(tree: Tree, created: float) -> None:
    tree.assistant("a", 1, time={"created": created})
    with pytest.raises(InvalidTime):
        tree.parse()


@pytest.mark.parametrize("created", [True, "1", None, [1]])
def test_a_message_without_a_time_is_no_message(tree: Tree, created: Any) -> None:
    tree.assistant("a", 1, time={"created": created})
    assert tree.parse().turns == []


def test_a_message_at_an_infinite_time_is_no_message(tree: Tree) -> None:
    value = b'{"id":"a","sessionID":"ses_1","role":"assistant","time":{"created":1e999}}'
    tree.write(tree.root / "message" / "ses_1" / "a.json", value)
    assert tree.parse().turns == []


def test_the_tokenizer_is_asked_for_only_when_there_is_a_session(tree: Tree) -> None:
    with pytest.raises(UnsupportedTokenizer):
        tree.parse(tokenizer="o200k")
    tree.session_file.write_text("{")
    assert tree.parse(tokenizer="o200k").relationships == []


def test_a_special_token_in_a_prompt_fails_the_reference_and_is_text_to_us(tree: Tree) -> None:
    tree.user("u", 0, text("what is <|endoftext|>?"))
    tree.assistant("a", 1)
    with pytest.raises(SpecialToken):
        tree.parse(tokenizer=UNSET)
    assert tree.parse(tokenizer=UNSET, semantics=CURRENT).user_turns[0].blocks[0].approx_tokens > 0


@pytest.mark.parametrize(
    ("reason", "current"),
    [("tool-calls", "tool-use"), ("stop", "end-turn"), ("length", "max-tokens"), ("?", "silent"), ("", "silent")],
)
def test_stop_reasons_are_one_closed_set_under_current_semantics(tree: Tree, reason: str, current: str) -> None:
    tree.assistant("a", 1, step_finish(reason))
    tree.assistant("b", 2)
    assert [turn.stop_reason for turn in tree.parse().turns] == [reason, UNSET]
    assert [turn.stop_reason for turn in tree.parse(semantics=CURRENT).turns] == [current, UNSET]


def test_an_integer_beyond_a_double_is_the_double_nearest_to_it(tree: Tree) -> None:
    tree.assistant("a", 1, tokens={"input": 9007199254740993})
    assert tree.parse().turns[0].usage.input == 9007199254740992


class TestFiles:
    def test_a_missing_session_file_is_an_empty_session(self, tmp_path: Path) -> None:
        found = parse_opencode_session(tmp_path / "none.json", semantics=TS_1_10)
        assert all(records == [] for records in to_wire(found).values())

    @pytest.mark.parametrize("path", ["\0", "a\0b/c", "\ud800", ""])
    def test_a_path_that_can_name_no_file_is_an_empty_session(self, path: str) -> None:
        assert parse_opencode_session(path, semantics=TS_1_10).relationships == []

    @pytest.mark.parametrize("session_id", ["", "..", "a/b", "x\0y", "\udc80", "n" * 300])
    def test_a_session_id_that_names_no_folder_finds_no_messages(self, tmp_path: Path, session_id: str) -> None:
        tree = Tree(tmp_path)
        tree.session_file.write_text(f'{{"id": {_quoted(session_id)}}}')
        assert [row.session_id for row in tree.parse().relationships] == [session_id]
        assert tree.parse().turns == []

    def test_an_id_with_a_slash_stays_below_its_folder(self, tmp_path: Path) -> None:
        tree = Tree(tmp_path, session_id="/deep/er")
        tree.session_file = tree.write(tmp_path / "session" / "global" / "s.json", {"id": "/deep/er"})
        tree.write(tmp_path / "message" / "deep" / "er" / "a.json", _assistant("a"))
        assert [turn.message_id for turn in tree.parse().turns] == ["a"]

    def test_a_relative_session_file_is_found_from_the_working_directory(
        self, tree: Tree, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        tree.assistant("a", 1)
        monkeypatch.chdir(tree.session_file.parent)
        found = parse_opencode_session(tree.session_file.name, semantics=TS_1_10)
        assert [turn.message_id for turn in found.turns] == ["a"]

    def test_a_link_to_a_session_file_is_at_home_where_the_link_is(self, tree: Tree, tmp_path: Path) -> None:
        tree.assistant("a", 1)
        link = tmp_path / "elsewhere" / "session" / "global" / "link.json"
        link.parent.mkdir(parents=True)
        link.symlink_to(tree.session_file)
        assert parse_opencode_session(link, semantics=TS_1_10).turns == []

    def test_bytes_that_are_not_utf8_are_replaced_and_the_rest_is_read(self, tree: Tree) -> None:
        tree.assistant("a", 1)
        tree.write(tree.root / "part" / "a" / "p.json", b'{"type":"text","text":"caf\xe9 \xe2\x98"}')
        assert tree.parse(content_mode="full").content[0].text == "caf\ufffd \ufffd"

    def test_a_byte_order_mark_spoils_a_file(self, tree: Tree) -> None:
        tree.write(tree.root / "message" / "ses_1" / "a.json", b"\xef\xbb\xbf" + _json(_assistant("a")))
        assert tree.parse().turns == []

    def test_names_are_ordered_by_their_bytes(self, tree: Tree) -> None:
        for name in ("\U0001f600", "\ue000", "B", "a"):
            tree.write(tree.root / "message" / "ses_1" / f"{name}.json", _assistant(name))
        assert [turn.message_id for turn in tree.parse().turns] == ["B", "a", "\ue000", "\U0001f600"]

    def test_a_name_that_is_not_utf8_cannot_be_opened(self, tree: Tree) -> None:
        tree.assistant("a", 1)
        tree.write(tree.root / "message" / "ses_1" / os.fsdecode(b"\xff.json"), _assistant("b"))
        assert [turn.message_id for turn in tree.parse().turns] == ["a"]

    def test_only_json_files_are_read_and_folders_of_that_name_are_not(self, tree: Tree) -> None:
        folder = tree.root / "message" / "ses_1"
        tree.write(folder / "a.JSON", _assistant("a"))
        tree.write(folder / "b.json.tmp", _assistant("b"))
        tree.write(folder / ".json", _assistant("c"))
        (folder / "d.json").mkdir()
        assert [turn.message_id for turn in tree.parse().turns] == ["c"]

    def test_a_file_larger_than_one_read_is_read_whole(self, tree: Tree) -> None:
        tree.assistant("a", 1, text("x" * 3_000_000))
        assert len(tree.parse(content_mode="full").content[0].text) == 3_000_000


class MemoryStore:
    """A session that lies in no file."""

    def __init__(self, tree: StorageTree) -> None:
        self._session = tree.session()
        self._messages = list(tree.messages(self._session["id"]))
        self._parts = {message["id"]: list(tree.parts(message["id"])) for message in self._messages}

    def session(self) -> Any:
        return self._session

    def messages(self, session_id: str) -> Iterator[Any]:
        return iter(self._messages)

    def parts(self, message_id: str) -> Iterator[Any]:
        return iter(self._parts[message_id])


def test_a_session_reads_the_same_from_any_store(tree: Tree) -> None:
    tree.user("u", 0, text("hi"))
    tree.assistant("a", 1, tool("c", output="x"), step_finish("stop"), tokens=tokens(input=3))
    store = MemoryStore(StorageTree(tree.session_file))
    assert parse_session_store(store, OpencodeOptions(), semantics=TS_1_10) == parse_session_store(
        StorageTree(tree.session_file), OpencodeOptions(), semantics=TS_1_10
    )


@pytest.mark.parametrize("error", [InvalidTime(1e300), NullPart("a part of a message is null")])
def test_what_fails_a_session_can_be_told_across_processes(error: Exception) -> None:
    assert str(pickle.loads(pickle.dumps(error))) == str(error)


def _assistant(message_id: str) -> dict[str, Any]:
    return {"id": message_id, "sessionID": "s", "role": "assistant", "time": {"created": START_MS}}


def _json(value: Any) -> bytes:
    return json.dumps(value).encode()


def _quoted(value: str) -> str:
    return _json(value).decode()
