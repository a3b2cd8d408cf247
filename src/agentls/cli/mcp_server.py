"""The server of the Model Context Protocol: the tools of `model_tools` and the pages of `model_pages`, on
standard input and output.

`anyio` and `jsonschema` are dependencies of the package `mcp`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import anyio
import mcp_types as types
from anyio import CapacityLimiter, to_thread
from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match
from mcp import MCPError
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server

from agentls import __version__
from agentls.cli.file_runs import describe_internal_error
from agentls.cli.help_texts import MCP_INSTRUCTIONS
from agentls.cli.model_pages import SCHEME, Page, list_pages, read_page
from agentls.cli.model_tools import Answer, CallError, ModelTools
from agentls.cli.tool_schemas import ToolSchema, tool_schemas

T = TypeVar("T")
_Context = ServerRequestContext[Any]

_MARKDOWN = "text/markdown"
_TEMPLATES = (
    Page(f"{SCHEME}rules/{{code}}", "rule", "The page of a rule: why it matters, with examples."),
    Page(f"{SCHEME}dialects/{{name}}", "dialect", "The facts about a format, with their sources."),
)


def serve(tools: ModelTools) -> None:
    """Serve a client on standard input and output until it disconnects."""
    anyio.run(_serve, tools)


async def _serve(tools: ModelTools) -> None:
    server = _make_server(tools)
    async with stdio_server() as (reading, writing):
        await server.run(reading, writing, server.create_initialization_options())


def _make_server(tools: ModelTools) -> Server[Any]:
    """Return the server. Calls are answered one after the other, in a thread beside that of the protocol."""
    schemas = {schema.name: schema for schema in tool_schemas()}
    one_at_a_time = CapacityLimiter(1)

    async def in_thread(work: Callable[[], T]) -> T:
        return await to_thread.run_sync(work, limiter=one_at_a_time)

    async def list_tools(_: _Context, __: object) -> types.ListToolsResult:
        return types.ListToolsResult(tools=[_tool(schema) for schema in schemas.values()])

    async def call_tool(_: _Context, params: types.CallToolRequestParams) -> types.CallToolResult:
        schema = schemas.get(params.name)
        if schema is None:
            raise MCPError(types.INVALID_PARAMS, f"unknown tool '{params.name}'")
        return await in_thread(lambda: _call(tools, schema, params.arguments or {}))

    async def list_resources(_: _Context, __: object) -> types.ListResourcesResult:
        pages = await in_thread(lambda: list(list_pages()))
        resources = [
            types.Resource(uri=page.uri, name=page.name, description=page.summary, mime_type=_MARKDOWN)
            for page in pages
        ]
        return types.ListResourcesResult(resources=resources)

    async def list_templates(_: _Context, __: object) -> types.ListResourceTemplatesResult:
        templates = [
            types.ResourceTemplate(
                uri_template=page.uri, name=page.name, description=page.summary, mime_type=_MARKDOWN
            )
            for page in _TEMPLATES
        ]
        return types.ListResourceTemplatesResult(resource_templates=templates)

    async def read_resource(_: _Context, params: types.ReadResourceRequestParams) -> types.ReadResourceResult:
        try:
            text = await in_thread(lambda: read_page(params.uri))
        except LookupError as error:
            raise MCPError(types.INVALID_PARAMS, str(error)) from error
        contents = types.TextResourceContents(uri=params.uri, text=text, mime_type=_MARKDOWN)
        return types.ReadResourceResult(contents=[contents])

    return Server(
        "agentls",
        version=__version__,
        instructions=MCP_INSTRUCTIONS,
        on_list_tools=list_tools,
        on_call_tool=call_tool,
        on_list_resources=list_resources,
        on_list_resource_templates=list_templates,
        on_read_resource=read_resource,
    )


def _tool(schema: ToolSchema) -> types.Tool:
    return types.Tool(
        name=schema.name,
        title=schema.title,
        description=schema.description,
        input_schema=dict(schema.arguments),
        annotations=types.ToolAnnotations(
            read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False
        ),
    )


def _call(tools: ModelTools, schema: ToolSchema, arguments: dict[str, Any]) -> types.CallToolResult:
    """Answer a call. What goes wrong is said to the model, which can call again."""
    try:
        wrong = best_match(Draft202012Validator(schema.arguments).iter_errors(arguments))
        if wrong:
            raise CallError("".join(f"`{name}`: " for name in wrong.path) + wrong.message)
        answer = tools.call(schema.name, arguments)
    except CallError as error:
        return _result(Answer(str(error)), is_error=True)
    except Exception as error:
        return _result(Answer(describe_internal_error(error)), is_error=True)
    return _result(answer, is_error=False)


def _result(answer: Answer, *, is_error: bool) -> types.CallToolResult:
    return types.CallToolResult(
        content=[types.TextContent(text=answer.text)], structured_content=answer.data, is_error=is_error
    )
