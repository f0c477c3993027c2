"""The lines that rollouts of Codex have had so far: `type`, or `type/payload type` where the payload has one that counts.

What is not read is known too: only a type that is not here may mean something that nobody has looked at yet.
"""

from __future__ import annotations

WITHOUT_PAYLOAD_TYPE = frozenset(("session_meta", "turn_context", "compacted", "state"))
"""Lines of one kind whatever is in their payload."""

_ITEMS = (
    *("message", "reasoning", "local_shell_call", "function_call", "function_call_output", "custom_tool_call"),
    *("custom_tool_call_output", "tool_search_call", "tool_search_output", "web_search_call"),
    *("image_generation_call", "ghost_snapshot", "compaction", "compaction_summary", "other"),
)
_EVENTS = (
    *("task_started", "task_complete", "turn_started", "turn_complete", "turn_aborted", "token_count"),
    *("user_message", "agent_message", "agent_message_delta", "agent_reasoning", "agent_reasoning_delta"),
    *("agent_reasoning_raw_content", "agent_reasoning_raw_content_delta", "agent_reasoning_section_break"),
    *("session_configured", "thread_name_updated", "thread_rolled_back", "context_compacted", "model_reroute"),
    *("exec_command_begin", "exec_command_output_delta", "exec_command_end", "terminal_interaction"),
    *("patch_apply_begin", "patch_apply_end", "mcp_tool_call_begin", "mcp_tool_call_end", "mcp_startup_update"),
    *("mcp_startup_complete", "web_search_begin", "web_search_end", "view_image_tool_call", "turn_diff"),
    *("image_generation_begin", "image_generation_end", "dynamic_tool_call_request", "dynamic_tool_call_response"),
    *("exec_approval_request", "apply_patch_approval_request", "elicitation_request", "request_user_input"),
    *("background_event", "stream_error", "error", "warning", "deprecation_notice", "plan_update", "plan_delta"),
    *("undo_started", "undo_completed", "item_started", "item_completed", "shutdown_complete"),
    *("entered_review_mode", "exited_review_mode", "hook_started", "hook_completed"),
    *("subagent_done", "subagent_finished", "subagent_terminated", "subagent_message_complete"),
    *("collab_agent_spawn_begin", "collab_agent_spawn_end", "collab_agent_interaction_begin"),
    *("collab_agent_interaction_end", "collab_waiting_begin", "collab_waiting_end", "collab_close_begin"),
    *("collab_close_end", "collab_resume_begin", "collab_resume_end"),
)

LINE_TYPES = frozenset(
    (
        *WITHOUT_PAYLOAD_TYPE,
        *(f"response_item/{name}" for name in _ITEMS),
        *(f"event_msg/{name}" for name in _EVENTS),
    )
)
