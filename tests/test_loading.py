"""Files that fixtures cannot contain: with CRLF and CR line ends, byte order marks, UTF-16."""

from __future__ import annotations

import pytest

from agentls.config import Config
from agentls.document.document import Document
from agentls.linter import check
from agentls.linter.consequence import Severity
from agentls.linter.fixing import judge_fixes
from agentls.project.world import NoDisk
from agentls.text.offsets import apply_edits
from harness import FIXTURES, Case, agent, covered, parse_case

CASES = [parse_case(path.read_text("utf-8")) for path in sorted((FIXTURES / "rules").glob("*.md"))]
GOOD = "---\nname: reviewer\ndescription: Reviews code. Use it after every change.\n---\n\nYou review code.\n"


def diagnostics(document: Document) -> list[check.Diagnostic]:
    return check.check(document, Config(), NoDisk())


def found(text: str) -> list[tuple[str, str]]:
    """The code of each finding, and the text it covers."""
    document = agent(text)
    return [(d.code, covered(document, d.span)) for d in diagnostics(document)]


def crlf(text: str) -> str:
    return text.replace("\n", "\r\n")


def with_mark(text: str) -> str:
    return "\ufeff" + text


@pytest.mark.parametrize("text", [GOOD, crlf(GOOD), with_mark(GOOD), with_mark(crlf(GOOD))])
def test_a_good_file_is_clean_with_any_line_end_and_mark(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("Reviews code.", "Reviews: code.", ("invalid-yaml", "Reviews: code. Use it after every change.")),
        ("Reviews code.", "@all", ("invalid-yaml", "@all Use it after every change.")),
        ("Reviews code.", "[a] b", ("invalid-yaml", "[a] b Use it after every change.")),
        (" Use it", "\nUse it", ("invalid-yaml", "Use it after every change.")),
        ("change.", "change:", ("invalid-yaml", "Reviews code. Use it after every change:")),
        ("Reviews", "Reviews --- all", ("early-terminator", "---")),
        ("Reviews", '"Reviews --- all"', ("early-terminator", "---")),
        ("name:", "# ---- who ----\nname:", ("early-terminator", "----")),
        ("---\n\n", "--- end\n\n", ("text-after-closing-fence", "--- end")),
        ("---\n\n", "-----\n\n", ("text-after-closing-fence", "-----")),
        ("---\n\n", "\n", ("unclosed-frontmatter", "---")),
        ("---\nname", "name", ("unopened-frontmatter", "name: reviewer")),
        ("---\nname", "----\nname", ("malformed-fence", "----")),
        ("---\nname", " ----\nname", ("malformed-fence", "----")),
        ("---\nname", " ---\nname", ("text-before-frontmatter", " ")),
        ("---\nname", "\n---\nname", ("text-before-frontmatter", "\r\n")),
        ("name: reviewer\n", "", ("missing-name", "---")),
        ("reviewer", "", ("missing-name", "name")),
        ("reviewer", "1", ("name-not-text", "1")),
        ("reviewer", "a:b", ("invalid-name", "a:b")),
        (" Use it", " #1 after", ("swallowed-text", "#1 after after every change.")),
        ("---\n\n", "---\ntools: Read\n---\n", ("leaked-frontmatter", "tools: Read")),
        ("You review", "```sh\ngit diff", ("unclosed-code-fence", "```sh")),
    ],
)
@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["no-mark", "mark"])
def test_spans_and_fixes_with_crlf(old: str, new: str, expected: tuple[str, str], mark: str) -> None:
    text = mark + crlf(GOOD.replace(old, new, 1))
    document = agent(text)
    results = diagnostics(document)
    assert expected in [(d.code, covered(document, d.span)) for d in results]
    for diagnostic in results:
        for fix in diagnostic.fixes:
            fixed = agent(apply_edits(text, fix.edits))
            assert fixed.reading.status == "clean", (diagnostic.code, fix.title, fixed.text)
            assert fixed.text.startswith(mark + "---\r\n")


@pytest.mark.parametrize(
    ("newline", "mark"), [("\n", "\ufeff"), ("\r\n", "")], ids=["lf-mark", "crlf-no-mark"]
)
def test_fixes_help_and_keep_the_line_ends(newline: str, mark: str) -> None:
    for case in CASES:
        for path in [path for path in case.files if path.endswith(".md")]:
            text = mark + case.files[path].replace("\n", newline)
            before = _diagnostics(case, path, text)
            for diagnostic in before:
                for fix in [fix for fix in diagnostic.fixes if not fix.new_path]:
                    fixed = apply_edits(text, fix.edits)
                    after = _diagnostics(case, path, fixed)
                    what = (path, diagnostic.code, fix.title, fixed)
                    assert _count(after, diagnostic.code) < _count(before, diagnostic.code), what
                    if fix.edits[0].span.start < len(mark):
                        continue  # The fix removes the mark, after which there may be other findings.
                    assert _errors(after) <= _errors(before), what
                    assert fixed.startswith(mark), what
                    assert fixed.count("\n") == fixed.count(newline), what


def _diagnostics(case: Case, path: str, text: str) -> list[check.Diagnostic]:
    """What the checks say about `text`, with those fixes that are offered."""
    changed = Case(case.prose, {**case.files, path: text})
    return judge_fixes(changed.document(path), changed.diagnostics(path))


def _count(diagnostics: list[check.Diagnostic], code: str) -> int:
    return sum(d.code == code for d in diagnostics)


def _errors(diagnostics: list[check.Diagnostic]) -> int:
    return sum(d.severity == Severity.ERROR for d in diagnostics)


def test_lines_that_end_in_cr() -> None:
    document = agent(GOOD.replace("\n", "\r"))
    (diagnostic,) = diagnostics(document)
    assert (diagnostic.code, covered(document, diagnostic.span)) == ("malformed-fence", "---")
    assert apply_edits(document.text, diagnostic.fixes[0].edits) == GOOD


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf_16(encoding: str) -> None:
    text = GOOD.encode(encoding).decode("utf-8", "replace")
    assert "malformed-fence" in [code for code, _ in found(text)]
    assert "invisible-character" not in [code for code, _ in found(text)]


@pytest.mark.parametrize("text", ["", "\n", "\ufeff", "\r", "Notes\rfor the team", "----------", "- a\n- b"])
def test_no_frontmatter_is_intended(text: str) -> None:
    assert [code for code, _ in found(text)] == ["missing-frontmatter"]


@pytest.mark.parametrize(
    ("path", "frontmatter"),
    [
        (".claude/rules/a.md", 'paths: "**/*.md"'),
        (".claude/commands/a.md", "allowed-tools: Read"),
        (".github/instructions/a.instructions.md", 'applyTo: "**/*.md"'),
        (".cursor/rules/a.mdc", "globs: '**/*.md'\nalwaysApply: false"),
    ],
)
def test_a_file_in_a_code_fence_is_taken_out_of_it(path: str, frontmatter: str) -> None:
    whole = f"---\n{frontmatter}\n---\n\nWrite short sentences.\n"
    for fences in (("```markdown\n", "```\n"), ("~~~\n", "~~~"), ("````md\n", "````\n\n")):
        document = agent(whole.join(fences), path)
        (diagnostic,) = (d for d in diagnostics(document) if d.code == "text-before-frontmatter")
        assert apply_edits(document.text, diagnostic.fixes[0].edits) == whole


def test_a_file_that_starts_with_an_example_is_not_in_a_code_fence() -> None:
    document = agent(
        "```yaml\n---\npaths: src/**\n---\n```\n\nWrite rules like this.\n", ".claude/rules/a.md"
    )
    assert document.reading.status == "clean"
