"""Whole conversations over standard input and output, with the abilities of real editors."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
import pytest_lsp
from lsprotocol import converters, types
from pytest_lsp import ClientServerConfig, LanguageClient

HERE = Path(__file__).parent
SERVER = [sys.executable, "-P", "-m", "threatline", "serve"]

MANIFEST = '[project]\nname = "app"\ndependencies = ["openai"]\n'
APP = '''\
"""Müllers 𐍈 assistant."""
import subprocess

from openai import OpenAI

client = OpenAI()


def run(question: str) -> str:
    reply = client.chat.completions.create(model="gpt-5-mini", messages=[{"role": "user", "content": question}])
    command = reply.choices[0].message.content
    return subprocess.run(command, shell=True, capture_output=True, text=True, timeout=60).stdout
'''
RULE = "model-output-to-shell"


def profile(name: str) -> dict[str, object]:
    found: dict[str, object] = json.loads((HERE / "profiles" / f"{name}.json").read_text())["capabilities"]
    return found


def capabilities(name: str) -> types.ClientCapabilities:
    return converters.get_converter().structure(profile(name), types.ClientCapabilities)


@pytest.fixture(name="workspace")
def _workspace(tmp_path: Path) -> Path:
    """Make a project with a threat on the last line of app.py."""
    root = tmp_path / "my project ä"
    root.mkdir()
    (root / "pyproject.toml").write_text(MANIFEST)
    (root / "app.py").write_text(APP, encoding="utf-8")
    return root


SINK = APP.count("\n") - 1


class Editor:
    """What a test says and does in an editor."""

    def __init__(self, client: LanguageClient, root: Path) -> None:
        self.client = client
        self.root = root
        self.versions: dict[str, int] = {}
        self.texts: dict[str, str] = {}

    def uri(self, file: str = "app.py") -> str:
        return (self.root / file).as_uri()

    async def ask(self, method: str, params: Any) -> Any:
        return await asyncio.wait_for(self.client.protocol.send_request_async(method, params), 20)

    def open(self, file: str = "app.py", text: str = APP) -> None:
        self.versions[file], self.texts[file] = 1, text
        item = types.TextDocumentItem(self.uri(file), "python", 1, text)
        self.client.text_document_did_open(types.DidOpenTextDocumentParams(item))

    def type(self, text: str, file: str = "app.py") -> None:
        self.versions[file] += 1
        self.texts[file] = text
        identifier = types.VersionedTextDocumentIdentifier(self.versions[file], self.uri(file))
        change = types.TextDocumentContentChangeWholeDocument(text)
        self.client.text_document_did_change(types.DidChangeTextDocumentParams(identifier, [change]))

    async def synced(self, file: str = "app.py") -> None:
        await self.ask("threatline/synced", {"uri": self.uri(file), "version": self.versions[file]})

    def codes(self, file: str = "app.py") -> list[Any]:
        return [diagnostic.code for diagnostic in self.client.diagnostics.get(self.uri(file), [])]

    async def until(self, met: Callable[[], bool]) -> None:
        async with asyncio.timeout(20):
            while not met():
                await asyncio.sleep(0.01)

    async def actions(self, line: int = SINK, only: list[str] | None = None) -> list[Any]:
        at = types.Position(line, 12)
        params = types.CodeActionParams(
            types.TextDocumentIdentifier(self.uri()),
            types.Range(at, at),
            types.CodeActionContext([], only=only),  # type: ignore[arg-type]
        )
        found = await asyncio.wait_for(self.client.text_document_code_action_async(params), 20)
        # lsprotocol reads an action that has a command as if it were that command.
        return [await self.resolved(action) for action in found or [] if isinstance(action, types.CodeAction)]

    async def resolved(self, action: types.CodeAction) -> types.CodeAction:
        if action.data is None:
            return action
        return await asyncio.wait_for(self.client.code_action_resolve_async(action), 20)

    async def offered(self, line: int = SINK) -> list[str]:
        at = types.Position(line, 12)
        params = types.CodeActionParams(types.TextDocumentIdentifier(self.uri()), types.Range(at, at), types.CodeActionContext([]))
        return [action.title for action in await asyncio.wait_for(self.client.text_document_code_action_async(params), 20) or []]


async def greet(client: LanguageClient, root: Path, editor: str) -> types.InitializeResult:
    folder = types.WorkspaceFolder(root.as_uri(), root.name)
    return await client.initialize_session(
        types.InitializeParams(capabilities=capabilities(editor), workspace_folders=[folder], root_uri=root.as_uri())
    )


CONFIG = ClientServerConfig(server_command=SERVER)


@pytest_lsp.fixture(config=CONFIG)
async def neovim_client(lsp_client: LanguageClient, workspace: Path) -> AsyncIterator[None]:
    await greet(lsp_client, workspace, "neovim-0.11.4")
    yield
    await lsp_client.shutdown_session()


@pytest_lsp.fixture(config=CONFIG)
async def vscode_client(lsp_client: LanguageClient, workspace: Path) -> AsyncIterator[None]:
    @lsp_client.feature(types.CLIENT_REGISTER_CAPABILITY)
    def _register(_params: types.RegistrationParams) -> None:
        """Agree to watch files and settings."""

    await greet(lsp_client, workspace, "vscode-1.139-languageclient-11")
    yield
    await lsp_client.shutdown_session()


@pytest.fixture
def neovim(neovim_client: LanguageClient, workspace: Path) -> Editor:
    return Editor(neovim_client, workspace)


@pytest.fixture
def vscode(vscode_client: LanguageClient, workspace: Path) -> Editor:
    return Editor(vscode_client, workspace)


@pytest.mark.asyncio
async def test_findings_come_and_go_with_what_is_typed(neovim: Editor) -> None:
    neovim.open()
    await neovim.synced()
    assert RULE in neovim.codes()
    shown = next(item for item in neovim.client.diagnostics[neovim.uri()] if item.code == RULE)
    assert shown.source == "threatline"
    assert shown.severity == types.DiagnosticSeverity.Error
    assert shown.range.start == types.Position(SINK, 11)
    assert shown.code_description is not None
    assert shown.code_description.href.endswith(f"/rules/{RULE}")
    assert shown.related_information is not None
    assert [step.location.range.start.line for step in shown.related_information] == [9, SINK]

    neovim.type(APP.replace("shell=True, ", "").replace("run(command", "run(['ls', '--', command]"))
    await neovim.synced()
    assert RULE not in neovim.codes()


@pytest.mark.asyncio
async def test_findings_of_files_that_are_not_open_are_shown_too(neovim: Editor) -> None:
    await neovim.until(lambda: RULE in neovim.codes())


@pytest.mark.asyncio
async def test_closing_without_saving_goes_back_to_the_disk(neovim: Editor) -> None:
    neovim.open(text="x = 1\n")
    await neovim.synced()
    assert neovim.codes() == []
    neovim.client.text_document_did_close(types.DidCloseTextDocumentParams(types.TextDocumentIdentifier(neovim.uri())))
    await neovim.until(lambda: RULE in neovim.codes())


@pytest.mark.asyncio
async def test_our_own_watcher_sees_deleted_and_new_files(neovim: Editor) -> None:
    await neovim.until(lambda: RULE in neovim.codes())
    await asyncio.sleep(0.5)  # the watcher begins when the first reading is there
    (neovim.root / "app.py").rename(neovim.root / "moved.py")
    await neovim.until(lambda: RULE in neovim.codes("moved.py") and not neovim.codes())
    package = neovim.root / "inner"
    package.mkdir()
    await asyncio.sleep(0.5)
    (package / "late.py").write_text(APP, encoding="utf-8")
    await neovim.until(lambda: RULE in neovim.codes("inner/late.py"))


@pytest.mark.asyncio
async def test_a_watching_editor_tells_of_deleted_files(vscode: Editor) -> None:
    params = types.WorkspaceDiagnosticParams(previous_result_ids=[])
    first = await asyncio.wait_for(vscode.client.workspace_diagnostic_async(params), 20)
    known = [types.PreviousResultId(item.uri, item.result_id or "") for item in first.items]
    assert vscode.uri() in {item.uri for item in known}
    held = asyncio.ensure_future(vscode.client.workspace_diagnostic_async(types.WorkspaceDiagnosticParams(previous_result_ids=known)))
    await asyncio.sleep(0.3)
    assert not held.done(), "with nothing new the answer waits"
    (vscode.root / "app.py").unlink()
    event = types.FileEvent(vscode.uri(), types.FileChangeType.Deleted)
    vscode.client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams([event]))
    second = await asyncio.wait_for(held, 20)
    gone = next(item for item in second.items if item.uri == vscode.uri())
    assert isinstance(gone, types.WorkspaceFullDocumentDiagnosticReport)
    assert not gone.items


@pytest.mark.asyncio
async def test_pulled_diagnostics_are_of_the_text_as_it_is_and_unchanged_ones_are_not_sent_again(vscode: Editor) -> None:
    vscode.open()
    params = types.DocumentDiagnosticParams(types.TextDocumentIdentifier(vscode.uri()))
    first = await asyncio.wait_for(vscode.client.text_document_diagnostic_async(params), 20)
    assert isinstance(first, types.RelatedFullDocumentDiagnosticReport)
    assert RULE in [item.code for item in first.items]
    assert vscode.client.diagnostics == {}, "what can be pulled is not pushed"

    again = types.DocumentDiagnosticParams(types.TextDocumentIdentifier(vscode.uri()), previous_result_id=first.result_id)
    second = await asyncio.wait_for(vscode.client.text_document_diagnostic_async(again), 20)
    assert isinstance(second, types.RelatedUnchangedDocumentDiagnosticReport)

    vscode.type(APP.replace("command, shell=True, ", "['date'], "))
    third = await asyncio.wait_for(vscode.client.text_document_diagnostic_async(again), 20)
    assert isinstance(third, types.RelatedFullDocumentDiagnosticReport)
    assert RULE not in [item.code for item in third.items]


@pytest.mark.asyncio
async def test_hover_explains_the_finding_with_its_path_and_official_ids(neovim: Editor) -> None:
    neovim.open()
    params = types.HoverParams(types.TextDocumentIdentifier(neovim.uri()), types.Position(SINK, 20))
    found = await asyncio.wait_for(neovim.client.text_document_hover_async(params), 20)
    assert found is not None
    assert isinstance(found.contents, types.MarkupContent)
    text = found.contents.value
    assert "AML.T0050" in text
    assert "LLM10:2026" in text
    assert f"[app.py:{SINK + 1}]" in text
    nothing = types.HoverParams(types.TextDocumentIdentifier(neovim.uri()), types.Position(1, 0))
    assert await asyncio.wait_for(neovim.client.text_document_hover_async(nothing), 20) is None


@pytest.mark.asyncio
async def test_a_fix_makes_the_finding_go(neovim: Editor) -> None:
    neovim.open()
    fix = (await neovim.actions())[0]
    assert fix.kind == types.CodeActionKind.QuickFix
    assert fix.edit is not None
    assert fix.edit.changes is not None
    neovim.type(applied(APP, fix.edit.changes[neovim.uri()]))
    await neovim.synced()
    assert RULE not in neovim.codes()
    assert "import shlex" in neovim.texts["app.py"]


@pytest.mark.asyncio
async def test_actions_are_found_on_the_line_and_only_of_the_kinds_asked_for(neovim: Editor) -> None:
    neovim.open()
    assert await neovim.actions(line=1) == []
    assert await neovim.actions(only=["refactor"]) == []
    assert await neovim.actions(only=["quickfix"]) == await neovim.actions()
    offered = list(dict.fromkeys(title.split()[0] for title in await neovim.offered()))
    assert offered[0] == "Start"
    assert offered[-4:] == ["Silence", "Accept", "Show", "Explain"]


@pytest.mark.asyncio
async def test_a_silence_counts_once_it_gives_a_reason(neovim: Editor) -> None:
    neovim.open()
    silence = next(action for action in await neovim.actions() if action.title.startswith("Silence"))
    assert silence.edit is not None
    assert silence.edit.changes is not None
    text = applied(APP, silence.edit.changes[neovim.uri()])
    neovim.type(text)
    await neovim.synced()
    assert RULE in neovim.codes()
    assert "silence-without-reason" in neovim.codes()
    neovim.type(text.replace(f"ignore[{RULE}]", f"ignore[{RULE}] the model may only say date"))
    await neovim.synced()
    assert neovim.codes() == []


@pytest.mark.asyncio
async def test_an_accepted_risk_is_written_for_its_owner_to_complete(neovim: Editor) -> None:
    edits: list[types.ApplyWorkspaceEditParams] = []

    @neovim.client.feature(types.WORKSPACE_APPLY_EDIT)
    def _apply(params: types.ApplyWorkspaceEditParams) -> types.ApplyWorkspaceEditResult:
        edits.append(params)
        return types.ApplyWorkspaceEditResult(applied=True)

    neovim.open()
    await neovim.synced()
    fingerprint = neovim.client.diagnostics[neovim.uri()][0].data["fingerprint"]
    params = types.ExecuteCommandParams("threatline.acceptRisk", [{"uri": neovim.uri(), "fingerprint": fingerprint}])
    await asyncio.wait_for(neovim.client.workspace_execute_command_async(params), 20)
    (edit,) = edits
    assert edit.edit.changes is not None
    written = applied("", edit.edit.changes[neovim.uri("threatmodel.yaml")])
    assert f"threat: {RULE}" in written
    assert 'justification: ""' in written


@pytest.mark.asyncio
async def test_the_map_and_explanations(neovim: Editor) -> None:
    neovim.open()
    await neovim.synced()
    found = await neovim.ask("threatline/systemMap", {"root": neovim.uri()})
    assert "hosted-llm" in [component.kind for component in found.components]
    fingerprint = neovim.client.diagnostics[neovim.uri()][0].data["fingerprint"]
    assert "AML.T0050" in (await neovim.ask("threatline/explain", {"fingerprint": fingerprint})).markdown
    assert "LLM10" in (await neovim.ask("threatline/explain", {"id": "LLM10:2026"})).text
    assert (await neovim.ask("threatline/explain", {"id": RULE})).rule == RULE
    page = await asyncio.wait_for(
        neovim.client.workspace_execute_command_async(types.ExecuteCommandParams("threatline.showMap", [{"quiet": True}])), 20
    )
    assert await asyncio.to_thread(Path(unquote(page["uri"].removeprefix("file://"))).read_bytes)


@pytest.mark.asyncio
async def test_folders_come_and_go(neovim: Editor, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "pyproject.toml").write_text("[project]\nname = 'other'\n")
    (other / "tool.py").write_text(APP, encoding="utf-8")
    folder = types.WorkspaceFolder(other.as_uri(), "other")
    uri = (other / "tool.py").as_uri()
    for added, removed, there in (([folder], [], True), ([], [folder], False)):
        event = types.WorkspaceFoldersChangeEvent(added, removed)
        neovim.client.workspace_did_change_workspace_folders(types.DidChangeWorkspaceFoldersParams(event))
        await neovim.until(lambda there=there: bool(neovim.client.diagnostics.get(uri)) is there)


@pytest.mark.asyncio
async def test_a_file_outside_every_folder_is_read_by_itself(neovim: Editor, tmp_path: Path) -> None:
    loose = tmp_path / "loose"
    loose.mkdir()
    (loose / "neighbour.py").write_text(APP, encoding="utf-8")
    uri = (loose / "scratch.py").as_uri()
    neovim.client.text_document_did_open(types.DidOpenTextDocumentParams(types.TextDocumentItem(uri, "python", 1, APP)))
    await neovim.ask("threatline/synced", {"uri": uri, "version": 1})
    assert RULE in [item.code for item in neovim.client.diagnostics[uri]]
    assert (loose / "neighbour.py").as_uri() not in neovim.client.diagnostics
    neovim.client.text_document_did_close(types.DidCloseTextDocumentParams(types.TextDocumentIdentifier(uri)))
    await neovim.until(lambda: not neovim.client.diagnostics[uri])


@pytest.mark.asyncio
async def test_settings_choose_what_is_shown(vscode: Editor) -> None:
    vscode.open()
    params = types.DocumentDiagnosticParams(types.TextDocumentIdentifier(vscode.uri()))
    before = await asyncio.wait_for(vscode.client.text_document_diagnostic_async(params), 20)
    assert isinstance(before, types.RelatedFullDocumentDiagnosticReport)
    worst = {item.severity for item in before.items}
    @vscode.client.feature(types.WORKSPACE_CODE_LENS_REFRESH)
    def _refresh(_params: None) -> None:
        """Take note."""

    vscode.client.set_configuration({"threatline": {"minimumSeverity": "critical"}}, section="threatline")
    vscode.client.workspace_did_change_configuration(types.DidChangeConfigurationParams(None))
    await vscode.until(lambda: vscode.client.diagnostic_refresh_count > 0 or worst == {types.DiagnosticSeverity.Error})


def applied(text: str, edits: Any) -> str:
    """Apply LSP text edits whose columns are ASCII bytes, or whole lines."""
    lines = text.encode().splitlines(keepends=True)
    starts = [sum(map(len, lines[:number])) for number in range(len(lines) + 1)]
    data = text.encode()
    placed = [
        (
            starts[edit.range.start.line] + edit.range.start.character,
            starts[edit.range.end.line] + edit.range.end.character,
            order,
            edit.new_text,
        )
        for order, edit in enumerate(edits)
    ]
    for start, end, _, new in sorted(placed, reverse=True):
        data = data[:start] + new.encode() + data[end:]
    return data.decode()
