"""`check --fix`: safe fixes in the files, and what is left in the report."""

import os

import pytest

SQL = """\
import sqlite3

from agents import Agent, function_tool


@function_tool
def orders(customer: str) -> str:
    # List orders.
    connection = sqlite3.connect("orders.db")
    return str(connection.execute(f"SELECT * FROM orders WHERE customer = '{customer}'").fetchall())


support = Agent(name="support", instructions="Help.", model="gpt-5-mini", tools=[orders])
"""

BOUND = """connection.execute("SELECT * FROM orders WHERE customer = ?", (customer,))"""


@pytest.fixture
def injection(workspace):
    place = workspace / "tools.py"
    place.write_bytes(SQL.encode())
    return place


def test_a_safe_fix_is_applied_and_the_finding_is_gone(call, injection):
    assert "model-output-to-sql" in call("check")[1]
    status, out, err = call("check", "--fix", "--rule", "model-output-to-sql")
    assert status == 0
    assert "No findings" in out
    assert "applied 1 safe fix" in err
    assert injection.read_text() == SQL.replace("connection.execute(f\"SELECT * FROM orders WHERE customer = '{customer}'\")", BOUND)


def test_nothing_is_written_without_fix(call, injection):
    call("check")
    assert injection.read_text() == SQL


def test_only_the_rules_asked_for_are_fixed(call, injection):
    call("check", "--fix", "--rule", "model-output-to-shell")
    assert injection.read_text() == SQL


def test_a_silenced_finding_is_not_fixed(call, injection):
    ignored = "    # threatline: ignore[model-output-to-sql] a test base\n    return str"
    injection.write_text(SQL.replace("    return str", ignored))
    before = injection.read_text()
    call("check", "--fix", "--rule", "model-output-to-sql")
    assert injection.read_text() == before


def test_several_faults_in_one_file_are_all_fixed(call, injection):
    twice = SQL + SQL[SQL.index("@function_tool") : SQL.index("support =")].replace("orders(", "invoices(")
    injection.write_text(twice.replace("tools=[orders]", "tools=[orders]"))
    call("check", "--fix", "--rule", "model-output-to-sql")
    assert injection.read_text().count(BOUND) == 2


def test_line_ends_and_the_mark_at_the_start_stay(call, injection):
    injection.write_bytes(b"\xef\xbb\xbf" + SQL.replace("\n", "\r\n").encode())
    call("check", "--fix", "--rule", "model-output-to-sql")
    after = injection.read_bytes()
    assert BOUND.encode() in after
    assert after.startswith(b"\xef\xbb\xbf")
    assert after.count(b"\n") == after.count(b"\r\n") == SQL.count("\n")


@pytest.mark.skipif(os.name == "nt", reason="needs links")
def test_a_link_is_not_written_through(call, injection, workspace):
    real = workspace / "real" / "code.txt"
    real.parent.mkdir()
    injection.rename(real)
    injection.symlink_to(real)
    call("check", "--fix", "--rule", "model-output-to-sql")
    assert real.read_text() == SQL
    assert injection.is_symlink()


@pytest.mark.skipif(os.name == "nt", reason="needs modes")
def test_the_mode_of_a_file_stays(call, injection):
    injection.chmod(0o750)
    call("check", "--fix", "--rule", "model-output-to-sql")
    assert BOUND in injection.read_text()
    assert injection.stat().st_mode & 0o777 == 0o750
