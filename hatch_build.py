"""Completes the metadata of the package when it is built, by what the owner has filled in in `src/agentls/owner.py`."""

from __future__ import annotations

import re
import runpy
from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface


class OwnerMetadata(MetadataHookInterface):
    """The addresses of the project, and the README with links that work outside of the repository."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Add `urls` and `readme`."""
        root = Path(self.root)
        owner = runpy.run_path(str(root / "src" / "agentls" / "owner.py"))
        addresses = {
            "Documentation": owner["SITE"],
            "Repository": owner["REPOSITORY"],
            "Changelog": owner["REPOSITORY"] and f"{owner['REPOSITORY']}/blob/main/CHANGELOG.md",
        }
        metadata["urls"] = {name: address for name, address in addresses.items() if address}
        text = absolute_links((root / "README.md").read_text("utf-8"), owner["REPOSITORY"])
        metadata["readme"] = {"content-type": "text/markdown", "text": text}


def absolute_links(text: str, repository: str) -> str:
    """Return a page with the links and pictures of the repository at this address; unchanged without an address."""
    if not repository:
        return text
    text = re.sub(r"(!\[[^\]]*\]\()(?!\w+:|#)", rf"\1{repository}/raw/main/", text)
    return re.sub(r"(\[[^\]]*\]\()(?!\w+:|#)", rf"\1{repository}/blob/main/", text)
