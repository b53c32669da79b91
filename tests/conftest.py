"""What every end-to-end test has: a folder of its own, servers by tests/clients/backlot.py, and a last line that run.sh
reads."""
import os

import pytest

pytest.register_assert_rewrite("backlot", "faulty")

from backlot import Backlot, remove, scratch  # noqa: E402 - once its assertions tell what they saw

expectations = 0


def pytest_assertion_pass():
    global expectations
    expectations += 1


def pytest_report_header(config):
    return "backlot: " + os.environ.get("BACKLOT", "build/release/backlot, else build/debug/backlot")


def pytest_terminal_summary(terminalreporter):
    def count(*kinds):
        return sum(len(terminalreporter.stats.get(kind, ())) for kind in kinds)

    terminalreporter.write_line(
        "counts: %d passed, %d failed, %d skipped; %d expectations held"
        % (count("passed", "subtests passed"), count("failed", "error"), count("skipped"), expectations)
    )


@pytest.fixture(scope="module", autouse=True)
def nothing_left_running():
    """A test that fails may leave its servers running: they end with their file."""
    yield
    for server in list(Backlot.running_now):
        server.kill()


@pytest.fixture(scope="module")
def folder(request):
    """An empty folder for one file of tests."""
    made = scratch(request.module.__name__.rsplit(".", 1)[-1])
    yield made
    remove(made)


@pytest.fixture(scope="module")
def backlot():
    """A bare server for one file of tests; the files whose server needs more have a fixture of that name."""
    with Backlot() as server:
        yield server
