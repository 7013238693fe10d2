/** The extension put together. The analysis is the server's; here is only what an editor must do itself. */

import * as vscode from 'vscode';

import { Commands, provideCodeActions } from './commands.js';
import { Explanations } from './explain.js';
import { MapView } from './mapView.js';
import { Model } from './model.js';
import { Server } from './server.js';
import { Setup } from './setup.js';
import { Status } from './status.js';
import { byKind, bySeverity, Tree } from './tree.js';

let server: Server | undefined;

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const log = vscode.window.createOutputChannel('Threatline', { log: true });
  // The commands need the server, and the server hands its own commands to them.
  const hooks: { executeCommand?: Commands['executeCommand'] } = {};
  server = new Server(log, context.globalStorageUri.fsPath, {
    executeCommand: (command, given, next) => (hooks.executeCommand ? hooks.executeCommand(command, given, next) : next(command, given)),
    provideCodeActions,
  });
  const setup = new Setup(context, server, log);
  const model = new Model(server, log);
  const view = new MapView(context.extensionUri, model);
  const explanations = new Explanations(server);
  const commands = new Commands(server, model, view, explanations);
  hooks.executeCommand = commands.executeCommand;

  const trees = [new Tree(model, bySeverity), new Tree(model, byKind)] as const;
  const findings = vscode.window.createTreeView('threatline.findings', { treeDataProvider: trees[0], showCollapseAll: true });
  const components = vscode.window.createTreeView('threatline.components', { treeDataProvider: trees[1], showCollapseAll: true });
  for (const tree of [findings, components]) {
    model.lookers.add(() => tree.visible);
    tree.onDidChangeVisibility(() => model.refresh());
  }

  context.subscriptions.push(
    log,
    server,
    model,
    view,
    explanations,
    new Status(server),
    ...trees,
    findings,
    components,
    ...commands.register(),
    vscode.commands.registerCommand('threatline.setUp', () => setup.setUp()),
    vscode.commands.registerCommand('threatline.chooseInterpreter', () => setup.choose()),
    vscode.commands.registerCommand('threatline.restart', () => setup.start()),
    vscode.commands.registerCommand('threatline.showLog', () => log.show()),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('threatline.interpreter') || event.affectsConfiguration('threatline.enable')) {
        void setup.start();
      } else if (event.affectsConfiguration('threatline')) {
        model.redraw();
      }
    }),
  );
  // Messages to people wait for an answer; the editor must not wait with them.
  void setup.start();
}

export async function deactivate(): Promise<void> {
  await server?.stop('off');
}
