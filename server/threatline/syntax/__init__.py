"""Source files read into concrete syntax trees, edited in place."""

from threatline.syntax.tree import GRAMMARS, PROGRAMS, Edit, SyntaxTree, edit_between, parse, reparse

__all__ = ["GRAMMARS", "PROGRAMS", "Edit", "SyntaxTree", "edit_between", "parse", "reparse"]
