/** Explanations as pages of the editor: read only, made by the server, shown as rendered Markdown. */

import * as vscode from 'vscode';

import type { Server } from './server.js';
import { asCode, withoutFileLinks } from './words.js';

const SCHEME = 'threatline-explain';

interface Explained {
  readonly markdown?: string;
  readonly text?: string;
}

/** Asks for explanations, and keeps those that are shown. */
export class Explanations implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly texts = new Map<string, string>();
  private readonly parts: vscode.Disposable[];

  constructor(private readonly server: Server) {
    this.parts = [
      vscode.workspace.registerTextDocumentContentProvider(SCHEME, this),
      vscode.workspace.onDidCloseTextDocument((document) => {
        if (document.uri.scheme === SCHEME) {
          this.texts.delete(document.uri.toString());
        }
      }),
    ];
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.texts.get(uri.toString()) ?? '';
  }

  /** Show what a finding, by its fingerprint, or an id means; says so where the server knows nothing by that name. */
  async show(asked: { fingerprint: string } | { id: string }, title: string): Promise<void> {
    let answer: Explained;
    try {
      answer = await this.server.ask<Explained>('threatline/explain', asked);
    } catch (error) {
      void vscode.window.showWarningMessage(`Threatline: ${error instanceof Error ? error.message : String(error)}`);
      return;
    }
    const uri = vscode.Uri.from({ scheme: SCHEME, path: `/${title.replaceAll('/', ' ')}.md`, query: new URLSearchParams(asked).toString() });
    this.texts.set(uri.toString(), answer.markdown === undefined ? asCode(answer.text ?? '') : withoutFileLinks(answer.markdown));
    await vscode.workspace.openTextDocument(uri);
    try {
      await vscode.commands.executeCommand('markdown.showPreviewToSide', uri);
    } catch {
      // The editor's own Markdown extension is turned off.
      await vscode.window.showTextDocument(uri, { preview: true, viewColumn: vscode.ViewColumn.Beside });
    }
  }

  dispose(): void {
    for (const part of this.parts) {
      part.dispose();
    }
  }
}
