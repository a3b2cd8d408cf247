"""No text of a file, of its name or of a user's dialect becomes a link, an image or HTML in the Markdown of agentls.

Each page that an editor renders as Markdown is parsed as CommonMark, and also searched for what GitHub's Markdown takes
for a link.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from agentls.config import Config
from agentls.dialects import loader
from agentls.dialects.loader import Dialect
from agentls.dialects.records import Source
from agentls.document.document import Document
from agentls.document.locate import make_document
from agentls.features import completion, hover, name_completion, name_hover
from agentls.project import extract
from agentls.project.index import Index
from agentls.project.names import Definition, Names, PermissionRule
from agentls.reports import explain, fact_page
from agentls.text import escaping
from agentls.text.offsets import Span

PARSER = MarkdownIt("commonmark").enable("table")

PIECES = (
    *(
        "`",
        "``",
        "```",
        "\\",
        "*",
        "_",
        "a",
        " ",
        "\n",
        "\r",
        "\n\n",
        "\n# ",
        "\n- ",
        "\n> ",
        "---",
        ": ",
        "#",
        '"',
    ),
    *(
        "![i](http://e.example/i.png)",
        "[c](command:evil)",
        "[r][s]",
        "\n\n[s]: command:evil\n\n",
        "<command:evil>",
    ),
    *(
        "<img src=x onerror=alert(1)>",
        "<!-- c -->",
        "<details>",
        "</script>",
        "&lt;b&gt;",
        "\n<div>\n",
        "$(alert)",
    ),
    *("http://e.example", "https://e.example/a?b", "www.e.example", "me@e.example", "<https://e.example>"),
    *(
        "|a|b|\n|-|-|\n|c|d|",
        "~~~",
        "\u202e",
        "\u2066",
        "\x1b[31m",
        "\x9b",
        "\x07",
        "\u2028",
        "\ud800",
        "\U000e0041",
    ),
)
hostile = st.lists(st.sampled_from(PIECES), min_size=1, max_size=6).map("".join)

FILES = {
    "/p/.claude/agents/{}.md": (
        "name: {}\ndescription: {}\ntools: [Read, {}, 'mcp__{}']\nmodel: {}\npermissionMode: {}\nskills: [{}]\n"
        "{}: 1\nhooks:\n  PreToolUse:\n    - matcher: {}\n      hooks:\n        - type: {}\n          {}: {}\n"
        "  {}:\n    - hooks: [{{type: command, command: {}}}]\nmcpServers:\n  - {}\n  - {}: {{type: {}}}\n"
    ),
    "/p/.claude/skills/{}/SKILL.md": "name: {}\ndescription: {}\nallowed-tools: {}\nmodel: {}\nargument-hint: {}\n",
    "/p/.github/agents/{}.agent.md": "name: {}\ndescription: {}\ntools: [{}]\nmodel: [{}]\nhandoffs: [{{agent: {}}}]\n",
    "/p/.github/instructions/{}.instructions.md": "applyTo: {}\ndescription: {}\n",
    "/p/.cursor/rules/{}.mdc": "globs: [{}, {}]\ndescription: {}\nalwaysApply: {}\n",
    "/p/.opencode/agents/{}.md": "description: {}\nmode: {}\nmodel: {}\npermission: {{bash: {{{}: {}}}, {}: ask}}\n",
    "/p/.gemini/agents/{}.md": "name: {}\ndescription: {}\nkind: {}\ntools: [{}]\nmodel: {}\n{}: {{}}\n",
}
"""Files by their paths, with `{}` for hostile texts."""


@st.composite
def documents(draw: st.DrawFn) -> Document:
    """An agent file with hostile values, keys and name; some are not quoted, so that the YAML may be broken."""
    path, text = draw(st.sampled_from(sorted(FILES.items())))
    holes = text.replace("{{", "").count("{}")
    values = [draw(hostile) for _ in range(holes)]
    if draw(st.integers(0, 3)):
        values = [json.dumps(value) for value in values]
    stem = draw(hostile).replace("/", "")
    prompt = draw(hostile)
    body = f"---\n{text.format(*values)}---\n\nUse the agent `other` or /other. {prompt}\n"
    document = make_document(path.format(stem), body, Config())
    return document or agent(body)


def agent(text: str) -> Document:
    """An agent of Claude Code."""
    document = make_document("/p/.claude/agents/a.md", text, Config())
    assert document is not None
    return document


def project(document: Document, evil: str) -> Index:
    """A project with the document, and with definitions and permissions that have a hostile text."""
    index = Index()
    base = document.identity.base_folder or "/p"
    readers = (document.reading.runtime.name,)

    def defined(kind: str, name: str) -> Names:
        path = f"{base}/{evil}/{kind}-{len(name)}.md"
        found = Definition(kind, name, "", path, Span(0, 0), evil, base, "", readers)  # type: ignore[arg-type]
        return Names(path, base, "", readers, (found,))

    for kind in ("agent", "skill", "command", "server"):
        index.update(defined(kind, "other"))
        index.update(defined(kind, evil))
    rules = (
        PermissionRule("deny", "Read", evil, Span(0, 0)),
        PermissionRule("deny", "Agent", evil, Span(0, 0)),
    )
    for folder in (base, "/p", "/"):
        path = f"{folder}/{evil}/settings.json"
        index.update(Names(path, folder, "", readers, permissions=rules))
    names = extract.extract_names(document)
    if names:
        index.update(names)
    return index


def cards(document: Document, index: Index) -> Iterator[str]:
    """The pages of all hovers and completion items, each once."""
    seen: set[str] = set()
    names = index.get(document.path)
    shown: set[tuple[str, str, str]] = set()
    for offset in offsets(document.text):
        found = [hover.hover(document, offset, index)]
        if names:
            found.append(name_hover.hover(index, names, document.text, offset, lambda _: document))
        for item in completion.complete(document, offset, snippets=True, index=index).items:
            if (item.kind, item.label, item.parent) not in shown:
                shown.add((item.kind, item.label, item.parent))
                page = name_completion.name_documentation(
                    document, index, item.label, item.parent, lambda _: document
                ) or completion.item_documentation(document.dialect, item.kind, item.label, item.parent)
                seen.add(page)
        seen.update(card.markdown for card in found if card)
    yield from seen


def offsets(text: str) -> list[int]:
    """The ends of the lines and the starts of the words, at most a few dozen."""
    every = [0, *(found.start() for found in re.finditer(r"(?<=\W)\w|\n", text)), len(text)]
    return every[:: len(every) // 40 + 1]


def assert_harmless(markdown: str, allowed: frozenset[str]) -> None:
    """Fail if `markdown` has an image, HTML, or a link to an address that is not in `allowed`."""
    inert = ""
    for token in walk(PARSER.parse(markdown)):
        assert token.type not in ("image", "html_inline", "html_block"), (token, markdown)
        if token.type == "link_open":
            assert token.attrs["href"] in allowed, (token, markdown)
        if token.type in ("code_inline", "fence", "code_block"):
            inert += token.content
    # GitHub's Markdown makes links of addresses, unless a backslash is in them.
    for start in ("http://", "https://", "www.", "me@"):
        plain = markdown.count(start) - sum(
            address.count(start) * markdown.count(address) for address in allowed
        )
        assert plain <= inert.count(start), (start, markdown)
    assert not re.search(
        "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u202a-\u202e\u2066-\u2069\ud800-\udfff]", markdown
    )


def walk(tokens: list[Token]) -> Iterator[Token]:
    """All tokens, with those inside others."""
    for token in tokens:
        yield token
        yield from walk(token.children or [])


def addresses(document: Document) -> frozenset[str]:
    """The addresses of the sources of facts that a page may cite."""
    known = (document.dialect, *(reading.dialect for reading in document.readings))
    return frozenset(source.url for dialect in known for source in dialect.sources if source.url)


@settings(deadline=None, max_examples=100, suppress_health_check=[HealthCheck.too_slow])
@given(documents(), hostile)
def test_no_page_about_a_hostile_file_has_links_of_the_file(document: Document, evil: str) -> None:
    allowed = addresses(document)
    for markdown in cards(document, project(document, evil)):
        assert_harmless(markdown, allowed)


@pytest.mark.parametrize(
    ("frontmatter", "word"),
    [
        (
            'name: a\ndescription: Use it.\nmodel: "x` ![i](http://e.example/i.png) [c](command:evil) `y"',
            "---",
        ),
        ('name: a\ndescription: Use it.\ntools: ["x` [c](command:evil) `y"]', "---"),
        ('name: a\n"d` [c](command:evil) `": b', "---"),
        ('name: a\ndescription: Use it.\nhooks: {"x` [c](command:evil) `y": 1}', "---"),
        ('name: a\ndescription: Use it.\nhooks: {Stop: "x` [c](command:evil) `y"}', "---"),
        ('name: a\ndescription: Use it.\nmcpServers: ["x` <img src=x> `y"]', '"x'),
    ],
)
def test_a_value_with_backticks_stays_code(frontmatter: str, word: str) -> None:
    document = agent(f"---\n{frontmatter}\n---\n\nYou review.\n")
    found = hover.hover(document, document.text.index(word) + 1)
    assert found is not None
    assert_harmless(found.markdown, addresses(document))


def hostile_dialect(evil: str) -> Dialect:
    """A dialect of a user with a hostile text in place of each that is shown."""
    dialect = loader.load_dialect("claude-code")
    keys = tuple(
        key._replace(
            summary=evil,
            docs=key.docs._replace(details=evil, default_effect=evil, invalid_effect=evil, since=evil),
            deprecation=key.deprecation._replace(deprecated=evil, replacement=evil),
            values=tuple(value._replace(summary=evil, alias_of=evil) for value in key.values),
        )
        for key in dialect.keys
    )
    tools = tuple(tool._replace(summary=evil, specifier=evil, superseded_by=evil) for tool in dialect.tools)
    sources = tuple(Source(source.id, evil, evil, f"command:{evil}") for source in dialect.sources)
    hooks = dialect.hooks
    events = tuple(event._replace(summary=evil, matcher_subject=evil) for event in hooks.events)
    return dialect._replace(
        title=evil, keys=keys, tools=tools, sources=sources, hooks=hooks._replace(events=events)
    )


@settings(deadline=None, max_examples=10)
@given(hostile)
def test_no_page_about_a_fact_of_a_hostile_dialect_has_links_of_the_dialect(evil: str) -> None:
    dialect = hostile_dialect(evil)
    names = [key.name for key in dialect.keys] + [value.name for key in dialect.keys for value in key.values]
    names += [tool.name for tool in dialect.tools] + [event.name for event in dialect.hooks.events]
    for name in names:
        page = explain.explain(name, dialect)
        if page and not page.startswith(f"**`{name}`** (rule"):
            assert_harmless(page, frozenset())


@given(hostile)
def test_the_source_of_a_fact_is_harmless(evil: str) -> None:
    source = Source("s", evil, evil, f"command:{evil}")
    assert_harmless(fact_page.render_page(evil, evil, evil, [(evil, evil)], source), frozenset())


@pytest.mark.parametrize("rest", ["", "a b", "a)", "a(b", "a>", "a\\)", "a\u202e", "a\nb"])
def test_only_a_plain_web_address_is_linked(rest: str) -> None:
    linked = escaping.link("here", f"https://e.example/{rest}")
    assert linked == ("here" if rest else "[here](https://e.example/)")


@given(st.lists(st.sampled_from(PIECES), max_size=9).map("".join))
def test_text_and_code_are_shown_as_they_are(text: str) -> None:
    for markdown in (escaping.code_span(text), escaping.escape_markdown(text), escaping.to_markdown(text)):
        assert_harmless(markdown, frozenset())
    (_, inline, _) = PARSER.parse(f"a {escaping.code_span(text)} b")
    kinds = [token.type for token in inline.children or []]
    assert kinds == ["text", "code_inline", "text"]
    tokens = PARSER.parse(escaping.code_block(text, "yaml"))
    assert [token.type for token in tokens] == ["fence"]


@given(st.text("`a ", max_size=12))
def test_a_line_is_split_at_the_code_spans_of_commonmark(line: str) -> None:
    line = f"a{line}a"
    (_, inline, _) = PARSER.parse(line)
    spans = [token.content for token in inline.children or [] if token.type == "code_inline"]
    found = [piece.text for piece in escaping.split_code(line) if piece.is_code]
    assert [text.strip() for text in spans] == [text.strip() for text in found]


def test_the_split_of_a_line_takes_linear_time() -> None:
    line = " ".join("`" * length for length in range(1_000))
    assert "".join(piece.text for piece in escaping.split_code(line)) == line


def test_a_message_of_an_editor_has_no_links() -> None:
    message = escaping.escape_message("`[a](command:evil)`\nis not read\x1b")
    assert message == "`[a] (command:evil)`\nis not read<U+001B>"
