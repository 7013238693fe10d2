"""A page's parts are found where a reader sees them."""

from __future__ import annotations

from threatline.knowledge.pages import Expected, parse_page

PAGE = """\
# A title

A summary of
two lines.

## Why

Because. `## not a heading`

## Example: two files

Before the code.

```python title="a.py"
# ## not a heading either
run(x)  # finding: one-rule
```

```typescript
run(x);  // todo finding: one-rule, other-rule
```

```diff
-run(x)
+walk(x)
```

## Example: silent

```python
walk(x)  # a finding: would look like this
```
"""


def test_text_and_sections():
    page = parse_page(PAGE)
    assert (page.title, page.summary) == ("A title", "A summary of\ntwo lines.")
    assert [section.title for section in page.sections] == ["Why", "Example: two files", "Example: silent"]
    assert page.sections[0].text == "Because. `## not a heading`"


def test_examples():
    first, second = parse_page(PAGE).examples
    assert list(first.files) == ["a.py", "app.ts"]
    assert first.expected == (Expected("a.py", 2, "one-rule"),)
    assert first.todo == (Expected("app.ts", 1, "one-rule"), Expected("app.ts", 1, "other-rule"))
    assert first.diff == "-run(x)\n+walk(x)\n"
    assert (second.title, second.expected, second.todo, second.diff) == ("Example: silent", (), (), "")


def test_an_empty_page_has_empty_parts():
    page = parse_page("")
    assert (page.title, page.summary, page.sections, page.examples) == ("", "", (), ())
