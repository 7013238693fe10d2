/** What the views show: the maps of the window's roots, asked for anew when something may have changed and someone looks. */

import * as vscode from 'vscode';

import type { SystemMap } from './map.js';
import { LANGUAGES, type Server } from './server.js';

/** Milliseconds of quiet before the maps are asked for. */
const QUIET = 300;

/** Keeps the maps of the roots, one for each; folders of one repository share theirs. */
export class Model implements vscode.Disposable {
  private texts = new Map<string, string>();
  private timer: NodeJS.Timeout | undefined;
  private asking = false;
  private again = false;
  private readonly changed = new vscode.EventEmitter<void>();
  private readonly parts: vscode.Disposable[];
  readonly onDidChange = this.changed.event;
  maps: readonly SystemMap[] = [];
  /** Who looks: nothing is asked while nobody does. */
  readonly lookers = new Set<() => boolean>();

  constructor(
    private readonly server: Server,
    private readonly log: vscode.LogOutputChannel,
  ) {
    this.parts = [
      server.onDidChangeState((state) => {
        if (state === 'analyzing') {
          this.refresh(0);
        } else if (state !== 'ready') {
          this.take([]);
        }
      }),
      vscode.languages.onDidChangeDiagnostics(() => this.stir()),
      vscode.workspace.onDidChangeWorkspaceFolders(() => this.refresh()),
      vscode.workspace.onDidSaveTextDocument(() => this.stir()),
      vscode.workspace.onDidChangeTextDocument((event) => {
        if (event.contentChanges.length > 0 && (LANGUAGES as readonly string[]).includes(event.document.languageId)) {
          this.stir();
        }
      }),
    ];
  }

  /** Ask for the maps soon. */
  refresh(after = QUIET): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.ask(), after);
  }

  /** Have the maps shown again, for other settings. */
  redraw(): void {
    this.changed.fire();
  }

  /** Find the map that a file belongs to: the deepest root that holds it, else the first one. */
  mapOf(uri: vscode.Uri | undefined): SystemMap | undefined {
    const holding = this.maps.filter((map) => uri !== undefined && (uri.fsPath + '/').startsWith(map.root.replace(/\/?$/, '/')));
    return holding.toSorted((one, other) => other.root.length - one.root.length)[0] ?? this.maps[0];
  }

  dispose(): void {
    clearTimeout(this.timer);
    for (const part of this.parts) {
      part.dispose();
    }
    this.changed.dispose();
  }

  private stir(): void {
    if (this.server.state === 'ready' && [...this.lookers].some((looks) => looks())) {
      this.refresh();
    }
  }

  private async ask(): Promise<void> {
    if (this.asking) {
      this.again = true;
      return;
    }
    this.asking = true;
    try {
      const maps = new Map<string, SystemMap>();
      for (const place of this.places()) {
        const map = await this.server.ask<SystemMap>('threatline/systemMap', { root: place });
        maps.set(map.root, map);
      }
      this.take([...maps.values()]);
      this.server.analyzed(true);
    } catch (error) {
      this.log.debug(`The system map could not be had: ${String(error)}`);
    } finally {
      this.asking = false;
      if (this.again) {
        this.again = false;
        this.refresh();
      }
    }
  }

  /** The folders; without any, the file that is looked at. */
  private places(): string[] {
    const folders = vscode.workspace.workspaceFolders ?? [];
    const open = vscode.window.activeTextEditor?.document.uri;
    const places = folders.length > 0 ? folders.map((folder) => folder.uri) : open === undefined ? [] : [open];
    return places.filter((uri) => uri.scheme === 'file').map((uri) => this.server.uri(uri));
  }

  private take(maps: readonly SystemMap[]): void {
    const texts = new Map(maps.map((map) => [map.root, JSON.stringify(map)]));
    const same = texts.size === this.texts.size && [...texts].every(([root, text]) => this.texts.get(root) === text);
    if (!same) {
      this.texts = texts;
      this.maps = maps;
      this.changed.fire();
    }
  }
}
