"""Addresses that reports and editors give to people."""

from __future__ import annotations

from typing import Final

RULE_PAGES: Final = "https://threatline.dev/rules/"


def rule_page(rule: str) -> str:
    """Return the address of a rule's page."""
    return RULE_PAGES + rule
