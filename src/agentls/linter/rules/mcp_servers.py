"""Rules about `mcpServers`."""

from __future__ import annotations

from collections.abc import Iterator

from agentls.dialects.hooks import Transport
from agentls.document.edits import indent_lines, insert_field
from agentls.linter.rule import Context, Finding, Fix, rule
from agentls.linter.shared.suggestions import suggest
from agentls.linter.shared.value_types import entries_of_type
from agentls.text.offsets import Edit, Span
from agentls.text.spelling import closest_match
from agentls.text.wording import describe_value, format_code
from agentls.text.yaml_tree import Entry, Mapping, Node, Scalar, Sequence, is_null


@rule("ignored", subjects=("type skills",))
def invalid_skills(ctx: Context) -> Iterator[Finding]:
    """`skills` is not a list of names, and loads nothing.

    Claude Code takes a list of names, or text with commas or spaces between them. A number, a
    truth value or a mapping is ignored without a word, and so is an item that is no text.

    ## Bad

    ```markdown
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    skills:
      code-style: true
    ---

    You review code.
    ```

    ## Good

    ```markdown
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    skills:
      - code-style
    ---

    You review code.
    ```
    """
    for key, entry in entries_of_type(ctx, "skills"):
        value = entry.value
        if key.shape:
            continue
        if isinstance(value, Sequence):
            for item in value.items:
                if not isinstance(item, Scalar):
                    found = describe_value(item)
                    message = (
                        f"A skill is named in text, not by {found}. {ctx.runtime_titles} ignores the item."
                    )
                    yield Finding(item.span, message)
        elif isinstance(value, Mapping) or value.type != "str":
            message = f"`{key.name}` takes the names of skills, not {describe_value(value)}. {ctx.runtime_titles} ignores it."
            yield Finding(entry.report_span, message)


def _items(ctx: Context) -> tuple[Node, ...]:
    """The items of the list of servers; a bare mapping counts as the only one."""
    for _, entry in entries_of_type(ctx, "servers"):
        return entry.value.items if isinstance(entry.value, Sequence) else (entry.value,)
    return ()


def _is_nameless(ctx: Context, item: Mapping) -> bool:
    """Whether an item is the definition of a server without the server's name above it."""
    fields = {field.name for field in ctx.dialect.servers.fields}
    return any(e.key.text in fields and not isinstance(e.value, Mapping) for e in item.entries)


def _servers(ctx: Context) -> Iterator[Entry]:
    """The servers that are defined in place: names with what stands below them."""
    for item in _items(ctx):
        if isinstance(item, Mapping) and not _is_nameless(ctx, item):
            yield from item.entries


def _definitions(ctx: Context) -> Iterator[tuple[Entry, Mapping]]:
    """The servers whose definition is a mapping, with it."""
    for server in _servers(ctx):
        if isinstance(server.value, Mapping):
            yield server, server.value


@rule("ignored", subjects=("type servers",))
def invalid_server(ctx: Context) -> Iterator[Finding]:
    """An entry of `mcpServers` does not describe a server, and is dropped.

    Each item of the list is the name of a server that is configured elsewhere, or a mapping from a
    name to a definition as in `.mcp.json`. Claude Code drops any other item, and a definition with
    an unknown transport or a field of the wrong type; the rest of the agent loads.

    ## Bad

    ```markdown
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    mcpServers:
      - command: npx
        args: ["-y", "tracker"]
    ---

    You review code.
    ```

    ## Good

    ```markdown
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    mcpServers:
      - github
      - tracker:
          command: npx
          args: ["-y", "tracker"]
    ---

    You review code.
    ```
    """
    for item in _items(ctx):
        if isinstance(item, Sequence) or (isinstance(item, Scalar) and item.type not in ("str", "null")):
            message = (
                f"A server is a name or a mapping, not {describe_value(item)}. {ctx.runtime_titles} drops it."
            )
            yield Finding(item.span, message)
        elif isinstance(item, Mapping) and _is_nameless(ctx, item):
            message = "The definition has no name of a server above it."
            yield Finding(item.span, f"{message} {ctx.runtime_titles} drops it.")
    for server in _servers(ctx):
        yield from _wrong_definition(ctx, server)


def _wrong_definition(ctx: Context, server: Entry) -> Iterator[Finding]:
    """What is wrong with the definition of a server, except for what is missing."""
    name, definition = format_code(server.key.text), server.value
    if not isinstance(definition, Mapping):
        if isinstance(definition, Scalar) and definition.is_alias:
            return
        fixes: tuple[Fix, ...] = ()
        colon = ctx.text.find(":", server.key.span.end)
        if is_null(definition) and colon >= 0 and _is_alone(ctx, server):
            edit = Edit(Span(server.key.span.end, max(colon + 1, definition.span.end)), "")
            fixes = ctx.make_fix("Write just the name", edit)
        message = f"The server {name} is {describe_value(definition)}, not a mapping. {ctx.runtime_titles} drops it."
        yield Finding(server.report_span, message, fixes)
        return
    for field in ctx.dialect.servers.fields:
        entry = definition.get(field.name)
        if entry is None or field.accepts(entry.value) or is_null(entry.value):
            continue
        wanted = {"text": "text", "boolean": "`true` or `false`"}.get(field.type, f"a {field.type}")
        if field.values:
            wanted = "one of " + ", ".join(f"`{value}`" for value in field.values)
        given = (
            format_code(entry.value.span.text_in(ctx.text))
            if isinstance(entry.value, Scalar)
            else describe_value(entry.value)
        )
        message = f"`{field.name}` takes {wanted}, not {given}. {ctx.runtime_titles} drops the server {name}."
        meant = closest_match(entry.value.text, field.values) if isinstance(entry.value, Scalar) else None
        yield suggest(ctx, entry.report_span, message, entry.value.span, meant)


