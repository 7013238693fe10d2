"""A notebook's Python cells are one module, and every fact stands at its place in the notebook."""

import json

from threatline.analysis.workspace import analyze_texts
from threatline.facts import extract_file
from threatline.facts.model import Call, Literal
from threatline.source.reading import make_source


def notebook(*cells, **metadata):
    made = [{"cell_type": kind, "metadata": {}, "source": source} for kind, source in cells]
    return json.dumps({"cells": made, "metadata": metadata, "nbformat": 4}, indent=1, ensure_ascii=False)


def places(text, kind):
    raw = text.encode()
    extraction = extract_file(make_source("a.ipynb", raw))
    return [
        raw[slice(*span)].decode()
        for definition in extraction.facts.definitions
        for fact, span in zip(definition.facts, extraction.spans[definition.path], strict=True)
        if isinstance(fact, kind)
    ]


def test_spans_lead_back_through_escapes():
    text = notebook(("code", ['name = "a\\tb"\n', 'print("é", name)\n']), ("markdown", "print(1)"), ("code", "run(name)"))
    assert places(text, Call) == ['print(\\"é\\", name)', "run(name)"]


def test_magics_and_other_languages_are_no_python():
    text = notebook(
        ("code", "!pip install x\n%timeit f()\nf()"), ("code", "%%bash\ng()"), ("code", "%%time\nh()"), ("code", "k?\nx = y % 2")
    )
    assert places(text, Call) == ["f()", "h()"]


def test_outputs_are_texts_and_no_code():
    outputs = [
        {"text": ["run_this_at_once()\n", "short\n"]},
        {"data": {"text/plain": "a longer text of it", "image/png": "iVBORw0KGgoAAAANSU"}},
    ]
    text = json.dumps({"cells": [{"cell_type": "code", "source": "x = 1", "outputs": outputs}]})
    assert places(text, Call) == []
    assert places(text, Literal) == ["1", '"run_this_at_once()\\n"', '"a longer text of it"']


def test_a_printed_credential_is_found():
    key = "ghp_" + "A1b2C3d4E5f6" * 3
    text = json.dumps({"cells": [{"cell_type": "code", "source": "show()", "outputs": [{"text": [f"token: {key}\n"]}]}]})
    snapshot = analyze_texts({"a.ipynb": text})
    (finding,) = [f for f in snapshot.findings if f.rule == "api-key-hardcoded"]
    assert key.encode() in snapshot.files["a.ipynb"].text[slice(*snapshot.place(finding.value).span)]


def test_notebooks_of_other_languages_are_not_read():
    assert places(notebook(("code", "f()"), kernelspec={"language": "julia"}), Call) == []


def test_a_flow_through_two_cells_is_found_at_its_line():
    text = notebook(
        ("code", ["import openai\n", "client = openai.OpenAI()\n"]),
        ("code", ["reply = client.responses.create(model='gpt-5-nano', input='plot it').output_text\n"]),
        ("code", ["# run it\n", "exec(reply)\n"]),
    )
    snapshot = analyze_texts({"plot.ipynb": text})
    found = {f.rule: snapshot.place(f.value) for f in snapshot.findings}
    place = found["model-output-to-exec"]
    assert snapshot.files["plot.ipynb"].text[place.span.start : place.span.end] == b"exec(reply)"
