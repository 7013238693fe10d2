/** The language server's life: started from a trusted interpreter, watched, started again when it falls, and never twice at once. */

import { spawn, type ChildProcess } from 'node:child_process';
import * as vscode from 'vscode';
import {
  CloseAction,
  ErrorAction,
  LanguageClient,
  RevealOutputChannelOn,
  State as Running,
  type LanguageClientOptions,
  type Middleware,
} from 'vscode-languageclient/node';

import { cleanEnvironment } from './python.js';
import type { State } from './words.js';

/** The languages that the server reads. */
export const LANGUAGES = ['python', 'typescript', 'typescriptreact', 'javascript', 'javascriptreact'] as const;

/** Falls within `FALLS_WITHIN` milliseconds after which the server is left alone. */
const FALLS = 4;
const FALLS_WITHIN = 180_000;

/** How long a server may take to end before it is ended. */
const PATIENCE = 3000;

/** Starts and stops the server, and tells how it is. One client serves all folders of the window. */
export class Server implements vscode.Disposable {
  private client: LanguageClient | undefined;
  private process: ChildProcess | undefined;
  private queue: Promise<void> = Promise.resolve();
  private falls: number[] = [];
  private readonly stateChanged = new vscode.EventEmitter<State>();
  readonly onDidChangeState = this.stateChanged.event;
  state: State = 'off';
  /** Why it stands so, for people; empty where there is nothing to say. */
  why = '';

  constructor(
    private readonly log: vscode.LogOutputChannel,
    private readonly cwd: string,
    private readonly middleware: Middleware,
  ) {}

  /** Start from an interpreter; a running server is stopped first. */
  start(python: string): Promise<void> {
    return this.inTurn(async () => {
      await this.end();
      this.falls = [];
      this.become('starting');
      this.log.info(`Starting ${python} -P -m threatline serve`);
      const client = new LanguageClient('threatline', 'Threatline', () => this.spawn(python), this.options());
      this.client = client;
      client.onDidChangeState((change) => this.follow(client, change.newState));
      try {
        await client.start();
      } catch (error) {
        this.become('failed', `The server did not start: ${error instanceof Error ? error.message : String(error)}`);
      }
    });
  }

  /** Stop, and say how it stands then. */
  stop(state: State, why = ''): Promise<void> {
    return this.inTurn(async () => {
      await this.end();
      this.become(state, why);
    });
  }

  /** Take note that everything has been read once, or that reading goes on. */
  analyzed(done: boolean): void {
    if (this.state === 'analyzing' || this.state === 'ready') {
      this.become(done ? 'ready' : 'analyzing');
    }
  }

  /** Ask the server; raises where it does not run. */
  async ask<T>(method: string, params: unknown, token?: vscode.CancellationToken): Promise<T> {
    const client = this.client;
    if (client === undefined || client.state !== Running.Running) {
      throw new Error('The Threatline server does not run.');
    }
    // A token that is not there would be sent as a second parameter.
    return (await (token === undefined ? client.sendRequest(method, params) : client.sendRequest(method, params, token))) as T;
  }

  /** Turn a document's address into the server's. */
  uri(uri: vscode.Uri): string {
    return this.client?.code2ProtocolConverter.asUri(uri) ?? uri.toString();
  }

  /** Turn the server's address into the editor's. */
  fromUri(uri: string): vscode.Uri {
    return this.client?.protocol2CodeConverter.asUri(uri) ?? vscode.Uri.parse(uri, true);
  }

  dispose(): void {
    void this.stop('off');
    this.stateChanged.dispose();
  }

  private options(): LanguageClientOptions {
    return {
      documentSelector: [
        ...LANGUAGES.map((language) => ({ scheme: 'file', language })),
        { scheme: 'file', pattern: '**/threatmodel.yaml' },
        { scheme: 'file', pattern: '**/.threatmodel/*.yaml' },
        { scheme: 'file', pattern: '**/rules/{threats,catalog,controls,frameworks,ontology}/**/*.yaml' },
      ],
      diagnosticCollectionName: 'threatline',
      diagnosticPullOptions: { onChange: true, onSave: false, onTabs: false },
      outputChannel: this.log,
      revealOutputChannelOn: RevealOutputChannelOn.Never,
      initializationOptions: { ...vscode.workspace.getConfiguration('threatline') },
      markdown: { isTrusted: false, supportHtml: false },
      middleware: this.middleware,
      errorHandler: {
        error: (error, _message, count) => {
          this.log.error(`The connection to the server: ${error.message}`);
          return { action: (count ?? 0) <= 3 ? ErrorAction.Continue : ErrorAction.Shutdown, handled: true };
        },
        closed: () => this.fallen(),
      },
    };
  }

  private spawn(python: string): Promise<ChildProcess> {
    // Not through the client's own way of starting: that one adds the variables that are left out here.
    const child = spawn(python, ['-P', '-m', 'threatline', 'serve'], {
      cwd: this.cwd,
      env: cleanEnvironment(process.env),
      windowsHide: true,
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.process = child;
    return new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('spawn', () => resolve(child));
    });
  }

  private fallen(): { action: CloseAction; handled: boolean } {
    const now = Date.now();
    this.falls = [...this.falls.filter((time) => now - time < FALLS_WITHIN), now];
    if (this.falls.length < FALLS) {
      this.log.warn('The server ended by itself; it is started again.');
      this.become('starting');
      return { action: CloseAction.Restart, handled: true };
    }
    this.become('failed', `The server ended ${FALLS} times within three minutes. The log has what it said.`);
    return { action: CloseAction.DoNotRestart, handled: true };
  }

  private follow(client: LanguageClient, running: Running): void {
    if (client === this.client && running === Running.Running) {
      this.become('analyzing');
    }
  }

  private async end(): Promise<void> {
    const [client, child] = [this.client, this.process];
    this.client = undefined;
    this.process = undefined;
    if (client !== undefined) {
      try {
        await client.dispose(PATIENCE);
      } catch (error) {
        this.log.debug(`The server did not end as asked: ${String(error)}`);
      }
    }
    if (child !== undefined && child.exitCode === null) {
      child.kill();
    }
  }

  private become(state: State, why = ''): void {
    this.state = state;
    this.why = why;
    this.stateChanged.fire(state);
  }

  /** One thing after the other: a restart during a start waits for it. */
  private inTurn(task: () => Promise<void>): Promise<void> {
    this.queue = this.queue.then(task, task);
    return this.queue;
  }
}
