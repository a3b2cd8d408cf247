"""The page of an inspection: what it shows, where it leads, and that a file cannot put markup into it."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from agentls.config import Config
from agentls.document.document import Document
from agentls.document.locate import make_document
from agentls.reports.inspection import inspect_document
from agentls.reports.inspection_page import render_html

HOSTILE = '<img src=x onerror="alert(1)">'
AGENT = "---\nname: {0}\ndescription: Does {0}.\ntools: Read, {0}\nmodel: {0}\n---\n\nYou do it.\n"


def agent(text: str, name: str = "reviewer") -> Document:
    document = make_document(f"/p/.claude/agents/{name}.md", text, Config())
    assert document is not None
    return document


def page(text: str, name: str = "reviewer") -> str:
    return render_html(inspect_document(agent(text, name)))


def test_the_page_has_an_article_for_each_primary_reader_and_the_others() -> None:
    shown = page(AGENT.format("reviewer").replace("model: reviewer", "model: sonnet"))
    assert re.search(r'<h2 class="good">Claude Code [\d.]+ loads this file\.</h2>', shown)
    assert "<th>tools</th><td><code>Read</code></td>" in shown
    assert shown.count("<article>") == 2
    assert "Other readers" in shown


def test_reasons_lead_to_their_lines() -> None:
    shown = page("---\nname: x\n---\n\nNo description.\n")
    assert '<h2 class="bad">' in shown
    assert re.search(r'<li><a href="#" data-line="\d+">line \d+</a>: ', shown)


def test_text_of_the_author_is_shown_and_never_markup() -> None:
    shown = page(AGENT.format(f"'{HOSTILE}'"), HOSTILE.replace("/", ""))
    assert "&lt;img src=x onerror=&quot;alert(1)&quot;&gt;" in shown
    assert "<img" not in shown
    assert 'data-line="9"' not in page(AGENT.format("see line 9"))


TAG = re.compile(
    r'</?(?:article|h1|h2|p|ul|li|table|tr|th|td|code)(?: class="\w+")?>|<a href="#" data-line="\d+">|</a>'
)


@given(st.text(max_size=60), st.text(max_size=20))
def test_no_text_leads_to_other_tags(text: str, name: str) -> None:
    whole = page(f"---\nname: {text}\ndescription: {text}\ntools: {text}\n{text}\n---\n{text}", f"a{name}")
    assert "<" not in TAG.sub("", whole)
