"""The types and modifiers of semantic tokens. The server announces them before it loads anything else."""

from __future__ import annotations

from typing import Literal, get_args

TokenType = Literal[
    "property", "function", "enumMember", "class", "namespace", "event", "interface", "parameter"
]
"""Standard types: `property` for a key, `function` for a tool, `enumMember` for a model or another value with a fixed
meaning, `class`, `namespace`, `event` and `interface` for the name of an agent, a skill, a command and a server, as in
completion, `parameter` for an argument of the prompt."""

TokenModifier = Literal["declaration", "defaultLibrary", "deprecated", "unknown", "denied"]
"""`defaultLibrary` is what the runtime has built in, `unknown` what it does not know, `denied` a tool that the agent
may not use. The others are standard modifiers."""

TOKEN_TYPES: tuple[TokenType, ...] = get_args(TokenType)
TOKEN_MODIFIERS: tuple[TokenModifier, ...] = get_args(TokenModifier)
