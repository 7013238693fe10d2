"""Each page is a test: its examples are analyzed, and the rule must report the marked lines, and no others."""

from __future__ import annotations

import difflib
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from threatline.analysis.workspace import analyze_texts
from threatline.fixes.offers import fixes_for
from threatline.knowledge.loading import load_knowledge
from threatline.knowledge.pages import Expected, parse_page, unmarked

KNOWLEDGE = load_knowledge()


@cache
def page(rule):
    return parse_page(Path(KNOWLEDGE.pages[rule]).read_text(encoding="utf-8"))


EXAMPLES = [pytest.param(rule, example, id=f"{rule}: {example.title}") for rule in KNOWLEDGE.pages for example in page(rule).examples]


def reported(snapshot, rule):
    for finding in snapshot.findings:
        if finding.rule == rule:
            place = snapshot.place(finding.value)
            yield Expected(place.file, snapshot.line_index(place.file).line_of(place.span.start) + 1, rule)


def test_all_files_of_the_rules_folder_are_right():
    assert KNOWLEDGE.problems == ()


@pytest.mark.parametrize("rule", KNOWLEDGE.pages)
def test_page_has_text_and_both_kinds_of_example(rule):
    written = page(rule)
    titles = [section.title for section in written.sections]
    assert written.title == KNOWLEDGE.rule(rule).title
    assert written.summary
    assert titles[:4] == ["Why", "How it is recognized", "How to fix", "What it does not see"]
    assert any(example.expected or example.todo for example in written.examples)
    assert any(not example.expected and not example.todo for example in written.examples)
    assert {mark.rule for example in written.examples for mark in (*example.expected, *example.todo)} == {rule}


@pytest.mark.parametrize(("rule", "example"), EXAMPLES)
def test_rule_reports_the_marked_lines(rule, example):
    snapshot = analyze_texts(example.files, knowledge=KNOWLEDGE)
    found = Counter(reported(snapshot, rule))
    assert found == Counter(example.expected), "\n".join(f"{f.rule} {f.message}" for f in snapshot.findings)


@pytest.mark.parametrize(("rule", "example"), [case for case in EXAMPLES if case.values[1].todo])
@pytest.mark.xfail(strict=True, reason="a known gap, written down on the page")
def test_known_gaps_are_still_gaps(rule, example):
    snapshot = analyze_texts(example.files, knowledge=KNOWLEDGE)
    assert set(example.todo) <= set(reported(snapshot, rule))


def fixed(files, edits):
    texts = {file: text.encode() for file, text in files.items()}
    for edit in sorted(edits, key=lambda one: one.span)[::-1]:
        texts[edit.file] = texts[edit.file][: edit.span.start] + edit.text.encode() + texts[edit.file][edit.span.end :]
    return {file: text.decode() for file, text in texts.items()}


def difference(before, after):
    lines = list(difflib.unified_diff(before.splitlines(), after.splitlines(), n=0, lineterm=""))
    return [unmarked(line).rstrip() for line in lines[2:] if line[0] in "+-"]


@pytest.mark.parametrize(("rule", "example"), [case for case in EXAMPLES if case.values[1].diff])
def test_first_fix_is_the_one_on_the_page(rule, example):
    snapshot = analyze_texts(example.files, knowledge=KNOWLEDGE)
    finding = next(finding for finding in snapshot.findings if finding.rule == rule)
    after = fixed(example.files, fixes_for(snapshot, finding, KNOWLEDGE)[0].edits)
    assert [line for file in sorted(after) for line in difference(example.files[file], after[file])] == example.diff.splitlines()


@pytest.mark.parametrize(("rule", "example"), [case for case in EXAMPLES if case.values[1].diff])
def test_what_the_fix_leaves_is_silent(rule, example):
    snapshot = analyze_texts(example.files, knowledge=KNOWLEDGE)
    finding = next(finding for finding in snapshot.findings if finding.rule == rule)
    after = fixed(example.files, fixes_for(snapshot, finding, KNOWLEDGE)[0].edits)
    assert finding.fingerprint not in {other.fingerprint for other in analyze_texts(after, knowledge=KNOWLEDGE).findings}
