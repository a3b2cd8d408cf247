"""The table of all refactorings, by the kind of code action that they are."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from agentls.features.refactorings.new_files import create_definition, extract_skill
from agentls.features.refactorings.other_formats import convert_format
from agentls.features.refactorings.refactoring import Kind, Refactoring, Selection
from agentls.features.refactorings.texts import convert_text, move_examples
from agentls.features.refactorings.tool_lists import convert_tool_list, list_all_tools, sort_tools

Find = Callable[[Selection], Iterator[Refactoring]]

REFACTORINGS: tuple[tuple[Kind, Find], ...] = (
    ("quickfix", create_definition),
    ("refactor.rewrite", convert_tool_list),
    ("refactor.rewrite", sort_tools),
    ("refactor.rewrite", list_all_tools),
    ("refactor.rewrite", convert_text),
    ("refactor.rewrite", move_examples),
    ("refactor.rewrite", convert_format),
    ("refactor.extract", extract_skill),
)
