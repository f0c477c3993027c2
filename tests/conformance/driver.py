"""A subject for tests: does what each request tells it to, most of it wrong.

`python driver.py [how to start]`. A request's `args.do` names one of the deeds below, `args.with` is what it is done with.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from typing import Any


def say(value: Any) -> None:
    """One line of JSON on stdout."""
    print(json.dumps(value), flush=True)


def act(number: int, args: dict[str, Any]) -> None:
    """Answer request `number` as `args` say."""
    given = args.get("with")
    match args["do"]:
        case "answer":
            say({"id": number, "output": given})
        case "nan":
            say({"id": number, "output": float("nan")})
        case "error":
            say({"id": number, "error": given})
        case "raw":
            print(given.replace("ID", str(number)), flush=True)
        case "exit":
            sys.exit(given)
        case "abort":
            os.abort()
        case "end the job":
            os.kill(os.getppid(), signal.SIGKILL)
        case "hang":
            time.sleep(60)
        case "drip":
            while True:
                print(" ", end="", flush=True)
                time.sleep(0.01)
        case "torn":
            print('{"id":', end="", flush=True)
            sys.exit(0)
        case "deaf":
            os.close(0)
            time.sleep(60)
        case "mute":
            os.close(1)
            time.sleep(60)
        case "flood stderr":
            sys.stderr.write("noise without end " * given)
            sys.stderr.write("\nlast words\n")
            sys.stderr.flush()
            say({"id": number, "output": "heard"})
        case "complain and exit":
            sys.stderr.write("panicked at src/main.rs:7\n")
            sys.exit(101)
        case "large":
            say({"id": number, "output": "x" * given})
        case "twice":
            say({"id": number, "output": given})
            say({"id": number, "output": given})


def start(how: str) -> None:
    """The handshake, or what comes instead of it."""
    json.loads(sys.stdin.readline())
    offered = {"protocols": ["relayburn.tiny", "relayburn.other.*"]}
    match how:
        case "well":
            say({"start": 1, "name": "driver", "version": "0.1", **offered})
        case "admitting":
            pending = [{"protocol": "relayburn.tiny", "cases": ["later"], "reason": "not yet"}]
            declared = [
                {
                    "protocol": "relayburn.tiny",
                    "case": "known",
                    "line": 1,
                    "path": "$",
                    "expected": 1,
                    "actual": 2,
                    "reason": "so",
                }
            ]
            say({"start": 1, "name": "driver", "version": "0.1", **offered, "pending": pending, "declared": declared})
        case "silently":
            time.sleep(60)
        case "dead":
            sys.exit("cannot start")
        case "wrongly":
            say({"hello": "world"})
        case "anonymous":
            say({"start": 1, **offered})


def main() -> None:
    """Speak the wire."""
    start(sys.argv[1] if len(sys.argv) > 1 else "well")
    for line in sys.stdin:
        message = json.loads(line)
        if message["request"]["args"].get("do"):
            act(message["id"], message["request"]["args"])
        else:
            say({"id": message["id"], "output": message})


main()
