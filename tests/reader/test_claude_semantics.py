"""What `current` corrects in the Claude reader, shown beside what the reference does."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from relayburn.errors import SpecialToken
from relayburn.reader.claude import ClaudeOptions, parse_claude_session_incremental
from relayburn.records import UNSET, Usage
from relayburn.semantics import CURRENT, TS_1_10, Semantics
from tests.reader.claude_lines import assistant, log, parse, text, tool_result, tool_use, user

EARLY = {"input_tokens": 3, "output_tokens": 1, "cache_read_input_tokens": 500}
FINAL = {"input_tokens": 3, "output_tokens": 412, "cache_read_input_tokens": 500}


def only(name: str) -> Semantics:
    """The reference's semantics with one correction."""
    return replace(TS_1_10, name=f"ts-1.10+{name}", **{name: True})


class TestFinalUsage:
    lines = (assistant(usage=EARLY, stop_reason=None), assistant(usage=FINAL))

    def test_the_reference_bills_the_first_line_of_a_streamed_message(self, tmp_path: Path) -> None:
        (turn,) = parse(tmp_path, *self.lines, semantics=TS_1_10).turns

        assert turn.usage == Usage(input=3, output=1, cache_read=500)

    def test_the_last_line_with_a_usage_is_billed(self, tmp_path: Path) -> None:
        (turn,) = parse(tmp_path, *self.lines, semantics=only("final_usage")).turns

        assert turn.usage == Usage(input=3, output=412, cache_read=500)

    @pytest.mark.parametrize("last", [..., None, "none", 0])
    def test_a_last_line_without_a_usage_object_takes_nothing_away(self, tmp_path: Path, last: Any) -> None:
        (turn,) = parse(tmp_path, *self.lines, assistant(usage=last), semantics=only("final_usage")).turns

        assert turn.usage == Usage(input=3, output=412, cache_read=500)

    def test_a_late_first_usage_is_not_lost(self, tmp_path: Path) -> None:
        (turn,) = parse(tmp_path, assistant(usage=...), *self.lines, semantics=only("final_usage")).turns

        assert turn.usage.output == 412


class TestSpecialTokensAreText:
    line = user("see <|endoftext|> there")

    def test_the_reference_fails_the_whole_session(self, tmp_path: Path) -> None:
        with pytest.raises(SpecialToken, match=r"not allowed: <\|endoftext\|>$"):
            parse(tmp_path, self.line, tokenizer=UNSET, semantics=TS_1_10)

    def test_the_token_is_counted_as_the_text_it_is(self, tmp_path: Path) -> None:
        semantics = only("special_tokens_are_text")

        (turn,) = parse(tmp_path, self.line, tokenizer=UNSET, semantics=semantics).user_turns

        pieces = ["see", " <|", "endo", "ft", "ext", "|", ">", " there"]
        assert turn.blocks[0].approx_tokens == len(pieces)


