"""What the prompts of commands and skills contain besides text: arguments and commands.

The docstrings of records and fields are the descriptions in the JSON Schema of dialect files.
"""

from agentls.dialects.runtimes import Condition
from agentls.text.named_tuples import NamedTuple


class PromptArguments(NamedTuple):
    """How a prompt contains the arguments of its call.

    `placeholder` stands for all arguments. A dollar sign with a number, 0 for the first, stands for a single argument,
    and so does a dollar sign with a name that the key `names_key` declares. `hint_key` is the key that shows people
    what to type."""

    placeholder: str
    names_key: str
    hint_key: str
    source: str


class PromptCommands(NamedTuple):
    """Shell commands in a prompt, which the runtime runs before it sends the prompt.

    `tool` is the tool whose permission they need, and `allowing_key` the key whose entries allow them. If the condition
    `unknown_when` is met, another tool runs them, of which nothing is known."""

    tool: str
    allowing_key: str
    source: str
    unknown_when: Condition | None = None