def _is_alone(ctx: Context, server: Entry) -> bool:
    """Whether the server is the only one in its item of the list, so that the name alone will do."""
    return any(
        isinstance(item, Mapping) and item.entries == (server,)
        for _, entry in entries_of_type(ctx, "servers")
        if isinstance(entry.value, Sequence)
        for item in entry.value.items
    )


@rule("ignored", subjects=("type servers",))
def incomplete_server(ctx: Context) -> Iterator[Finding]:
    """The definition of an MCP server lacks what it takes to reach the server.

    A program needs a `command`, a server at an address a `url`. A definition without `type` is
    read as that of a program, even if it has a `url`. Claude Code skips such a server.

    ## Bad

    ```markdown
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    mcpServers:
      - tracker:
          url: https://tracker.example/mcp
    ---

    You review code.
    ```

    ## Good

    ```markdown
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    mcpServers:
      - tracker:
          type: http
          url: https://tracker.example/mcp
    ---

    You review code.
    ```
    """
    for server, definition in _definitions(ctx):
        transport = _transport(ctx, definition)
        if transport is None:
            continue
        needed = definition.get(transport.requires)
        if needed and not is_null(needed.value):
            continue
        name = format_code(server.key.text)
        message = f"The server {name} has no `{transport.requires}`. {ctx.runtime_titles} skips it."
        other = None if definition.get("type") else _meant_transport(ctx, definition)
        if other:
            message = (
                f"The server {name} has a `{other.requires}` but no `type`, and is read as"
                f" `{transport.name}`. {ctx.runtime_titles} skips it."
            )
            field = f"type: {other.name}"
            fixes = ctx.make_fix(f"Add `{field}`", insert_field(ctx.document, definition, field))
            yield Finding(server.key.span, message, fixes)
        else:
            yield Finding(server.key.span, message)


def _transport(ctx: Context, definition: Mapping) -> Transport | None:
    """The transport of a definition: the one it names, or the one meant where none is named."""
    transports = ctx.dialect.servers.transports
    written = definition.get("type")
    if written is None:
        return transports[0] if transports else None
    text = written.value.text if isinstance(written.value, Scalar) else ""
    return next((transport for transport in transports if transport.name == text), None)


def _meant_transport(ctx: Context, definition: Mapping) -> Transport | None:
    """The transport, other than the usual one, that a definition without a type has all it takes for."""
    for transport in ctx.dialect.servers.transports[1:]:
        needed = definition.get(transport.requires)
        if needed and not is_null(needed.value):
            return transport
    return None


@rule("suggestion", subjects=("type servers",))
def unknown_server_field(ctx: Context) -> Iterator[Finding]:
    """A field in the definition of an MCP server looks misspelt.

    ## Bad

    ```markdown
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    mcpServers:
      - tracker:
          command: npx
          arg: ["-y", "tracker"]
    ---

    You review code.
    ```

    ## Good

    ```markdown
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    mcpServers:
      - tracker:
          command: npx
          args: ["-y", "tracker"]
    ---

    You review code.
    ```
    """
    fields = [field.name for field in ctx.dialect.servers.fields]
    for _, definition in _definitions(ctx):
        for entry in definition.entries:
            written = entry.key.text
            meant = None if written in fields else closest_match(written, fields)
            if meant and definition.get(meant) is None:
                message = f"The definition of a server has no field {format_code(written)}."
                yield suggest(ctx, entry.key.span, message, entry.key.span, meant)


@rule("advice", subjects=("type servers",))
def unverified_servers_form(ctx: Context) -> Iterator[Finding]:
    """`mcpServers` is a mapping or text, where only a list is documented.

    In `.mcp.json` the servers stand in a mapping; in an agent file each of them is an item of a
    list. Claude Code loads the other forms without complaint, but nobody has shown that the
    agent gets the servers.

    ## Bad

    ```markdown
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    mcpServers:
      tracker:
        command: npx
        args: ["-y", "tracker"]
    ---

    You review code.
    ```

    ## Good

    ```markdown
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    mcpServers:
      - tracker:
          command: npx
          args: ["-y", "tracker"]
    ---

    You review code.
    ```
    """
    for key, entry in entries_of_type(ctx, "servers"):
        value = entry.value
        if isinstance(value, Sequence) or (isinstance(value, Scalar) and value.type != "str"):
            continue
        what = "a mapping" if isinstance(value, Mapping) else "text"
        message = f"`{key.name}` is documented as a list. Whether {what} works is not known."
        yield Finding(entry.report_span, message, ctx.make_fix("Write a list", *_as_list(ctx, value)))


def _as_list(ctx: Context, value: Node) -> Iterator[Edit]:
    """The edits that make a list of a mapping or of names in text."""
    if isinstance(value, Mapping) and not value.flow:
        for entry in value.entries:
            yield from indent_lines(ctx.document, entry.span, "- ", 2)
    # Text in quotes or in a block of lines would need more than brackets.
    elif isinstance(value, Mapping) or (isinstance(value, Scalar) and value.style == "plain"):
        yield Edit(value.span, f"[{value.span.text_in(ctx.text)}]")