class TestPromptByParent:
    def test_a_prompt_typed_while_the_answer_streams_does_not_colour_it(self, tmp_path: Path) -> None:
        lines = (
            user("fix the bug", "p1", parentUuid=None),
            user("now review it", "p2", parentUuid="a1"),
            assistant(content=[text("Done.")], uuid="a1", parentUuid="p1"),
        )

        (theirs,) = parse(tmp_path, *lines, semantics=TS_1_10).turns
        (ours,) = parse(tmp_path, *lines, semantics=only("prompt_by_parent")).turns

        assert (theirs.activity, ours.activity) == ("review", "debugging")

    def test_a_subagent_answers_its_own_prompt(self, tmp_path: Path) -> None:
        lines = (
            user("brainstorm names", "main"),
            user("refactor the parser", "side", isSidechain=True),
            user("brainstorm more names", "main2", parentUuid="main"),
            assistant(uuid="a1", parentUuid="side", isSidechain=True),
        )

        (theirs,) = parse(tmp_path, *lines, semantics=TS_1_10).turns
        (ours,) = parse(tmp_path, *lines, semantics=only("prompt_by_parent")).turns

        assert (theirs.activity, ours.activity) == ("brainstorming", "refactoring")

    def test_a_task_notification_is_no_prompt(self, tmp_path: Path) -> None:
        lines = (
            user("refactor the parser", "p1"),
            user("Task failed with an error", "n1", parentUuid="p1", origin={"kind": "task-notification"}),
            assistant(uuid="a1", parentUuid="n1"),
        )

        theirs = parse(tmp_path, *lines, semantics=TS_1_10)
        ours = parse(tmp_path, *lines, semantics=only("prompt_by_parent"))

        assert (theirs.turns[0].activity, ours.turns[0].activity) == ("debugging", "refactoring")
        assert [turn.user_uuid for turn in theirs.user_turns] == ["p1", "n1"]
        assert [turn.user_uuid for turn in ours.user_turns] == ["p1"]

    def test_a_queued_notification_is_no_prompt_either(self, tmp_path: Path) -> None:
        attachment = {"type": "queued_command", "commandMode": "task-notification"}
        lines = (user("outline it", "p1"), user("an error", "n1", attachment=attachment), assistant())

        ours = parse(tmp_path, *lines, semantics=only("prompt_by_parent"))

        assert ours.turns[0].activity == "planning"

    def test_lines_of_other_types_carry_the_chain_on(self, tmp_path: Path) -> None:
        lines = (
            user("refactor the parser", "p1"),
            {"type": "progress", "uuid": "g1", "parentUuid": "p1"},
            user("what if", "p2"),
            assistant(uuid="a1", parentUuid="g1"),
        )

        (ours,) = parse(tmp_path, *lines, semantics=only("prompt_by_parent")).turns

        assert ours.activity == "refactoring"

    @pytest.mark.parametrize("parent", [None, "unknown", "a1", 7])
    def test_a_broken_chain_falls_back_to_the_order_of_the_file(self, tmp_path: Path, parent: Any) -> None:
        lines = (user("refactor the parser", "p1"), assistant(uuid="a1", parentUuid=parent))

        (ours,) = parse(tmp_path, *lines, semantics=only("prompt_by_parent")).turns

        assert ours.activity == "refactoring"


class TestSkillActivity:
    triad = (
        user("Caveat: the messages below were made by local commands", "c1"),
        user("<command-name>/review</command-name>", "c2", parentUuid="c1"),
        user("<local-command-stdout>ok</local-command-stdout>", "c3", parentUuid="c2"),
    )

    @pytest.mark.parametrize("parent", ["c1", "c2", "c3"])
    def test_a_turn_that_answers_a_slash_command_is_a_skill(self, tmp_path: Path, parent: str) -> None:
        lines = (*self.triad, assistant(parentUuid=parent))

        (theirs,) = parse(tmp_path, *lines, semantics=TS_1_10).turns
        (ours,) = parse(tmp_path, *lines, semantics=only("skill_activity")).turns

        assert (theirs.activity, ours.activity) == ("conversation", "skill")

    def test_edits_and_retries_of_a_skill_stay_visible(self, tmp_path: Path) -> None:
        edit = [tool_use("t1", "Edit", file_path="a.py", old_string="a", new_string="b")]

        (turn,) = parse(
            tmp_path, *self.triad, assistant(content=edit, parentUuid="c3"), semantics=only("skill_activity")
        ).turns

        assert (turn.activity, turn.has_edits, turn.retries) == ("skill", True, 0)

    def test_two_thirds_of_a_command_are_no_command(self, tmp_path: Path) -> None:
        lines = (*self.triad[:2], assistant(parentUuid="c2"))

        (turn,) = parse(tmp_path, *lines, semantics=only("skill_activity")).turns

        assert turn.activity != "skill"

    def test_the_three_lines_must_come_in_order(self, tmp_path: Path) -> None:
        caveat, command, output = self.triad

        (turn,) = parse(
            tmp_path, output, command, caveat, assistant(parentUuid="c3"), semantics=only("skill_activity")
        ).turns

        assert turn.activity != "skill"

    def test_the_output_of_a_command_may_stand_in_a_tool_result(self, tmp_path: Path) -> None:
        output = user([tool_result("t0", "<local-command-stdout>x")], "c3", parentUuid="c2")
        lines = (*self.triad[:2], output, assistant(parentUuid="c3"))

        (turn,) = parse(tmp_path, *lines, semantics=only("skill_activity")).turns

        assert turn.activity == "skill"

    def test_one_caveat_serves_one_command_only(self, tmp_path: Path) -> None:
        second = (
            user("<command-name>/other</command-name>", "d2", parentUuid="c1"),
            user("<local-command-stdout>", "d3", parentUuid="d2"),
        )
        lines = (*self.triad, *second, assistant("m1", parentUuid="c3"), assistant("m2", parentUuid="d3", uuid="a2"))

        first, other = parse(tmp_path, *lines, semantics=only("skill_activity")).turns

        assert first.activity == "skill"
        assert other.activity != "skill"


