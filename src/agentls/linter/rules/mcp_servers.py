"""Rules about `mcpServers` and `skills`."""

from __future__ import annotations

from collections.abc import Iterator

from agentls.dialects.hooks import Transport
from agentls.document.edits import indent_lines, insert_field
from agentls.linter.consequence import Consequence
from agentls.linter.rule import Context, Finding, Fix, rule
from agentls.linter.shared.hook_shape import describe_mismatch
from agentls.linter.shared.suggestions import suggest
from agentls.linter.shared.tool_entries import TOOLS, insert_tool
from agentls.linter.shared.value_types import entries_of_type
from agentls.project.names import name_in_tools
from agentls.text.offsets import Edit, Span
from agentls.text.spelling import closest_match
from agentls.text.wording import describe_value, format_code, join_names
from agentls.text.yaml_tree import Entry, Mapping, Node, Scalar, Sequence, is_null


@rule("ignored", subjects=("type skills",))
def invalid_skills(ctx: Context) -> Iterator[Finding]:
    """`skills` is not a list of names, so no skill is loaded.

    Claude Code accepts a list of names, or a string with commas or spaces between the names. It
    silently ignores a number, a boolean or a mapping, and any item that is not a string.

    ## Bad

    ```yaml
    skills:
      code-style: true
    ```

    ## Good

    ```yaml
    skills:
      - code-style
    ```
    """
    for key, entry in entries_of_type(ctx, "skills"):
        value = entry.value
        if key.value.schema:
            continue
        if isinstance(value, Sequence):
            for item in value.items:
                if not isinstance(item, Scalar):
                    ignores = ctx.describe_effect("ignores the item")
                    message = f"The name of a skill must be a string, not {describe_value(item)}. {ignores}."
                    yield Finding(item.span, message)
        elif isinstance(value, Mapping) or value.type != "str":
            message = f"`{key.name}` must be a list or a string of names, not {describe_value(value)}."
            yield Finding(entry.report_span, f"{message} {ctx.describe_effect('ignores it')}.")


def _items(ctx: Context) -> tuple[Node, ...]:
    """Return the items of the list of servers; a mapping without a list is the only item."""
    for _, entry in entries_of_type(ctx, "servers"):
        return entry.value.items if isinstance(entry.value, Sequence) else (entry.value,)
    return ()


def _is_nameless(ctx: Context, item: Mapping) -> bool:
    """Whether an item is the definition of a server, which should be the value of the server's name."""
    fields = {field.name for field in ctx.dialect.servers.fields}
    return any(e.key.text in fields and not isinstance(e.value, Mapping) for e in item.entries)


def _servers(ctx: Context) -> Iterator[Entry]:
    """Yield the servers that are defined in the file: entries from a name to a definition."""
    for item in _items(ctx):
        if isinstance(item, Mapping) and not _is_nameless(ctx, item):
            yield from item.entries


def _definitions(ctx: Context) -> Iterator[tuple[Entry, Mapping]]:
    """Yield the servers whose definition is a mapping, each with that mapping."""
    for server in _servers(ctx):
        if isinstance(server.value, Mapping):
            yield server, server.value


@rule("ignored", subjects=("type servers",))
def invalid_server(ctx: Context) -> Iterator[Finding]:
    """An entry of `mcpServers` is not a valid server, and is ignored.

    Each item of the list must be the name of a server that is configured elsewhere, or a mapping from
    one name to a definition as in `.mcp.json`. Claude Code ignores any other item, so also all servers of an
    item that has several, and a definition with an unknown transport or a field of the wrong type; it loads
    the rest of the agent.

    ## Bad

    ```yaml
    mcpServers:
      - command: npx
        args: ["-y", "tracker"]
    ```

    ## Good

    ```yaml
    mcpServers:
      - github
      - tracker:
          command: npx
          args: ["-y", "tracker"]
    ```
    """
    ignores = ctx.describe_effect("ignores it")
    for item in _items(ctx):
        if isinstance(item, Sequence) or (isinstance(item, Scalar) and item.type not in ("str", "null")):
            message = f"A server must be a name or a mapping, not {describe_value(item)}. {ignores}."
            yield Finding(item.span, message)
        elif isinstance(item, Mapping) and _is_nameless(ctx, item):
            yield Finding(item.span, f"The name of the server is missing before its definition. {ignores}.")
    yield from _crowded_items(ctx)
    for server in _servers(ctx):
        yield from _invalid_definition(ctx, server)


