"""References in prompts: their forms, and words that are not names."""

from __future__ import annotations

import random

import pytest

from agentls.project import prose_references


def references_in(text: str) -> str:
    """The references in `text`: each as kind, form and name, in the order of the text."""
    references = sorted(prose_references.find_prose_references(text, 0), key=lambda reference: reference.span)
    assert all(reference.span.text_in(text) == reference.name for reference in references)
    return "; ".join(
        f"{each.kind} {each.form} {each.qualifier}{':' if each.qualifier else ''}{each.name}"
        for each in references
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # What is a reference whatever it names.
        ("Ask @agent-planner first.", "agent mention planner"),
        ("Ask @agent-tools:ui-designer.", "agent mention tools:ui-designer"),
        ('Ask @"ui-designer (agent)" first.', "agent mention ui-designer"),
        ('Task(subagent_type="planner", prompt="Go")', "agent argument planner"),
        ("Task(subagent_type='planner')", "agent argument planner"),
        ('{"subagent_type": "planner"}', "agent argument planner"),
        ('"{\\"subagent_type\\": \\"planner\\"}"', "agent argument planner"),
        ("subagent_type: planner\n", "agent argument planner"),
        ("Start it with `subagent_type=planner`.", "agent argument planner"),
        ("Start it (subagent_type: ui-designer).", "agent argument ui-designer"),
        ("Call Agent(planner) or Task(`ui-designer`, x).", "agent call planner; agent call ui-designer"),
        ('Then Skill(code-style) and Skill("tools:release").', "skill call code-style; skill call tools:release"),
        ('Skill(skill: "code-style")', "skill call code-style"),
        ("Use mcp__github__get_issue.", "server mention github"),
        # Names that are set off from the prose.
        ("Leave it to `planner` or `ui-designer`.", "agent code planner; any code ui-designer"),
        ("The `Code Reviewer` decides.", "any code Code Reviewer"),
        ("Run `/release` or `/tools:ship-it`.", "command code release; command code tools:ship-it"),
        ("Load the `release` skill.", "skill labelled release"),
        ("Run /release-notes first, then (/ship).", "command code release-notes; command code ship"),
        ("Hand over to @planner, then to @ui-designer.", "agent code planner; agent code ui-designer"),
        # Hyphenated words.
        ("Collaborate with ui-designer before a release.", "agent word ui-designer"),
        ("Align with ui-designer, qa-expert.", "agent word ui-designer; agent word qa-expert"),
        ("Align with ui-designer and api-pro.", "agent word ui-designer; agent word api-pro"),
        ("- **ui-designer**: draws", "agent word ui-designer"),
        ("- ui-designer for the screens", "agent word ui-designer"),
        ("| ui-designer | draws |", "agent word ui-designer"),
        ("It is ui-designer's job (see qa-expert).", "agent word ui-designer; agent word qa-expert"),
        ('{"agent": "ui-designer"}', "agent word ui-designer"),
        ("3-step-planner → 4-checker", "agent word 3-step-planner; agent word 4-checker"),
        # Names beside the word for what they name.
        ("the `planner` subagent and agent `ui-designer`", "agent labelled planner; agent labelled ui-designer"),
        ("Skills: `code-style`", "skill labelled code-style"),
        ("Spawn a planner agent.", "agent noun planner"),
        ("Hand off to the Code Reviewer subagent.", "agent noun Code Reviewer"),
        ("Ask the **planner** agent.", "agent noun planner"),
        ("**Agent**: planner", "agent noun planner"),
        ("Follow the code-style skill.", "skill noun code-style"),
        ("skill: code-style", "skill noun code-style"),
        ('{"skill": "code-style", "agent": "planner"}', "skill noun code-style; agent noun planner"),
        ('runSubagent(agentName="planner")', "agent noun planner"),
        ("Delegate to planner, hand it to the writer for fun.", "agent noun planner; agent noun writer"),
        ("Coordinate closely with **planner**, and consult Explorer first.", "agent noun planner"),
        ("Spawn planner when in doubt.", "agent noun planner"),
        ("- **planner**: plans", "agent item planner"),
    ],
)  # fmt: skip
def test_found(text: str, expected: str) -> None:
    assert references_in(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "See docs/ui-designer.md and ./ui-designer/notes.",
        "Open ui-designer.md or @docs/ui-designer.",
        "Run it with --dry-run, -no-color, x_a-b or $my-var.",
        "Mail me@some-host.example or see https://some-host.example/a-b.",
        "Call `useState`, `MAX_SIZE`, `npm run x` and `agent.md`.",
        "Read /usr/bin, and/or `a/b`.",
        "The agent does what every agent should: this agent reviews.",
        "It is an email@agent-less address.",
        "<some-tag> and {some-name} and some-call(x)",
        "subagent_type: one of the agents below",
        "subagent_type: <name>",
        "MyAgent(planner), MyTask(planner), the agent(s) and Skill(s)",
        "See @agent-notes.md for more.",
        "Go to school, work with care, and defer it to engineer judgement.",
        "Pages 10-12, dashes - and -- and ---.",
    ],
)
def test_no_names(text: str) -> None:
    assert references_in(text) == ""


def test_only_the_prompt_is_searched() -> None:
    text = "name: ui-designer\n---\nAsk ui-designer."
    assert [each.span.start for each in prose_references.find_prose_references(text, text.index("Ask"))] == [
        text.rindex("ui-designer")
    ]


def test_a_name_at_the_very_start_and_end() -> None:
    assert references_in("ui-designer") == "agent word ui-designer"
    assert references_in("/ship") == ""  # Whether a path or a command: nothing stands before it.


def test_each_span_has_one_reference() -> None:
    assert references_in('Task(subagent_type="ui-designer")') == "agent argument ui-designer"
    assert (
        references_in("the `ui-designer` agent, @agent-qa-expert")
        == "agent labelled ui-designer; agent mention qa-expert"
    )


PIECES = [
    *(
        "ui-designer",
        "planner",
        "Code Reviewer",
        "`",
        "**",
        "@",
        "/",
        "agent",
        " agent",
        "subagent",
        " skill",
    ),
    *(
        "subagent_type",
        ": ",
        "=",
        '"',
        "Task(",
        "Agent(",
        "Skill(",
        ")",
        "mcp__",
        "__",
        "-",
        " ",
        "\n",
        "- ",
        "|",
    ),
    *("@agent-", " (agent)", ".", ":", "é", "\\", "7", "\0", "計画"),
]


def test_any_text_has_references_with_correct_spans() -> None:
    chance = random.Random(0)
    for _ in range(2000):
        text = "".join(chance.choices(PIECES, k=chance.randrange(40)))
        start = chance.randrange(len(text) + 1)
        references = list(prose_references.find_prose_references(text, start))
        assert all(
            each.span.text_in(text) == each.name and each.span.start >= start for each in references
        ), text
        assert len({each.span.start for each in references}) == len(references)


def test_a_single_word_in_backticks_is_only_a_skill_next_to_the_noun() -> None:
    assert references_in("`jq`, the `jq` command, `getUser`, `MAX`, `a.b`") == "agent code jq; agent code jq"
