/** The item in the status bar: how things stand, and how many threats the editor lists. */

import * as vscode from 'vscode';

import type { Server } from './server.js';
import { SEVERITIES, statusOf, type Severity } from './words.js';

const ERRORS: Readonly<Record<vscode.DiagnosticSeverity, Severity>> = { 0: 'high', 1: 'medium', 2: 'low', 3: 'info' };

/** Count the findings that the editor lists; critical and high ones are both errors there. */
export function countDiagnostics(): Record<Severity, number> {
  const counts = Object.fromEntries(SEVERITIES.map((severity) => [severity, 0])) as Record<Severity, number>;
  for (const [, diagnostics] of vscode.languages.getDiagnostics()) {
    for (const diagnostic of diagnostics) {
      if (diagnostic.source === 'threatline') {
        counts[ERRORS[diagnostic.severity]] += 1;
      }
    }
  }
  return counts;
}

/** Shows and follows. */
export class Status implements vscode.Disposable {
  private readonly item = vscode.window.createStatusBarItem('threatline.status', vscode.StatusBarAlignment.Left, 10);
  private readonly parts: vscode.Disposable[];

  constructor(private readonly server: Server) {
    this.item.name = 'Threatline';
    this.item.command = 'threatline.menu';
    this.parts = [
      server.onDidChangeState(() => this.show()),
      vscode.languages.onDidChangeDiagnostics(() => {
        if (this.server.state === 'ready') {
          this.show();
        }
      }),
    ];
    this.show();
    this.item.show();
  }

  dispose(): void {
    this.item.dispose();
    for (const part of this.parts) {
      part.dispose();
    }
  }

  private show(): void {
    const { state, why } = this.server;
    const shown = statusOf(state, countDiagnostics(), why);
    this.item.text = shown.text;
    this.item.tooltip = shown.tooltip;
    this.item.backgroundColor = shown.warn ? new vscode.ThemeColor('statusBarItem.warningBackground') : undefined;
    void vscode.commands.executeCommand('setContext', 'threatline.state', state);
    void vscode.commands.executeCommand('setContext', 'threatline.running', state === 'ready' || state === 'analyzing');
  }
}
