"""The playground in a real browser. It needs what the tests in VS Code need, and `make playground`."""

from __future__ import annotations

import json
import shutil
import subprocess
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from editors.real import missing
from editors.test_vscode import CODE, OUTPUT, ROOT, node

PAGE = ROOT / "build" / "playground"


class Quiet(SimpleHTTPRequestHandler):
    """Serves files without a word."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  The name in the standard library.
        """Log nothing."""


def test_findings_fixes_and_verdicts_are_shown_and_a_link_holds_the_text() -> None:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        missing("Chromium is not installed")
    if not (PAGE / "index.html").exists() or not node(CODE).exists():
        missing("the playground is not built (make playground vscode-test-setup)")
    OUTPUT.mkdir(parents=True, exist_ok=True)
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(PAGE))) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        host = f"127.0.0.1:{server.server_port}"
        command = [str(node(CODE)), str(CODE / "playground.mjs"), f"http://{host}/", chromium, str(OUTPUT)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=200, check=False)
        server.shutdown()
    assert done.returncode == 0, done.stdout + done.stderr
    seen = json.loads(done.stdout)
    assert seen["errors"] == []
    assert set(seen["hosts"]) == {host}, "it loads nothing from elsewhere"
    codes = ["repaired-yaml", "unknown-tool", "unscoped-specifier", "misspelt-model"]
    assert [place.rpartition(" ")[2] for place in seen["findings"]] == codes
    assert "loads this file after repair" in seen["verdicts"][0]
    assert "description: 'Reviews changes. Use it proactively: after each commit.'" in seen["text"]
    assert seen["linked"] == seen["text"]
    assert any("OpenCode" in verdict for verdict in seen["moved"])
