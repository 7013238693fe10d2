"""`threatline rules`: list, test, new."""

import pytest

from threatline.knowledge.loading import load_knowledge


def test_list_has_every_rule(call):
    status, out, _ = call("rules", "list")
    rules = load_knowledge().rules
    assert status == 0
    assert all(rule.id in out for rule in rules)
    assert f"{len(rules)} rules" in out


def test_list_of_one_theme(call):
    rules = load_knowledge().rules
    out = call("rules", "list", "--theme", "output")[1]
    assert {rule.id for rule in rules if f" {rule.id} " in out} == {rule.id for rule in rules if rule.theme == "output"}


def test_an_unknown_theme_is_a_wrong_call(call):
    status, _, err = call("rules", "list", "--theme", "nothing")
    assert status == 2
    assert "output" in err


def test_the_page_of_a_good_rule_passes(call):
    status, out, _ = call("rules", "test", "model-output-to-import")
    assert status == 0
    assert out.splitlines() == ["ok      model-output-to-import", "1 page, 0 failed"]


@pytest.mark.parametrize("sentence", ["flow", "component", "system"])
def test_a_new_pair_is_a_valid_rule(call, tmp_path, sentence):
    status, _, err = call("rules", "new", "a-new-fault", "--theme", "tool", "--sentence", sentence, "--folder", str(tmp_path))
    assert (status, err) == (0, "")
    known = load_knowledge([tmp_path])
    assert known.problems == ()
    assert known.rule("a-new-fault").sentence == sentence
    assert (tmp_path / "threats" / "tool" / "a-new-fault.md").read_text().startswith("# ")


def test_the_page_of_a_new_flow_rule_says_what_is_missing(call, tmp_path):
    call("rules", "new", "a-new-fault", "--theme", "tool", "--sentence", "flow", "--folder", str(tmp_path))
    status, out, _ = call("rules", "test", "a-new-fault", "--folder", str(tmp_path))
    assert status == 1
    assert "app.py:5 a-new-fault is not found" in out


def test_a_pair_that_is_there_is_kept(call, tmp_path):
    arguments = ("rules", "new", "a-new-fault", "--theme", "tool", "--sentence", "flow", "--folder", str(tmp_path))
    call(*arguments)
    page = tmp_path / "threats" / "tool" / "a-new-fault.md"
    page.write_text("mine")
    status, _, err = call(*arguments)
    assert status == 2
    assert "is there already" in err
    assert page.read_text() == "mine"


@pytest.mark.parametrize("name", ["Fault", "../../x-y", "fault", "a_b-c", "-a-b"])
def test_a_bad_name_is_a_wrong_call(call, tmp_path, name):
    assert call("rules", "new", "--theme", "tool", "--sentence", "flow", "--folder", str(tmp_path), "--", name)[0] == 2
    assert not list(tmp_path.iterdir())
