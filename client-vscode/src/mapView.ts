/** The system map beside the code: a page that runs one script of ours, and is given nothing but the map. */

import { randomBytes } from 'node:crypto';
import * as path from 'node:path';
import * as vscode from 'vscode';

import type { Span, SystemMap } from './map.js';
import type { Model } from './model.js';
import { openPlace } from './places.js';

/** What the page says. */
type Said =
  | { type: 'ready' }
  | { type: 'open'; file: string; range: Span | null }
  | { type: 'select'; id: string | null }
  | { type: 'explain'; rule: string }
  | { type: 'save'; name: string; text: string };

/** Write the page: one script by its nonce, styles of ours alone, and no way to anything else. */
export function page(source: string, script: string, style: string, nonce: string): string {
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src ${source}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>System map</title>
<link rel="stylesheet" href="${style}">
</head>
<body>
<div id="threatline-view"></div>
<script nonce="${nonce}" src="${script}"></script>
</body>
</html>
`;
}

/** Read a message of the page; undefined for anything that is none. */
export function readMessage(value: unknown): Said | undefined {
  if (typeof value !== 'object' || value === null) {
    return undefined;
  }
  const said = value as Record<string, unknown>;
  const text = (name: string): string | undefined => (typeof said[name] === 'string' ? said[name] : undefined);
  switch (said['type']) {
    case 'ready':
      return { type: 'ready' };
    case 'open': {
      const file = text('file');
      return file === undefined ? undefined : { type: 'open', file, range: isSpan(said['range']) ? said['range'] : null };
    }
    case 'select':
      return { type: 'select', id: text('id') ?? null };
    case 'explain': {
      const rule = text('rule');
      return rule === undefined ? undefined : { type: 'explain', rule };
    }
    case 'save': {
      const [name, content] = [text('name'), text('text')];
      return name === undefined || content === undefined ? undefined : { type: 'save', name: path.basename(name), text: content };
    }
    default:
      return undefined;
  }
}

/** The panel; there is one, and it shows one root. */
export class MapView implements vscode.Disposable {
  private panel: vscode.WebviewPanel | undefined;
  private root: string | undefined;
  private selected: string | undefined;
  private readonly view: vscode.Uri;
  private readonly icon: vscode.Uri;
  private readonly listening: vscode.Disposable;

  constructor(
    extension: vscode.Uri,
    private readonly model: Model,
  ) {
    this.view = vscode.Uri.joinPath(extension, 'dist', 'view');
    this.icon = vscode.Uri.joinPath(extension, 'media', 'map.svg');
    this.listening = model.onDidChange(() => this.draw());
    model.lookers.add(() => this.panel?.visible === true);
  }

  /** Show a map; `selected` is the id of a component or the fingerprint of a finding. */
  show(map: SystemMap | undefined, selected?: string): void {
    this.root = map?.root ?? this.root;
    this.selected = selected;
    if (this.panel === undefined) {
      this.open(vscode.window.createWebviewPanel('threatline.map', 'System Map', vscode.ViewColumn.Beside, { enableScripts: true }));
    } else {
      this.panel.reveal(undefined, true);
      this.draw();
    }
  }

  /** Bring something into view where the map is shown already. */
  select(id: string): void {
    if (this.panel?.visible === true) {
      void this.panel.webview.postMessage({ type: 'select', id });
    }
  }

  dispose(): void {
    this.panel?.dispose();
    this.listening.dispose();
  }

  private open(panel: vscode.WebviewPanel): void {
    this.panel = panel;
    panel.iconPath = this.icon;
    panel.webview.options = { enableScripts: true, localResourceRoots: [this.view] };
    const address = (name: string): string => panel.webview.asWebviewUri(vscode.Uri.joinPath(this.view, name)).toString();
    panel.webview.onDidReceiveMessage((value: unknown) => void this.hear(readMessage(value)));
    panel.onDidDispose(() => {
      this.panel = undefined;
    });
    panel.onDidChangeViewState(() => {
      if (panel.visible) {
        this.model.refresh();
      }
    });
    panel.webview.html = page(panel.webview.cspSource, address('system-map.js'), address('system-map.css'), randomBytes(18).toString('base64url'));
  }

  private draw(): void {
    const panel = this.panel;
    if (panel === undefined) {
      return;
    }
    const map = this.model.maps.find((other) => other.root === this.root) ?? this.model.maps[0];
    if (map === undefined) {
      void panel.webview.postMessage({ type: 'status', text: 'Reading the code …' });
      return;
    }
    this.root = map.root;
    panel.title = `System Map · ${path.basename(map.root)}`;
    void panel.webview.postMessage({ type: 'map', map, ...(this.selected === undefined ? {} : { selected: this.selected }) });
    this.selected = undefined;
  }

  private async hear(said: Said | undefined): Promise<void> {
    switch (said?.type) {
      case 'ready':
        return this.draw();
      case 'open':
        return this.root === undefined ? undefined : openPlace(this.root, said.file, said.range, beside(this.panel?.viewColumn));
      case 'explain':
        return void vscode.commands.executeCommand('threatline.explainId', said.rule);
      case 'save':
        return save(said.name, said.text);
      default:
        return undefined;
    }
  }
}

/** The column of the code: the one that the map does not take. */
function beside(column: vscode.ViewColumn | undefined): vscode.ViewColumn {
  return column === undefined || column === vscode.ViewColumn.One ? vscode.ViewColumn.Beside : vscode.ViewColumn.One;
}

async function save(name: string, text: string): Promise<void> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const target = await vscode.window.showSaveDialog({
    filters: { 'SVG drawing': ['svg'] },
    ...(folder === undefined ? {} : { defaultUri: vscode.Uri.joinPath(folder, name) }),
  });
  if (target !== undefined) {
    await vscode.workspace.fs.writeFile(target, Buffer.from(text, 'utf8'));
  }
}

function isSpan(value: unknown): value is Span {
  const at = (place: unknown): boolean =>
    typeof place === 'object' && place !== null && ['line', 'column'].every((name) => Number.isInteger((place as Record<string, unknown>)[name]));
  return typeof value === 'object' && value !== null && at((value as Record<string, unknown>)['start']) && at((value as Record<string, unknown>)['end']);
}
