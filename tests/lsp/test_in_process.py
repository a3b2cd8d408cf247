"""A client in the process of the server, as in WebAssembly: no streams and no threads."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from agentls.lsp import serve

AGENT = "---\nname: a\ndescription: Reviews code\ntools: Bahs, Read\n---\n\nReview.\n"


async def test_a_client_in_the_same_process_is_served_until_it_exits(tmp_path: Path) -> None:
    sent: list[dict[str, Any]] = []
    receive = serve.connect(lambda message: sent.append(json.loads(message)))

    def tell(method: str, params: Any = None, **more: Any) -> None:
        receive(json.dumps({"jsonrpc": "2.0", "method": method, "params": params, **more}))

    async def answer(fits: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        for _ in range(500):
            if (found := next(filter(fits, sent), None)) is not None:
                return found
            await asyncio.sleep(0.01)
        raise AssertionError(sent)

    document = {"uri": (tmp_path / ".claude/agents/a.md").as_uri(), "languageId": "markdown", "version": 1}
    capabilities: dict[str, Any] = {"textDocument": {"publishDiagnostics": {}}}
    tell("initialize", {"processId": None, "rootUri": tmp_path.as_uri(), "capabilities": capabilities}, id=1)
    assert "hoverProvider" in (await answer(lambda message: message.get("id") == 1))["result"]["capabilities"]
    tell("initialized", {})
    tell("textDocument/didOpen", {"textDocument": {**document, "text": AGENT}})
    found = await answer(lambda message: message.get("method") == "textDocument/publishDiagnostics")
    assert [each["code"] for each in found["params"]["diagnostics"]] == ["unknown-tool"]
    tell("shutdown", id=2)
    await answer(lambda message: message.get("id") == 2)
    with pytest.raises(SystemExit):
        tell("exit")