def _crowded_items(ctx: Context) -> Iterator[Finding]:
    """Yield the items of the list that have several servers."""
    for _, entry in entries_of_type(ctx, "servers"):
        for item in entry.value.items if isinstance(entry.value, Sequence) else ():
            if not isinstance(item, Mapping) or len(item.entries) < 2 or _is_nameless(ctx, item):
                continue
            names = join_names(server.key.text for server in item.entries)
            yield Finding(
                item.span,
                f"Each item must have one server. {ctx.describe_effect(f'ignores {names}')}.",
                ctx.make_fix("Split into separate items", *_split_item(ctx, item)),
            )


def _split_item(ctx: Context, item: Mapping) -> Iterator[Edit]:
    """Yield the edits that make each server of an item an item of its own."""
    for server in item.entries[1:]:
        before = Span(server.key.span.start - 2, server.key.span.start)
        if item.flow or before.text_in(ctx.text) != "  ":
            return
        yield Edit(before, "- ")


def _invalid_definition(ctx: Context, server: Entry) -> Iterator[Finding]:
    """Yield the findings about values in the definition of a server; missing fields have their own rule."""
    name, definition = format_code(server.key.text), server.value
    if not isinstance(definition, Mapping):
        if isinstance(definition, Scalar) and definition.is_alias:
            return
        problem = f"must be a mapping, not {describe_value(definition)}"
        fixes: tuple[Fix, ...] = ()
        if is_null(definition):
            problem = "has no definition"
            colon = ctx.text.find(":", server.key.span.end)
            if colon >= 0 and _is_alone(ctx, server):
                edit = Edit(Span(server.key.span.end, max(colon + 1, definition.span.end)), "")
                fixes = ctx.make_fix("Keep only the name", edit)
        message = f"The server {name} {problem}. {ctx.describe_effect('ignores it')}."
        yield Finding(server.report_span, message, fixes)
        return
    for field in ctx.dialect.servers.fields:
        entry = definition.get(field.name)
        if entry is None or field.accepts(entry.value) or is_null(entry.value):
            continue
        ignores = ctx.describe_effect(f"ignores the server {name}")
        message = f"{describe_mismatch(ctx, field, entry.value)}. {ignores}."
        meant = closest_match(entry.value.text, field.values) if isinstance(entry.value, Scalar) else None
        yield suggest(ctx, entry.report_span, message, entry.value.span, meant)


def _is_alone(ctx: Context, server: Entry) -> bool:
    """Whether the server is the only one in its item of a list, so that its name can be the item."""
    return any(
        isinstance(item, Mapping) and item.entries == (server,)
        for _, entry in entries_of_type(ctx, "servers")
        if isinstance(entry.value, Sequence)
        for item in entry.value.items
    )


@rule("ignored", subjects=("type servers",))
def incomplete_server(ctx: Context) -> Iterator[Finding]:
    """The definition of an MCP server has no command or URL.

    A `stdio` server requires `command`, and all others require `url`. Claude Code reads a definition
    without `type` as `stdio`, even if it has a `url`. It ignores a server without the required field.

    ## Bad

    ```yaml
    mcpServers:
      - tracker:
          url: https://tracker.example/mcp
    ```

    ## Good

    ```yaml
    mcpServers:
      - tracker:
          type: http
          url: https://tracker.example/mcp
    ```
    """
    for server, definition in _definitions(ctx):
        transport = _transport(ctx, definition)
        if transport is None:
            continue
        needed = definition.get(transport.required_field)
        if needed and not is_null(needed.value):
            continue
        problem = f"has no `{transport.required_field}`"
        fixes: tuple[Fix, ...] = ()
        other = None if definition.get("type") else _likely_transport(ctx, definition)
        if other:
            problem = f"has `{other.required_field}` but no `type`, and is read as `{transport.name}`"
            field = f"type: {other.name}"
            fixes = ctx.make_fix(f"Insert `{field}`", insert_field(ctx.document, definition, field))
        ignores = ctx.describe_effect("ignores it")
        message = f"The server {format_code(server.key.text)} {problem}. {ignores}."
        yield Finding(server.key.span, message, fixes)


def _transport(ctx: Context, definition: Mapping) -> Transport | None:
    """Return the transport that a definition sets, or the default; `None` for an unknown one."""
    transports = ctx.dialect.servers.transports
    written = definition.get("type")
    if written is None:
        return transports[0] if transports else None
    text = written.value.text if isinstance(written.value, Scalar) else ""
    return next((transport for transport in transports if transport.name == text), None)


