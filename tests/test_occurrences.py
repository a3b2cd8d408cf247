"""What a file refers to: names in its frontmatter, and paths in its prompt. Mentions in prose are tested apart."""

from __future__ import annotations

from textwrap import dedent

from agentls import occurrences
from agentls.document import Document
from agentls.names import Names, Reference
from harness import agent


def names(document: Document) -> Names:
    """The names in a document; every span covers what it says."""
    found = occurrences.of(document)
    for reference in found.references:
        written = reference.span.of(document.text)
        assert written == reference.name or reference.kind == "file"
        if reference.scope:
            assert document.text[: reference.span.start].endswith(f"{reference.scope}:")
    return found


def used(text: str, path: str = ".claude/agents/case.md") -> list[str]:
    """What a file refers to, in the order of the text."""
    return [_shown(each) for each in names(agent(dedent(text), path)).references]


def _shown(reference: Reference) -> str:
    return f"{reference.kind} {reference.scope and reference.scope + ':'}{reference.name}"


def test_links_lead_from_the_folder_of_the_file_and_from_the_project() -> None:
    text = """\
        ---
        name: pay
        description: Takes payments.
        ---

        Read [the rules](references/rules.md#refunds) first, and ![this](<./a%20b.png>).
        See [elsewhere](https://example.com/x.md), [here](#below), [a name](name) and [it][it].

        [it]: ../SKILL.md
        """
    assert used(text, "/p/.claude/skills/pay/SKILL.md") == [
        "file /p/.claude/skills/pay/references/rules.md",
        "file /p/references/rules.md",
        "file /p/.claude/skills/pay/a b.png",
        "file /p/a b.png",
        "file /p/.claude/skills/SKILL.md",
        "file /SKILL.md",
    ]
    document = agent(dedent(text), "/p/.claude/skills/pay/SKILL.md")
    spans = [each.span.of(document.text) for each in names(document).references]
    assert spans[::2] == ["references/rules.md", "./a%20b.png", "../SKILL.md"]


def test_paths_behind_signs_are_references() -> None:
    text = "Follow @docs/style.md and #file:docs/api.md, and ask @anna about @acme/lib and `@docs/no.md`.\n"
    assert used(text, "/p/CLAUDE.md") == ["file /p/docs/style.md", "file /p/docs/api.md"]
