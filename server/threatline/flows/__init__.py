"""Data flows: what reaches what, answered once for everyone."""
