"""Ctrl-C ends whatever goes on, within a second, with status 130."""

import os
import signal
import time

import pytest

pytestmark = pytest.mark.skipif(os.name == "nt", reason="sends a signal")

BEFORE = """\
import hashlib, sys, time
from threatline.cli.interrupt import stoppable
with stoppable() as stopped:
    print("on", flush=True)
"""
WAYS = {
    "polled": "    while not stopped(): time.sleep(0.01)\n",
    "not polled": "    while True: pass\n",
    "asleep": "    time.sleep(60)\n",
    "in foreign code": "    hashlib.pbkdf2_hmac('sha256', b'', b'', 10**9)\n",
}


@pytest.mark.parametrize("way", WAYS)
def test_it_ends_in_time(start, way):
    with start(command=("-c", BEFORE + WAYS[way])) as process:
        assert process.stdout.readline() == "on\n"
        started = time.monotonic()
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)
        took = time.monotonic() - started
    assert process.returncode in (130, -signal.SIGINT)
    assert took < 1.5  # a second, and what a busy machine adds


@pytest.mark.usefixtures("workspace")
def test_check_says_that_it_was_stopped(call, monkeypatch):
    from threatline.analysis.workspace import Workspace

    def interrupted(*_, **__):
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(5)

    monkeypatch.setattr(Workspace, "refresh", interrupted)
    status, out, err = call("check")
    assert (status, out, err.strip()) == (130, "", "threatline: stopped")


@pytest.mark.usefixtures("workspace")
def test_the_handler_before_is_back_afterwards(call):
    before = signal.getsignal(signal.SIGINT)
    call("check")
    assert signal.getsignal(signal.SIGINT) is before
