"""The documentation agrees with the code."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import agentls
import generate
from agentls.config import SETTINGS, Config, Override
from agentls.project.extract import extract_names
from agentls.project.index import Index
from agentls.reports.inspection import inspect_document, inspection_data
from harness import agent

ROOT = Path(__file__).parents[1]


def test_generated_documentation_is_current() -> None:
    assert [path.relative_to(ROOT) for path in generate.stale()] == [], "run `make docs`"


def test_every_setting_is_documented() -> None:
    assert set(SETTINGS) == {*Config._fields, *Override._fields}


PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *ROOT.glob("editors/*/*.md")]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_in_the_documentation_have_a_target(page: Path) -> None:
    for target in re.findall(r"\]\((?!https?:|#)([^)#\s]+)", page.read_text("utf-8")):
        assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_every_promise_names_a_test() -> None:
    named = re.findall(
        r"\[`(test_\w+)`\]\(\.\./([^)]+)\)", (ROOT / "docs" / "reliability.md").read_text("utf-8")
    )
    assert len(named) >= 40
    for test, file in named:
        assert f"def {test}(" in (ROOT / file).read_text("utf-8"), f"{file}::{test}"


ARCHITECTURE = (ROOT / "docs" / "architecture.md").read_text("utf-8")
GLOSSARY = (ROOT / "docs" / "glossary.md").read_text("utf-8")
PACKAGE = Path(agentls.__file__).parent


def _classes(package: str) -> list[ast.ClassDef]:
    """The classes of a package, or of all packages for an empty name. `config` is a package of one module."""
    files = [*(PACKAGE / package).rglob("*.py"), *PACKAGE.glob(f"{package}.py")]
    nodes = [node for file in files for node in ast.parse(file.read_text("utf-8")).body]
    return [node for node in nodes if isinstance(node, ast.ClassDef)]


def _members(definition: ast.ClassDef) -> set[str]:
    """The names of the fields and functions of a class."""
    fields = [node.target for node in definition.body if isinstance(node, ast.AnnAssign)]
    functions = [node.name for node in definition.body if isinstance(node, ast.FunctionDef)]
    return {*functions, *(field.id for field in fields if isinstance(field, ast.Name))}


_CLASS = re.compile(r"`(?:([a-z]+)\.)?([A-Z]\w+)(?:\.(\w+))?(?:\(\w+\))?`")


@pytest.mark.parametrize(("package", "name", "member"), sorted(set(_CLASS.findall(GLOSSARY + ARCHITECTURE))))
def test_classes_in_the_glossary_and_the_architecture_exist(package: str, name: str, member: str) -> None:
    found = [one for one in _classes(package) if one.name == name]
    assert found
    assert not member or any(member in _members(one) for one in found)


@pytest.mark.parametrize("folder", sorted(set(re.findall(r"`([a-z_]+/[a-z_/]*)`", GLOSSARY))))
def test_folders_in_the_glossary_exist(folder: str) -> None:
    assert (PACKAGE / folder).is_dir()


def test_the_readme_is_short() -> None:
    assert len((ROOT / "README.md").read_text("utf-8").splitlines()) <= 150


def test_the_keys_of_an_inspection_are_documented() -> None:
    document = agent("---\nname: a\ndescription: B\ntools: Bahs\nmcpServers: [notes]\n---\nC\n")
    index = Index()
    index.update(extract_names(document))
    data = inspection_data(inspect_document(document, index))
    reading = data["readings"][0]
    documented = set(
        re.findall(r"^\| (`.*?) \|", (ROOT / "docs/inspect.md").read_text("utf-8"), re.MULTILINE)
    )
    keys = {key.strip("`") for cell in documented for key in cell.split(", ")}
    assert keys == {*data, *reading, *reading["effective"]}


@pytest.mark.parametrize(
    "path", sorted(set(re.findall(r"`(\w[\w/.-]*(?:/|\.(?:py|yaml|toml|jsonc)))`", ARCHITECTURE)))
)
def test_files_in_the_architecture_exist(path: str) -> None:
    tables = PACKAGE / "dialects" / "tables"
    assert any((folder / path).exists() for folder in (PACKAGE, tables, ROOT))
