"""Source files read into concrete syntax trees, edited in place."""

from threatline.syntax.tree import GRAMMARS, Edit, SyntaxTree, edit_between, parse, reparse

__all__ = ["GRAMMARS", "Edit", "SyntaxTree", "edit_between", "parse", "reparse"]
