"""What `burn content` does: remove what was said in sessions.

In: a `Shell` and settled options. Out: an exit code; a report on stdout, as text or JSON.
"""

from __future__ import annotations

from relayburn.cli.formats import bytes_text, counted, json_text
from relayburn.cli.shell import Shell
from relayburn.ledger.config import Days, load_config
from relayburn.ledger.purge import purge_content


def purge(shell: Shell, *, older_than: Days | None, session: str | None, as_json: bool) -> int:
    """Remove stored content, of all sessions or of one, of any age or older than some days."""
    home = shell.home
    report = purge_content(home, older_than=older_than, session=session, semantics=shell.semantics)
    if as_json:
        shell.say(json_text({"sessionsPurged": report.files_deleted, "bytesFreed": report.bytes_freed}))
        return 0
    size = bytes_text(report.bytes_freed, unit="bytes")
    shell.say(f"removed the content of {counted(report.files_deleted, 'session')} ({size}) below {home.content}")
    if report.files_deleted and load_config(home, shell.tell).store == "full":
        shell.remark(
            "new sessions go on being stored; to keep no content, set RELAYBURN_CONTENT_STORE=off "
            'or put {"content": {"store": "off"}} into config.json'
        )
    return 0