def _likely_transport(ctx: Context, definition: Mapping) -> Transport | None:
    """Return the transport other than the default whose required field a definition without `type` has."""
    for transport in ctx.dialect.servers.transports[1:]:
        needed = definition.get(transport.required_field)
        if needed and not is_null(needed.value):
            return transport
    return None


@rule("suggestion", subjects=("type servers",))
def unknown_server_field(ctx: Context) -> Iterator[Finding]:
    """A field in the definition of an MCP server looks misspelt.

    ## Bad

    ```yaml
    mcpServers:
      - tracker:
          command: npx
          arg: ["-y", "tracker"]
    ```

    ## Good

    ```yaml
    mcpServers:
      - tracker:
          command: npx
          args: ["-y", "tracker"]
    ```
    """
    fields = [field.name for field in ctx.dialect.servers.fields]
    for _, definition in _definitions(ctx):
        for entry in definition.entries:
            written = entry.key.text
            meant = None if written in fields else closest_match(written, fields)
            if meant and definition.get(meant) is None:
                message = f"Unknown field {format_code(written)} in a server definition."
                yield suggest(ctx, entry.key.span, message, entry.key.span, meant)


@rule("ignored", subjects=("type servers",))
def servers_not_a_list(ctx: Context) -> Iterator[Finding]:
    """`mcpServers` is a mapping or a string, and is ignored.

    In `.mcp.json` the servers are the entries of a mapping; in an agent file each server is an item of
    a list. Claude Code loads a file with another form without a warning, and never starts the servers that it
    defines. Nothing is lost with names alone, since the agent can use the servers of the session anyway.

    ## Bad

    ```yaml
    mcpServers:
      tracker:
        command: npx
        args: ["-y", "tracker"]
    ```

    ## Good

    ```yaml
    mcpServers:
      - tracker:
          command: npx
          args: ["-y", "tracker"]
    ```
    """
    for key, entry in entries_of_type(ctx, "servers"):
        value = entry.value
        if isinstance(value, Sequence) or (isinstance(value, Scalar) and value.type != "str"):
            continue
        form = "a mapping" if isinstance(value, Mapping) else "a string"
        definitions = value.entries if isinstance(value, Mapping) else ()
        loses_servers = any(isinstance(each.value, Mapping) and each.value.entries for each in definitions)
        message = f"`{key.name}` must be a list, not {form}. {ctx.describe_effect('ignores it')}."
        fixes = ctx.make_fix("Convert to a list", *_convert_to_list(ctx, value))
        effects = ctx.effects(Consequence.IGNORED if loses_servers else Consequence.ADVICE)
        yield Finding(entry.report_span, message, fixes, effects=effects)


@rule("advice", subjects=("type servers",))
def server_without_tools(ctx: Context) -> Iterator[Finding]:
    """A server is named in `mcpServers`, but `tools` lists none of its tools.

    An agent with `tools` has only the tools in that list, so also those of a server that is configured for
    the session. The tools of a server that the agent defines itself are added to the list.

    ## Bad

    ```yaml
    tools: Read, Grep
    mcpServers:
      - tracker
    ```

    ## Good

    ```yaml
    tools: Read, Grep, mcp__tracker
    mcpServers:
      - tracker
    ```
    """
    listed = next((tools for tools in ctx.document.tool_lists if tools.key.name == TOOLS), None)
    template = ctx.dialect.tool_grammar.server_wildcard.removesuffix("*").rstrip("_")
    tools = ctx.document.tools_in(ctx.reading)
    if listed is None or not template or tools.mode != "listed":
        return
    for item in _items(ctx):
        if not isinstance(item, Scalar) or item.type != "str" or not item.text.strip() or item.is_alias:
            continue
        server = template.replace("{}", name_in_tools(item.text))
        if any(tool == server or tool.startswith(f"{server}__") for tool in tools.available):
            continue
        message = f"`{TOOLS}` lists no tool of `{item.text}`, so the agent has none of them."
        yield Finding(item.span, message, insert_tool(ctx, server))


def _convert_to_list(ctx: Context, value: Node) -> Iterator[Edit]:
    """Yield the edits that convert a mapping, or names in a string, to a list."""
    if isinstance(value, Mapping) and not value.flow:
        for entry in value.entries:
            yield from indent_lines(ctx.document, entry.span, "- ", 2)
    # Brackets around a quoted string or a block scalar would not make its names separate items.
    elif isinstance(value, Mapping) or (isinstance(value, Scalar) and value.style == "plain"):
        yield Edit(value.span, f"[{value.span.text_in(ctx.text)}]")
