"""`threatline serve` and `threatline cache`."""

import sys
from types import ModuleType

import pytest


@pytest.fixture
def served(monkeypatch):
    calls = []
    server = ModuleType("threatline.lsp.server")
    server.serve_stdio = lambda: calls.append("stdio")
    server.serve_tcp = lambda host, port: calls.append((host, port))
    monkeypatch.setitem(sys.modules, "threatline.lsp.server", server)
    return calls


@pytest.mark.parametrize(
    ("arguments", "wanted"),
    [
        ((), "stdio"),
        (("--stdio",), "stdio"),
        (("--tcp", "2087"), ("127.0.0.1", 2087)),
        (("--tcp", "localhost:2087"), ("localhost", 2087)),
        (("--tcp", "[::1]:2087"), ("::1", 2087)),
    ],
)
def test_serve_listens_where_it_is_told(call, served, arguments, wanted):
    status, out, err = call("serve", *arguments)
    assert (status, out, err) == (0, "", "")
    assert served == [wanted]


def test_serve_warns_of_an_open_port(call, served):
    _, _, err = call("serve", "--tcp", "0.0.0.0:2087")
    assert "whoever reaches this port" in err
    assert served == [("0.0.0.0", 2087)]


@pytest.mark.parametrize("address", ["host:name", "1.2.3.4:70000", ""])
def test_serve_refuses_a_bad_address(call, served, address):
    assert call("serve", "--tcp", address)[0] == 2
    assert not served


@pytest.mark.usefixtures("workspace")
def test_cache_tells_its_folder_and_is_cleared(call, own_cache):
    call("check")
    out = call("cache", "info")[1]
    assert str(own_cache) in out
    assert not out.splitlines()[1].startswith("facts   0 B")
    status, out, _ = call("cache", "clear")
    assert status == 0
    assert out.startswith("cleared ")
    assert call("cache", "info")[1].splitlines()[1].startswith("facts   0 B in 0 shards")
    assert not list(own_cache.rglob("*.msgpack"))


@pytest.mark.usefixtures("workspace")
def test_clearing_keeps_what_is_not_ours(call, own_cache):
    (own_cache / "precious.txt").write_text("keep")
    call("check")
    call("cache", "clear")
    assert (own_cache / "precious.txt").read_text() == "keep"
