"""Threatline keeps a live threat model of systems built on AI, from their code. `ARCHITECTURE.md` is the map of the rooms."""

__version__ = "0.1.0"
