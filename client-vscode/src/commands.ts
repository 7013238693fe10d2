/** What people can ask for, from the palette, the views, the lenses and the quick fixes. */

import * as vscode from 'vscode';
import type { Middleware } from 'vscode-languageclient/node';

import type { Explanations } from './explain.js';
import { chooseFinding, type Here } from './findings.js';
import type { MapView } from './mapView.js';
import type { Model } from './model.js';
import { fileIn, openPlace } from './places.js';
import type { Server } from './server.js';
import type { Node } from './tree.js';
import { dateProblem, daysFrom } from './words.js';

/** How many days an acceptance lasts unless its owner says otherwise. */
const LASTS = 90;

/** What the server's own commands are given, and what ours are given by the map and the views. */
interface Given {
  uri?: string;
  fingerprint?: string;
  component?: string;
  reason?: string;
}

interface Step {
  role: string;
  note: string;
  location: { uri: string; range: { start: { line: number; character: number }; end: { line: number; character: number } } };
}

/** A finding, by what the server knows it. */
type Meant = Pick<Here, 'uri' | 'rule' | 'fingerprint'>;

/** The commands over what they work with. */
export class Commands {
  constructor(
    private readonly server: Server,
    private readonly model: Model,
    private readonly view: MapView,
    private readonly explanations: Explanations,
  ) {}

  /** Register them. */
  register(): vscode.Disposable[] {
    const command = (name: string, run: (...given: never[]) => unknown): vscode.Disposable =>
      vscode.commands.registerCommand(`threatline.${name}`, run);
    return [
      command('showSystemMap', () => this.showMap()),
      command('showInMap', (node?: Node) => this.showNode(node)),
      command('openNode', (node: Node) => this.openNode(node)),
      command('explainFinding', async (node?: Node) => this.explain(await meant(node))),
      command('explainId', (id?: string) => this.explainId(id)),
      command('acceptFinding', async (node?: Node) => this.accept(await meant(node))),
      command('showFindingFlow', async (node?: Node) => this.showFlow(await meant(node))),
      command('menu', () => this.menu()),
    ];
  }

  /** What the server offers as commands of its own is done the editor's way where there is one. */
  readonly executeCommand: NonNullable<Middleware['executeCommand']> = async (command, given, next) => {
    const first = (given[0] ?? {}) as Given;
    const uri = first.uri === undefined ? vscode.window.activeTextEditor?.document.uri : this.server.fromUri(first.uri);
    const finding = uri === undefined || first.fingerprint === undefined ? undefined : { uri, rule: '', fingerprint: first.fingerprint };
    switch (command) {
      case 'threatline.showMap':
        return this.view.show(this.model.mapOf(uri), first.component ?? first.fingerprint);
      case 'threatline.showFlow':
        return finding === undefined ? undefined : this.showFlow(finding);
      case 'threatline.explain':
        return finding === undefined ? undefined : this.explain(finding);
      case 'threatline.acceptRisk':
        return finding === undefined || first.reason !== undefined ? (next(command, given) as unknown) : this.accept(finding);
      default:
        return next(command, given) as unknown;
    }
  };

  private async showMap(): Promise<void> {
    const here = vscode.window.activeTextEditor?.document.uri;
    const [first, ...others] = this.model.maps;
    const inside = here !== undefined && this.model.maps.some((map) => fileIn(map.root, here.fsPath) !== undefined);
    if (others.length === 0 || inside) {
      return this.view.show(this.model.mapOf(here) ?? first);
    }
    const items = this.model.maps.map((map) => ({ label: map.root.split('/').at(-1) ?? map.root, description: map.root, map }));
    const chosen = await vscode.window.showQuickPick(items, { placeHolder: 'The map of which root?' });
    return chosen === undefined ? undefined : this.view.show(chosen.map);
  }

  private async showNode(node?: Node): Promise<void> {
    if (node?.kind === 'component') {
      return this.view.show(node.map, node.component.id);
    }
    const finding = await meant(node);
    return finding === undefined ? undefined : this.view.show(this.model.mapOf(finding.uri), finding.fingerprint);
  }

  private async openNode(node: Node): Promise<void> {
    if (node.kind === 'component' && node.component.file !== null) {
      this.view.select(node.component.id);
      await openPlace(node.map.root, node.component.file, node.component.range);
    } else if (node.kind === 'finding') {
      this.view.select(node.finding.fingerprint);
      await openPlace(node.map.root, node.finding.file, node.finding.range);
    }
  }

  private async explain(finding: Meant | undefined): Promise<void> {
    if (finding !== undefined) {
      await this.explanations.show({ fingerprint: finding.fingerprint }, finding.rule || 'finding');
    }
  }

