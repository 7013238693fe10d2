/** The finding that a person means: the one under the cursor, or one chosen from several. */

import * as vscode from 'vscode';

/** A finding as the editor lists it. */
export interface Here {
  readonly uri: vscode.Uri;
  readonly rule: string;
  readonly message: string;
  readonly fingerprint: string;
  readonly range: vscode.Range;
}

/** List the findings on the lines of a range, those that it touches first. */
export function findingsAt(uri: vscode.Uri, range: vscode.Range): Here[] {
  const all = vscode.languages.getDiagnostics(uri).flatMap((diagnostic) => {
    const found = readFinding(uri, diagnostic);
    return found !== undefined && found.range.start.line <= range.end.line && range.start.line <= found.range.end.line ? [found] : [];
  });
  const touched = all.filter((found) => found.range.intersection(range) !== undefined);
  return touched.length > 0 ? touched : all;
}

/** Let a person choose; one that stands alone is meant. Undefined where there is none, or none is chosen. */
export async function chooseFinding(): Promise<Here | undefined> {
  const editor = vscode.window.activeTextEditor;
  const found = editor === undefined ? [] : findingsAt(editor.document.uri, editor.selection);
  if (found.length === 0) {
    void vscode.window.showInformationMessage('Threatline has no finding on this line.');
  }
  if (found.length < 2) {
    return found[0];
  }
  const items = found.map((finding) => ({ label: finding.rule, detail: finding.message, finding }));
  return (await vscode.window.showQuickPick(items, { placeHolder: 'Which finding?', matchOnDetail: true }))?.finding;
}

function readFinding(uri: vscode.Uri, diagnostic: vscode.Diagnostic): Here | undefined {
  const data = (diagnostic as { data?: { fingerprint?: unknown } }).data;
  const code = diagnostic.code;
  const rule = typeof code === 'object' ? String(code.value) : String(code ?? '');
  return diagnostic.source === 'threatline' && typeof data?.fingerprint === 'string'
    ? { uri, rule, message: diagnostic.message, fingerprint: data.fingerprint, range: diagnostic.range }
    : undefined;
}
