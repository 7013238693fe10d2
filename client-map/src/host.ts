/** The page around the view: an editor's webview that is spoken to by messages, or a page of its own. */

import type { Range } from './map.js';

export type Told =
  | { type: 'ready' }
  | { type: 'open'; file: string; range: Range | null }
  | { type: 'select'; id: string | null; kind?: 'component' | 'finding' }
  | { type: 'explain'; rule: string }
  | { type: 'save'; name: string; text: string };

export interface State { selected?: string; at?: { x: number; y: number; k: number }; hidden?: Record<string, unknown> }

interface Editor { postMessage(message: Told): void; getState(): State | undefined; setState(state: State): void }
declare function acquireVsCodeApi(): Editor;

export interface Host {
  /** Whether an editor is there to open code, explain rules and save files. */
  readonly editor: boolean;
  tell(message: Told): void;
  state(): State;
  keep(state: State): void;
}

/** Find the host. The editor's interface may be taken only once. */
export function findHost(): Host {
  const editor = typeof acquireVsCodeApi === 'function' ? acquireVsCodeApi() : undefined;
  if (editor) {
    return { editor: true, tell: (message) => { editor.postMessage(message); }, state: () => editor.getState() ?? {}, keep: (state) => { editor.setState(state); } };
  }
  // A page of its own has nobody to speak to, and saves by itself.
  let kept: State = {};
  return {
    editor: false,
    tell: (message) => { if (message.type === 'save') download(message.name, message.text); },
    state: () => kept,
    keep: (state) => { kept = state; },
  };
}

function download(name: string, text: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type: 'image/svg+xml' }));
  link.download = name;
  link.click();
  setTimeout(() => { URL.revokeObjectURL(link.href); }, 1000);
}

/** Give the link that opens a place in an editor, where the map's root is absolute; undefined where it is not. */
export function editorLink(root: string, file: string, range: Range | null): string | undefined {
  if (!/^(\/|[A-Za-z]:[\\/])/.test(root)) return undefined;
  const path = `${root.replace(/\\/g, '/').replace(/\/$/, '')}/${file}`.replace(/^\//, '').split('/').map(encodeURIComponent).join('/');
  return `vscode://file/${path.replace(/^([A-Za-z])%3A/, '$1:')}${range ? `:${range.start.line}:${range.start.column}` : ''}`;
}
