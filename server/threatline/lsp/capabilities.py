"""What this server offers, as it tells a client. Needs nothing but the standard library, so that it can be said at once."""

from __future__ import annotations

from threatline import __version__
from threatline.lsp.client import Client, Json

SOURCE = "threatline"
COMMANDS = ("threatline.acceptRisk", "threatline.explain", "threatline.showFlow", "threatline.showMap")


def server_info() -> Json:
    """Return the server's name and version."""
    return {"name": SOURCE, "version": __version__}


def offered(client: Client) -> Json:
    """List the capabilities that fit a client: diagnostics are pulled or pushed, never both."""
    capabilities: Json = {
        "positionEncoding": client.units,
        "textDocumentSync": {"openClose": True, "change": 2, "save": {"includeText": False}},
        "hoverProvider": True,
        "completionProvider": {"triggerCharacters": [":"], "resolveProvider": False},
        "codeActionProvider": {"codeActionKinds": ["quickfix", "source.fixAll.threatline"], "resolveProvider": client.resolves_edits},
        "codeLensProvider": {"resolveProvider": False},
        "documentLinkProvider": {"resolveProvider": False},
        "documentSymbolProvider": {"label": "Threatline"},
        "workspaceSymbolProvider": True,
        "callHierarchyProvider": True,
        "inlayHintProvider": True,
        "definitionProvider": True,
        "referencesProvider": True,
        "executeCommandProvider": {"commands": list(COMMANDS)},
        "workspace": {
            "workspaceFolders": {"supported": True, "changeNotifications": True},
            "fileOperations": {
                name: {"filters": [{"scheme": "file", "pattern": {"glob": "**"}}]} for name in ("didRename", "didDelete", "didCreate")
            },
        },
    }
    if client.pulls:
        capabilities["diagnosticProvider"] = {"identifier": SOURCE, "interFileDependencies": True, "workspaceDiagnostics": True}
    return capabilities


def initialize_result(client: Client) -> Json:
    """Return the answer to `initialize`."""
    return {"capabilities": offered(client), "serverInfo": server_info()}