class TestStopReasons:
    @pytest.mark.parametrize(
        ("logged", "normalized"),
        [
            ("end_turn", "end-turn"),
            ("stop", "end-turn"),
            ("max_tokens", "max-tokens"),
            ("length", "max-tokens"),
            ("tool_use", "tool-use"),
            ("tool-calls", "tool-use"),
            ("pause_turn", "pause-turn"),
            ("stop_sequence", "stop-sequence"),
            (" Refusal ", "refusal"),
            ("silent", "silent"),
            ("something_new", "silent"),
            ("", "silent"),
        ],
    )
    def test_a_stop_reason_is_one_of_a_closed_set(self, tmp_path: Path, logged: str, normalized: str) -> None:
        (theirs,) = parse(tmp_path, assistant(stop_reason=logged), semantics=TS_1_10).turns
        (ours,) = parse(tmp_path, assistant(stop_reason=logged), semantics=only("stop_reasons")).turns

        assert (theirs.stop_reason, ours.stop_reason) == (logged, normalized)

    def test_a_turn_that_never_said_why_it_stopped_has_no_stop_reason(self, tmp_path: Path) -> None:
        (ours,) = parse(tmp_path, assistant(stop_reason=None), semantics=only("stop_reasons")).turns

        assert ours.stop_reason is UNSET


class TestLastRecordWins:
    def increments(self, tmp_path: Path, semantics: Semantics, *parts: bytes) -> list[Any]:
        file = tmp_path / "session.jsonl"
        file.touch()
        found, start = [], 0
        for part in parts:
            with file.open("ab") as growing:
                growing.write(part)
            options = ClaudeOptions(tokenizer="heuristic", start_offset=start)
            found.append(parse_claude_session_incremental(file, options, semantics=semantics))
            start = found[-1].end_offset
        return found

    def test_the_reference_gives_the_rest_of_a_message_as_a_turn_of_its_own(self, tmp_path: Path) -> None:
        parts = (
            log(assistant(content=[tool_use("t1")], usage=EARLY)),
            log(assistant(content=[text("b")], usage=FINAL)),
        )

        first, second = self.increments(tmp_path, TS_1_10, *parts)

        assert [turn.usage.output for turn in first.turns] == [1]
        assert [turn.usage.output for turn in second.turns] == [412]
        assert second.turns[0].tool_calls == []

    def test_a_message_that_went_on_is_given_again_whole(self, tmp_path: Path) -> None:
        parts = (
            log(assistant(content=[tool_use("t1")], usage=EARLY)),
            log(assistant(content=[text("b")], usage=FINAL)),
        )

        first, second = self.increments(tmp_path, CURRENT, *parts)

        assert [turn.usage.output for turn in first.turns] == [1]
        (turn,) = second.turns
        assert turn.usage.output == 412
        assert [call.id for call in turn.tool_calls] == ["t1"]

    def test_a_late_error_marks_the_call_that_failed(self, tmp_path: Path) -> None:
        parts = (log(assistant(content=[tool_use("t1")])), log(user([tool_result("t1", is_error=True)])))

        _, theirs = self.increments(tmp_path / "a", TS_1_10, *parts)
        _, ours = self.increments(tmp_path / "b", CURRENT, *parts)

        assert theirs.turns == []
        assert [call.is_error for call in ours.turns[0].tool_calls] == [True]

    def test_a_prompt_is_given_again_when_its_answer_is_read(self, tmp_path: Path) -> None:
        parts = (log(user("hello, how are you?")), log(assistant("m1")))

        first, second = self.increments(tmp_path, CURRENT, *parts)

        assert first.user_turns[0].following_message_id is UNSET
        assert [turn.following_message_id for turn in second.user_turns] == ["m1"]
        assert second.user_turns[0].blocks == first.user_turns[0].blocks

    def test_nothing_is_given_twice_without_a_reason(self, tmp_path: Path) -> None:
        parts = (log(user("hello"), assistant("m1")), log(user("more", "u2"), assistant("m2", uuid="a2")))

        _, second = self.increments(tmp_path, CURRENT, *parts)

        assert [turn.message_id for turn in second.turns] == ["m2"]
        assert [turn.user_uuid for turn in second.user_turns] == ["u2"]
        assert second.relationships == []

    @pytest.fixture(autouse=True)
    def folders(self, tmp_path: Path) -> None:
        (tmp_path / "a").mkdir()
        (tmp_path / "b").mkdir()
