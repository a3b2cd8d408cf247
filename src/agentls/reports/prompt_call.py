"""A call of a command or skill: the prompt with its arguments filled in, and the commands that run in it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from agentls.document.document import Document
from agentls.document.prompt_arguments import declared_names, fill_in
from agentls.document.prompt_commands import find_commands
from agentls.document.shell_commands import Access, script_access
from agentls.project.capabilities import TextStyle
from agentls.project.command_permissions import allowed_in_file, allowed_in_settings
from agentls.project.index import Index
from agentls.readers.reading import Reading
from agentls.text.named_tuples import NamedTuple


class CallCommand(NamedTuple):
    """A shell script that runs before the prompt of a call is sent, and whether it runs without asking. A call is
    refused if one of its scripts is."""

    script: str
    access: Access


class Call(NamedTuple):
    """The prompt of a call with its arguments filled in, and the scripts in it, whose output takes their place."""

    prompt: str
    commands: tuple[CallCommand, ...]


def expand_call(document: Document, reading: Reading, index: Index | None, arguments: str) -> Call | None:
    """What a call with `arguments` sends, `None` if the runtime of `reading` fills in none. Variables whose value
    depends on the session are left as they are. `index` is that of the project, if known."""
    if reading.dialect.prompt_arguments is None or not reading.loads:
        return None
    prompt = fill_in(document.text[reading.body_start :].strip(), arguments, declared_names(reading))
    syntax = reading.dialect.prompt_commands
    if syntax is None:
        return Call(prompt, ())
    allowed = list(allowed_in_file(document, syntax))
    allowed += allowed_in_settings(index, reading.runtime, syntax) if index else ()
    scripts = (command.script for command in find_commands(prompt, 0))
    return Call(prompt, tuple(CallCommand(script, script_access(script, allowed)) for script in scripts))


def call_data(call: Call) -> dict[str, Any]:
    """The call as plain data for JSON."""
    return {"prompt": call.prompt, "commands": [command._asdict() for command in call.commands]}


_ACCESS: dict[Access, tuple[str, TextStyle]] = {
    "granted": ("runs", "plain"),
    "unknown": ("may run", "muted"),
    "refused": ("refused", "bad"),
}


def describe_call(call: Call) -> Iterator[tuple[str, str, TextStyle]]:
    """Describe the call in rows of label, text and style, in which line breaks matter."""
    for command in call.commands:
        label, style = _ACCESS[command.access]
        yield label, command.script, style
    yield "prompt", call.prompt, "plain"
