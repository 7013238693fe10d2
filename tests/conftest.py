"""What all tests share: one switch that rewrites golden files."""


def pytest_addoption(parser):
    parser.addoption("--update-golden", action="store_true", help="write golden files anew instead of comparing with them")
