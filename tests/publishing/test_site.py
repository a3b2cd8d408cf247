"""The site of the documentation: it is built strictly, has a page for each rule and format, and requests nothing from
elsewhere."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from functools import partial
from html.parser import HTMLParser
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from agentls.dialects import loader
from agentls.linter.rules import all_rules
from editors.real import missing
from editors.test_vscode import CODE, OUTPUT, node

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the site, built as `make site` does: every warning, such as one of a broken link, is a failure."""
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(folder)]
    environment = os.environ | {"NO_MKDOCS_2_WARNING": "1"}
    built = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert (built.returncode, built.stderr) == (0, "")
    return folder


def test_every_rule_and_every_format_has_a_page(site: Path) -> None:
    for code in all_rules():
        assert f">{code}<" in (site / "rules" / code / "index.html").read_text("utf-8")
    for name in loader.DIALECT_NAMES:
        page = (site / "formats" / name / "index.html").read_text("utf-8")
        assert 'id="sources"' in page
        assert all(f'id="{key.name.lower()}"' in page.lower() for key in loader.load_dialect(name).keys)


def test_search_finds_rules_keys_and_editors(site: Path) -> None:
    entries = json.loads((site / "search" / "search_index.json").read_text("utf-8"))["docs"]
    titles = {(entry["location"].partition("#")[0], entry["title"]) for entry in entries}
    assert ("rules/unknown-tool/", "unknown-tool") in titles
    assert ("formats/claude-code/", "permissionMode") in titles
    assert ("editors/helix/", "agentls in Helix") in titles


def test_search_works_in_a_browser(site: Path) -> None:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        missing("Chromium is not installed")
    if not node(CODE).exists():
        missing("Chromium cannot be driven (make vscode-test-setup)")
    OUTPUT.mkdir(parents=True, exist_ok=True)
    handler = partial(_QuietHandler, directory=str(site))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}/"
        command = [str(node(CODE)), str(CODE / "site.mjs"), address, chromium, str(OUTPUT / "site.png")]
        done = subprocess.run(
            [*command, "unknown-tool"], capture_output=True, text=True, timeout=120, check=False
        )
        server.shutdown()
    assert done.returncode == 0, done.stdout + done.stderr
    found = json.loads(done.stdout)
    assert found.pop("opened").startswith("unknown-tool")
    assert found == {"errors": [], "elsewhere": []}


class _QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Print nothing."""


class _Requests(HTMLParser):
    """Collects the addresses that a page loads by itself."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in ("src", "srcset", "data", "poster") or (name == "href" and tag in ("link", "use")):
                self.found.append(value or "")


def test_no_page_requests_anything_from_elsewhere(site: Path) -> None:
    for page in site.rglob("*.html"):
        parser = _Requests()
        parser.feed(page.read_text("utf-8"))
        assert parser.found
        assert [address for address in parser.found if re.match(r"(\w+:)?//", address)] == []
        assert 'class="mermaid"' not in page.read_text("utf-8")  # Its script would be loaded from elsewhere.
    for sheet in site.rglob("*.css"):
        assert not re.search(r"(@import|url\()\s*['\"]?(\w+:)?//", sheet.read_text("utf-8"))
