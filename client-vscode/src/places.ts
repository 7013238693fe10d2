/** From the map's places to the editor's, and there. */

import * as path from 'node:path';
import * as vscode from 'vscode';

import type { Span } from './map.js';
import { codeUnits } from './words.js';

/** Name the file of a map; undefined for one that would lie outside of the map's root. */
export function fileIn(root: string, file: string): vscode.Uri | undefined {
  const full = path.resolve(root, file);
  const way = path.relative(root, full);
  return way === '' || way.startsWith('..') || path.isAbsolute(way) ? undefined : vscode.Uri.file(full);
}

/** Turn a range of the map into the document's: from 0, in code units. */
export function rangeIn(document: vscode.TextDocument, span: Span | null): vscode.Range {
  const at = (line: number, column: number): vscode.Position => {
    const row = Math.min(Math.max(0, line - 1), document.lineCount - 1);
    return new vscode.Position(row, codeUnits(document.lineAt(row).text, column));
  };
  return span === null ? new vscode.Range(0, 0, 0, 0) : new vscode.Range(at(span.start.line, span.start.column), at(span.end.line, span.end.column));
}

/** Open a place of a map. */
export async function openPlace(root: string, file: string, span: Span | null, column?: vscode.ViewColumn): Promise<void> {
  const uri = fileIn(root, file);
  if (uri === undefined) {
    return;
  }
  const document = await vscode.workspace.openTextDocument(uri);
  const range = rangeIn(document, span);
  // A call over many lines is shown by its beginning: nobody wants to have it selected.
  const selection = range.isSingleLine ? range : new vscode.Range(range.start, range.start);
  const shown: vscode.TextDocumentShowOptions = { selection, preserveFocus: false };
  await vscode.window.showTextDocument(document, column === undefined ? shown : { ...shown, viewColumn: column });
}
