"""Imports all that the server and the playground use, before a snapshot of the memory is taken."""

import gc
import importlib
import pkgutil
import sys

sys.path.append("/lib/agentls")
sys.dont_write_bytecode = True

import agentls  # noqa: E402
from agentls.dialects import loader  # noqa: E402
from agentls.lsp import serve  # noqa: E402
from agentls.text import markdown, spelling  # noqa: E402

for module in pkgutil.walk_packages(agentls.__path__, "agentls."):
    if not module.name.startswith(("agentls.cli", "agentls.__main__", "agentls.text.pulldown_parser")):
        importlib.import_module(module.name)
for name in loader.dialect_names():
    loader.load_dialect(name)
# These import more when they are first called.
markdown.parse("# Heading", 0)
spelling.closest_match("Raed", ["Read"])
serve.connect(print)
gc.collect()
