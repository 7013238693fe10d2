/** Where the server comes from: the chosen interpreter, else the extension's own environment, else words on what to do. */

import { existsSync, mkdirSync } from 'node:fs';
import * as vscode from 'vscode';

import { advice, carried, Environment, StepFailed, type Carried } from './environment.js';
import { askPython, findPython, OLDEST, Refused } from './python.js';
import type { Server } from './server.js';

const SET_UP = 'Set Up';
const CHOOSE = 'Choose an Interpreter';
const LATER = 'Not Now';
const LOG = 'Show Log';
const ASKED = 'threatline.asked';

/** Finds an interpreter for the server, and makes one where there is none. */
export class Setup {
  private readonly storage: string;
  private readonly environment: Environment;
  private readonly given: Carried | null;

  constructor(
    private readonly context: vscode.ExtensionContext,
    private readonly server: Server,
    private readonly log: vscode.LogOutputChannel,
  ) {
    this.storage = context.globalStorageUri.fsPath;
    mkdirSync(this.storage, { recursive: true });
    this.environment = new Environment(this.storage);
    this.given = carried(context.extensionPath);
  }

  /** Start the server from what is there; where nothing is, offer to make it. */
  async start(): Promise<void> {
    const settings = vscode.workspace.getConfiguration('threatline');
    if (!settings.get('enable', true)) {
      return this.server.stop('off');
    }
    const chosen = settings.get('interpreter', '').trim();
    if (chosen !== '') {
      return this.startChosen(chosen);
    }
    const made = this.environment.madeFrom;
    if (made === null) {
      await this.server.stop('needsSetUp');
      return this.offer();
    }
    if (this.given !== null && made !== this.given.digest) {
      void this.offerUpdate();
    }
    return this.server.start(this.environment.python);
  }

  /** Make the extension's own environment, and start from it. */
  async setUp(): Promise<void> {
    const given = this.given;
    if (given === null) {
      return this.complain('This copy of the extension carries no server. Install Threatline into a Python and choose that interpreter.');
    }
    const base = await findPython(folders(), this.storage, existsSync);
    if (base === null) {
      return this.complain(
        `No Python ${OLDEST.join('.')} or newer was found on this machine. Install one (python.org, or your system's packages), then set up again.`,
      );
    }
    this.log.info(`Making an environment from ${base.path} (Python ${base.version.join('.')}) in ${this.environment.folder}`);
    // Its files are about to be replaced.
    await this.server.stop('needsSetUp', 'The environment is being made.');
    try {
      await vscode.window.withProgress(
        { location: vscode.ProgressLocation.Notification, title: 'Threatline: making its environment', cancellable: true },
        async (progress, token) => {
          const stop = new AbortController();
          token.onCancellationRequested(() => stop.abort());
          const tell = (line: string): void => {
            this.log.info(line);
            progress.report({ message: line.slice(0, 80) });
          };
          await this.environment.make(base.path, given, tell, stop.signal);
        },
      );
    } catch (error) {
      if (!(error instanceof StepFailed)) {
        throw error;
      }
      await this.server.stop('needsSetUp', error.message);
      return /abort/i.test(error.said) ? undefined : this.complain(`${error.message} ${advice(error)}`);
    }
    await this.context.globalState.update(ASKED, undefined);
    if (vscode.workspace.getConfiguration('threatline').get('interpreter', '') !== '') {
      await vscode.workspace.getConfiguration('threatline').update('interpreter', undefined, vscode.ConfigurationTarget.Global);
    }
    return this.start();
  }

  /** Let a person choose an interpreter that holds Threatline, and keep it for this machine. */
  async choose(): Promise<void> {
    const picked = await vscode.window.showOpenDialog({ title: 'A Python in which Threatline is installed', openLabel: 'Choose', canSelectMany: false });
    const file = picked?.[0]?.fsPath;
    if (file !== undefined) {
      await vscode.workspace.getConfiguration('threatline').update('interpreter', file, vscode.ConfigurationTarget.Global);
    }
  }

  private async startChosen(file: string): Promise<void> {
    try {
      const python = await askPython(file, folders(), this.storage);
      if (python.threatline === null) {
        throw new Refused(`Threatline is not installed in ${file}. Install it there, or clear the setting and let the extension set itself up.`);
      }
    } catch (error) {
      if (!(error instanceof Refused)) {
        throw error;
      }
      await this.server.stop('failed', error.message);
      return this.complain(error.message);
    }
    return this.server.start(file);
  }

  private async offer(): Promise<void> {
    if (this.context.globalState.get(ASKED) === this.context.extension.packageJSON.version) {
      return;
    }
    const text = 'Threatline is a Python program. It can make an environment of its own for it, apart from your projects; this fetches its packages once.';
    const answer = await vscode.window.showInformationMessage(text, SET_UP, CHOOSE, LATER);
    if (answer === LATER) {
      // The status item still offers it.
      await this.context.globalState.update(ASKED, this.context.extension.packageJSON.version);
    }
    await this.follow(answer);
  }

  private async offerUpdate(): Promise<void> {
    const answer = await vscode.window.showInformationMessage('This version of the extension carries a newer Threatline.', 'Update', LATER);
    await this.follow(answer === 'Update' ? SET_UP : answer);
  }

  private async complain(text: string): Promise<void> {
    this.log.error(text);
    await this.follow(await vscode.window.showErrorMessage(`Threatline: ${text}`, SET_UP, CHOOSE, LOG));
  }

  private async follow(answer: string | undefined): Promise<void> {
    if (answer === SET_UP) {
      await this.setUp();
    } else if (answer === CHOOSE) {
      await this.choose();
    } else if (answer === LOG) {
      this.log.show();
    }
  }
}

function folders(): string[] {
  return (vscode.workspace.workspaceFolders ?? []).map((folder) => folder.uri.fsPath);
}
