"""Projects and their keys (git.md)."""

from __future__ import annotations

from typing import Any

from conformance.stages.registry import Request, stage
from relayburn.reader.git import canonicalize_remote_url, parse_git_config, resolve_project
from relayburn.records import UNSET


@stage("relayburn.reader.git.canonicalize_remote_url")
def remote_url(request: Request) -> Any:
    return canonicalize_remote_url(request.args["url"])


@stage("relayburn.reader.git.parse_git_config")
def config(request: Request) -> Any:
    return parse_git_config(request.args["text"])


@stage("relayburn.reader.git.resolve_project")
def project(request: Request) -> Any:
    found = resolve_project(request.args["cwd"])
    key = {} if found.project_key is UNSET else {"projectKey": found.project_key}
    return {"project": found.project, **key}
