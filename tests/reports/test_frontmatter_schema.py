"""JSON Schemas of frontmatter: files that work match them, and typical mistakes do not."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from jsonschema import Draft7Validator

from agentls.config import Config
from agentls.dialects import loader
from agentls.document.document import Document
from agentls.document.locate import make_document
from agentls.features.completion_items import snippet_text
from agentls.reports.frontmatter_schema import frontmatter_schema, schemas_of
from harness import TEXTS, agent, parse_case

FIXTURES = sorted((Path(__file__).parents[1] / "fixtures" / "rules").glob("*.md"))


@cache
def validator(dialect: str) -> Draft7Validator:
    return Draft7Validator(frontmatter_schema(loader.load_dialect(dialect)))


def errors(document: Document, dialect: str) -> list[str]:
    """Return what is wrong with the frontmatter of a document."""
    return [error.message for error in validator(dialect).iter_errors(document.root.value)]


@pytest.mark.parametrize("dialect", loader.DIALECT_NAMES)
def test_every_dialect_has_a_valid_schema_that_its_new_files_match(dialect: str) -> None:
    table = loader.load_dialect(dialect)
    Draft7Validator.check_schema(frontmatter_schema(table))
    document = make_document("new.md", snippet_text(table.new_file_snippet), Config(), None, dialect)
    assert document is not None
    assert errors(document, dialect) == []


def clean_files() -> Iterator[tuple[str, Document]]:
    """Yield the files of the fixtures about which there is nothing to say. In a plugin, less is required."""
    for fixture in FIXTURES:
        case = parse_case(fixture.read_text("utf-8"))
        for path in case.files:
            if path.endswith(TEXTS) and not case.expected[path]:
                document = case.document(path)
                if (
                    document.frontmatter
                    and not document.identity.plugin
                    and all(each.status == "clean" for each in document.readings)
                ):
                    yield f"{fixture.stem}: {path}", document


def test_clean_files_match_the_schema() -> None:
    found = list(clean_files())
    assert len(found) > 200
    wrong = {name: errors(document, document.dialect.name) for name, document in found}
    assert {name: each for name, each in wrong.items() if each} == {}


@pytest.mark.parametrize(
    ("dialect", "keys"),
    [
        ("claude-code", "name: a"),
        ("claude-code", "name: a\ndescription: b\npermissionMode: never"),
        ("claude-code", "name: a\ndescription: b\ntools: {Read: true}"),
        ("claude-code", "name: a\ndescription: b\nmaxTurns: 0"),
        ("copilot", "description: a\nmcp-servers: [x]"),
        ("opencode", "mode: helper"),
        ("opencode", "tools: [read]"),
        ("opencode", 'color: "#12"'),
        ("gemini-cli", "name: a\ndescription: b\ncolor: red"),
        ("gemini-cli", "name: A B\ndescription: b"),
        ("gemini-cli", "name: a"),
    ],
)
def test_mistakes_do_not_match(dialect: str, keys: str) -> None:
    assert errors(agent(f"---\n{keys}\n---\n\nYou work.\n"), dialect)


@pytest.mark.parametrize(
    ("dialect", "keys"),
    [
        (
            "claude-code",
            "name: a\ndescription: b\ntools:\nmodel: my-own\ncategory: x\nmaxTurns: '5'\neffort: HIGH",
        ),
        ("gemini-cli", "kind: remote\nname: a\nagent_card_url: https://example.com"),
        ("opencode", 'permission:\n  bash: {"*": ask, "git *": allow}\nanything: 1'),
    ],
)
def test_what_works_matches(dialect: str, keys: str) -> None:
    assert errors(agent(f"---\n{keys}\n---\n\nYou work.\n"), dialect) == []


def test_keys_and_values_are_documented() -> None:
    keys = frontmatter_schema(loader.load_dialect("opencode"))["properties"]
    assert keys["mode"]["enum"] == ["subagent", "primary", "all"]
    assert len(keys["mode"]["markdownEnumDescriptions"]) == 3
    assert keys["maxSteps"]["deprecationMessage"] == "use `steps` instead"
    assert "provider" in keys["model"]["description"]


def test_one_schema_has_all_dialects() -> None:
    made = schemas_of([loader.load_dialect(name) for name in loader.DIALECT_NAMES])
    Draft7Validator.check_schema(made)
    assert {*made["definitions"]} == {*loader.DIALECT_NAMES}
