"""Completes the site of the documentation while MkDocs builds it: a hook of `mkdocs.yml`.

The pages of the rules and the editors are elsewhere in the repository, and those of the formats and the command line
come from the tables and the parser. They are added here, so that each text is in one place. Links between files of
the repository become links between pages.
"""

from __future__ import annotations

import posixpath
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tools")]

import generate  # noqa: E402
from agentls import owner  # noqa: E402
from agentls.cli import arguments  # noqa: E402
from agentls.dialects import loader  # noqa: E402
from agentls.linter.rules import all_rules  # noqa: E402
from dialect_page import dialect_page  # noqa: E402
from markers import replace_between  # noqa: E402

INDEXES = {"rules.md": "rules/index.md", "formats.md": "formats/index.md"}
"""The files of `docs/` that are the first pages of folders in the site."""


def _repository_files() -> dict[str, str]:
    """Return the pages and pictures of the site that are outside of `docs/`: from the path in the site to the path in
    the repository."""
    patterns = ("[A-Z]*.md", "editors/README.md", "editors/*/README.md", "editors/*/media/*.png")
    same = [path.relative_to(ROOT).as_posix() for pattern in patterns for path in ROOT.glob(pattern)]
    return {
        **{path: path for path in same if path != "README.md"},
        **{f"rules/{code}.md": f"src/agentls/linter/pages/{code}.md" for code in all_rules()},
        **{page: f"docs/{file}" for file, page in INDEXES.items()},
        "icon.png": "editors/vscode/icon.png",
    }


def _command_line() -> str:
    """Return the page of the command line: the help of each command."""
    with mock.patch.dict("os.environ", COLUMNS="90"):
        helps = list(arguments.help_pages())
    sections = [f"## {title}\n\n```text\n{text.strip()}\n```" for title, text in helps]
    return "# The command line\n\n" + "\n\n".join(sections) + "\n"


def _generated_pages() -> Iterator[tuple[str, str]]:
    """Yield the pages that no file has: the path in the site, and the text."""
    yield "command-line.md", _command_line()
    for name in loader.DIALECT_NAMES:
        yield f"formats/{name}.md", dialect_page(loader.load_dialect(name))


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Take the address from `agentls.owner`, and complete the navigation."""
    config.site_url = owner.SITE and f"{owner.SITE}/"
    more = {"Editors": _editors, "Rules": _rules, "Formats": _formats}
    for section in config.nav or ():
        ((title, entries),) = section.items()
        if title in more:
            entries += more[title]()
    return config


def _editors() -> list[Any]:
    table = (ROOT / "editors" / "README.md").read_text("utf-8")
    rows = re.findall(r"^\| \[([^\]]+)\]\(([\w-]+/README\.md)\)", table, re.MULTILINE)
    return [{title: f"editors/{page}"} for title, page in rows]


def _rules() -> list[Any]:
    groups: dict[str, list[str]] = {}
    for rule in sorted(all_rules().values(), key=lambda rule: (rule.group, rule.code)):
        title = re.sub(r"\b(mcp|yaml)\b", lambda found: found[0].upper(), rule.group)
        groups.setdefault(title[0].upper() + title[1:], []).append(f"rules/{rule.code}.md")
    return [{title: pages} for title, pages in groups.items()]


def _formats() -> list[Any]:
    return [{loader.load_dialect(name).title: f"formats/{name}.md"} for name in loader.DIALECT_NAMES]


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages that are not in `docs/`."""
    for moved in INDEXES:
        files.remove(files.src_uris[moved])
    for page, path in _repository_files().items():
        files.append(File.generated(config, page, abs_src_path=str(ROOT / path)))
    for page, text in _generated_pages():
        files.append(File.generated(config, page, content=text))
    # The playground is a page with files of its own, which `make playground` builds.
    for file in sorted((ROOT / "build" / "playground").glob("*")):
        name = file.with_suffix(".txt").name if file.suffix == ".md" else file.name
        files.append(File.generated(config, f"playground/app/{name}", abs_src_path=str(file)))
    return files


def on_page_markdown(markdown: str, page: Page, files: Files, **_: Any) -> str:
    """Make the text of a file in the repository the text of a page."""
    pages = _repository_files()
    name = page.file.src_uri
    if page.is_homepage or name == "not-loaded.md":
        page.meta["hide"] = ["navigation"]  # They are alone in their part of the site.
    own = pages.get(name, f"docs/{name}")
    targets = {path: page for page, path in pages.items()}
    targets |= {f"docs/{file.src_uri}": file.src_uri for file in files if file.src_uri not in pages}

    def moved(found: re.Match[str]) -> str:
        if found["code"]:
            return found[0]
        path = posixpath.normpath(posixpath.join(posixpath.dirname(own), found["path"]))
        if path in targets:
            link = posixpath.relpath(targets[path], posixpath.dirname(name))
            text = _title(path) if found["text"] in (path, posixpath.basename(path)) else found["text"]
            return f"[{text}]({link}{found['anchor']})"
        if owner.REPOSITORY:
            return f"[{found['text']}]({owner.REPOSITORY}/blob/main/{path})"
        return found["text"]

    markdown = _LINK.sub(moved, markdown)
    if name == "formats/index.md":
        markdown = replace_between(markdown, "dialects", generate.dialect_table("."))
    return _FENCE.sub(_titled_fence, markdown)


def _title(path: str) -> str:
    """Return the title of a page of the repository."""
    return (ROOT / path).read_text("utf-8").partition("\n")[0].lstrip("# ")


_LINK = re.compile(
    r"(?P<code>^```.*?^```$|`[^`\n]+`(?!\]\())"
    r"|\[(?P<text>(?:!\[[^\]]*\]\([^)]*\)|[^\[\]])+)\]\((?!https?:|#|mailto:)(?P<path>[^)#\s]+)(?P<anchor>(?:#[^)\s]*)?)\)",
    re.MULTILINE | re.DOTALL,
)
"""A link to another file. Code comes first, since what it contains is no link."""

_FENCE = re.compile(r"^```(\w+) (\S+)$", re.MULTILINE)


def _titled_fence(found: re.Match[str]) -> str:
    """Return the opening fence of an example, whose file or folder becomes its title."""
    return f'```{found[1]} title="{found[2]}"'