  private async explainId(given?: string): Promise<void> {
    const prompt = 'A rule, a control, or an id of a framework';
    const id = given ?? (await vscode.window.showInputBox({ prompt, placeHolder: 'model-output-to-shell, ctl-step-limit, LLM10:2026, AML.T0051 …' }));
    if (id !== undefined && id.trim() !== '') {
      await this.explanations.show({ id: id.trim() }, id.trim());
    }
  }

  private async accept(finding: Meant | undefined): Promise<void> {
    if (finding === undefined) {
      return;
    }
    if (!vscode.workspace.isTrusted) {
      void vscode.window.showWarningMessage('Accepting a risk changes threatmodel.yaml, which waits until this workspace is trusted.');
      return;
    }
    const reason = await ask(1, 'Why is this risk acceptable?', '', (text) => (text.trim() === '' ? 'A reason is needed; it is read in reviews' : null));
    const owner = reason && (await ask(2, 'Who owns the risk?', '', (text) => (text.trim() === '' ? 'A name, a team or an address' : null)));
    const today = daysFrom(new Date(), 0);
    const expires = owner && (await ask(3, 'Until which day?', daysFrom(new Date(), LASTS), (text) => dateProblem(text, today)));
    if (reason && owner && expires) {
      const given = { uri: this.server.uri(finding.uri), fingerprint: finding.fingerprint, reason, owner, expires };
      await vscode.commands.executeCommand('threatline.acceptRisk', given);
    }
  }

  private async showFlow(finding: Meant | undefined): Promise<void> {
    if (finding === undefined) {
      return;
    }
    const given = [{ uri: this.server.uri(finding.uri), fingerprint: finding.fingerprint, quiet: true }];
    const answer = await this.server.ask<{ steps: Step[] }>('workspace/executeCommand', { command: 'threatline.showFlow', arguments: given });
    const places = answer.steps.map(({ location }) => {
      const { start, end } = location.range;
      return new vscode.Location(this.server.fromUri(location.uri), new vscode.Range(start.line, start.character, end.line, end.character));
    });
    const last = places.at(-1);
    if (last === undefined) {
      return;
    }
    this.view.select(finding.fingerprint);
    const editor = await vscode.window.showTextDocument(last.uri, { selection: last.range, preserveFocus: false });
    await vscode.commands.executeCommand('editor.action.peekLocations', editor.document.uri, last.range.start, places, 'peek');
  }

  private async menu(): Promise<void> {
    const item = (label: string, command: string): vscode.QuickPickItem & { command: string } => ({ label, command });
    const running = this.server.state === 'ready' || this.server.state === 'analyzing';
    const items = [
      ...(running
        ? [
            item('$(type-hierarchy) Show the system map', 'threatline.showSystemMap'),
            item('$(list-tree) Show findings and components', 'threatline.findings.focus'),
            item('$(warning) Show problems', 'workbench.actions.view.problems'),
          ]
        : [item('$(tools) Set up the server', 'threatline.setUp'), item('$(file-symlink-file) Choose an interpreter', 'threatline.chooseInterpreter')]),
      item('$(refresh) Restart the server', 'threatline.restart'),
      item('$(output) Show the log', 'threatline.showLog'),
      item('$(gear) Settings', 'threatline.openSettings'),
    ];
    const chosen = await vscode.window.showQuickPick(items, { placeHolder: this.server.why || 'Threatline' });
    if (chosen?.command === 'threatline.openSettings') {
      await vscode.commands.executeCommand('workbench.action.openSettings', 'threatline.');
    } else if (chosen !== undefined) {
      await vscode.commands.executeCommand(chosen.command);
    }
  }
}

/** In Restricted Mode nothing that changes files is offered. */
export const provideCodeActions: NonNullable<Middleware['provideCodeActions']> = async (document, range, context, token, next) => {
  const actions = await next(document, range, context, token);
  return vscode.workspace.isTrusted ? actions : (actions ?? []).filter((action) => READS.has(commandOf(action)));
};

/** The actions that only show something. */
const READS = new Set(['threatline.showFlow', 'threatline.explain']);

function commandOf(action: vscode.CodeAction | vscode.Command): string {
  return typeof action.command === 'string' ? action.command : (action.command?.command ?? '');
}

async function meant(node: Node | undefined): Promise<Meant | undefined> {
  if (node?.kind !== 'finding') {
    return chooseFinding();
  }
  const uri = fileIn(node.map.root, node.finding.file);
  return uri === undefined ? undefined : { uri, rule: node.finding.rule, fingerprint: node.finding.fingerprint };
}

function ask(step: number, prompt: string, value: string, validateInput: (text: string) => string | null): Thenable<string | undefined> {
  return vscode.window.showInputBox({ title: `Accept the Risk (${step}/3)`, prompt, value, ignoreFocusOut: true, validateInput });
}
