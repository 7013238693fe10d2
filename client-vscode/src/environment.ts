/** An environment of the extension's own: made from the wheel that the extension carries, apart from every project. */

import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';

import { cleanEnvironment } from './python.js';

/** The file that is written last: without it an environment is not whole. */
const SEAL = 'threatline.json';

/** What the extension carries: the wheel, and the exact packages that it was tested with. */
export interface Carried {
  readonly wheel: string;
  readonly requirements: string;
  /** Changes with the content of either. */
  readonly digest: string;
}

/** Hears each line that a step prints. */
export type Listener = (line: string) => void;

/** A step that did not succeed, with the last lines it printed. */
export class StepFailed extends Error {
  constructor(
    readonly step: string,
    readonly said: string,
  ) {
    super(`${step}: ${said.trim().split('\n').at(-1) ?? ''}`);
  }
}

/** Find what the extension carries; null in a checkout that has not been packaged. */
export function carried(extension: string): Carried | null {
  const folder = path.join(extension, 'server');
  const requirements = path.join(folder, 'requirements.txt');
  const wheel = existsSync(folder) ? readdirSync(folder).find((name) => name.endsWith('.whl')) : undefined;
  if (wheel === undefined || !existsSync(requirements)) {
    return null;
  }
  const file = path.join(folder, wheel);
  const digest = createHash('sha256').update(readFileSync(file)).update(readFileSync(requirements)).digest('hex');
  return { wheel: file, requirements, digest };
}

/** The environment below a folder of the extension's storage. */
export class Environment {
  readonly folder: string;

  constructor(storage: string) {
    this.folder = path.join(storage, 'environment');
  }

  /** The interpreter, whether it is there or not. */
  get python(): string {
    return process.platform === 'win32' ? path.join(this.folder, 'Scripts', 'python.exe') : path.join(this.folder, 'bin', 'python');
  }

  /** The digest of what the environment was made from; null where there is no whole environment. */
  get madeFrom(): string | null {
    try {
      const sealed = JSON.parse(readFileSync(path.join(this.folder, SEAL), 'utf8')) as { digest?: unknown };
      return typeof sealed.digest === 'string' && existsSync(this.python) ? sealed.digest : null;
    } catch {
      return null;
    }
  }

  /**
   * Make the environment anew. Packages are pinned and checked by their hashes, none is compiled, and the wheel itself comes from
   * the extension. Raises `StepFailed`; what is left then is no environment.
   */
  async make(base: string, given: Carried, tell: Listener, signal: AbortSignal): Promise<void> {
    rmSync(this.folder, { recursive: true, force: true });
    mkdirSync(path.dirname(this.folder), { recursive: true });
    const cwd = path.dirname(this.folder);
    const pip = ['-I', '-m', 'pip', '--disable-pip-version-check', '--no-input', 'install', '--no-color', '--progress-bar', 'off'];
    const packages = [...pip, '--only-binary', ':all:', '--require-hashes', '-r', given.requirements];
    await step('making the environment', base, ['-I', '-m', 'venv', this.folder], cwd, tell, signal);
    await step('installing the packages', this.python, packages, cwd, tell, signal);
    await step('installing Threatline', this.python, [...pip, '--no-deps', '--no-index', given.wheel], cwd, tell, signal);
    writeFileSync(path.join(this.folder, SEAL), JSON.stringify({ digest: given.digest }));
  }
}

/** What a person can do about a step that failed. */
export function advice(failed: StepFailed): string {
  const said = failed.said;
  if (/ensurepip|python3?-venv|No module named venv/i.test(said)) {
    return 'This Python cannot make environments. On Debian and Ubuntu: sudo apt install python3-venv. Then run Set Up again.';
  }
  if (/Failed to establish a new connection|Temporary failure in name resolution|Max retries|ProxyError|SSLError|ConnectTimeout/i.test(said)) {
    return 'The packages could not be fetched. See to the network or the proxy (pip\'s own settings count), then run Set Up again.';
  }
  if (/No matching distribution|Could not find a version/i.test(said)) {
    return 'A package is not there for this Python or machine. Try Python 3.11 to 3.13, or install Threatline yourself and choose that interpreter.';
  }
  return 'The log has all that was said.';
}

function step(name: string, file: string, args: string[], cwd: string, tell: Listener, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const told: string[] = [];
    const child = spawn(file, args, { cwd, env: cleanEnvironment(process.env), signal, windowsHide: true, stdio: ['ignore', 'pipe', 'pipe'] });
    const hear = (part: Buffer): void => {
      for (const line of part.toString('utf8').split(/\r?\n/).filter(Boolean)) {
        told.push(line);
        tell(line);
      }
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.on('error', (error) => reject(new StepFailed(name, error.message)));
    child.on('close', (code) => (code === 0 ? resolve() : reject(new StepFailed(name, told.slice(-40).join('\n') || `exit status ${code}`))));
  });
}
