"""The conversion of an agent to the format of another product, as a new file."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from agentls.conversion.convert_agent import Conversion, convert_agent
from agentls.dialects.crosswalk import load_crosswalk
from agentls.document.locate import project_root
from agentls.features.refactorings.refactoring import NewFile, Refactoring, Selection
from agentls.text.wording import join_names


def convert_format(selection: Selection) -> Iterator[Refactoring]:
    """Yield the conversions of the agent whose `---` or `name` has the cursor, if it gets no more tools by them and the
    file does not exist yet. The title names what is lost."""
    document, formats = selection.document, load_crosswalk().formats
    name, root = document.entry("name"), project_root(document)
    is_at_head = selection.touches(document.start_span) or (name and selection.touches(name.span))
    if root is None or not is_at_head or document.dialect.kind != "agent":
        return
    for target in load_crosswalk().targets:
        made = convert_agent(document, target) if target != document.dialect.name else Conversion()
        path = posixpath.join(root, made.path)
        if made.path and not made.is_wider and not selection.world.exists(path):
            lost = dict.fromkeys(note.name for note in made.notes if note.kind == "lost")
            what = f" (loses {join_names(lost)})" if lost else ""
            yield Refactoring(f"Convert to {formats[target].title}{what}", new_file=NewFile(path, made.text))
