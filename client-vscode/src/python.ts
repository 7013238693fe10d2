/** Python interpreters: which may be started, and what is in them. Nothing of an open folder is ever started. */

import { execFile } from 'node:child_process';
import { realpathSync } from 'node:fs';
import * as path from 'node:path';

/** The oldest Python that the server runs on. */
export const OLDEST: readonly [number, number] = [3, 11];

/** The newest first that the locked packages were tried with, then whatever a machine calls its Python. */
const NAMES = ['python3.13', 'python3.12', 'python3.11', 'python3.14', 'python3', 'python'];

/** What an interpreter says of itself: its version as numbers, and the version of Threatline in it. */
export interface Python {
  readonly path: string;
  readonly version: readonly [number, number];
  readonly threatline: string | null;
}

/** Why an interpreter cannot be used, in words for people. */
export class Refused extends Error {}

const ASK =
  'import sys, json, importlib.metadata as m\n' +
  'found = [d.version for d in m.distributions(name="threatline")]\n' +
  'print(json.dumps({"version": sys.version_info[:2], "threatline": found[0] if found else None}))';

/**
 * The environment for a Python of ours: without PYTHONPATH and its kin, which an editor started from a terminal inherits,
 * and which may name a folder of the project.
 */
export function cleanEnvironment(given: NodeJS.ProcessEnv): Record<string, string> {
  const kept = Object.entries(given).filter(([name, value]) => value !== undefined && !/^(PYTHON|__PYVENV|VIRTUAL_ENV|CONDA)/i.test(name));
  return { ...(Object.fromEntries(kept) as Record<string, string>), PYTHONUTF8: '1', PYTHONNOUSERSITE: '1' };
}

/** Tell whether a file lies in one of the folders: as it is written, or where its links lead. */
export function isInside(file: string, folders: readonly string[], resolve: (name: string) => string = resolved): boolean {
  const ways = [file, path.join(resolve(path.dirname(file)), path.basename(file)), resolve(file)];
  return folders.some((folder) => [folder, resolve(folder)].some((base) => ways.some((way) => holds(base, way))));
}

/** Ask an interpreter for its version and for Threatline's; refuses those that may not or cannot run the server. */
export async function askPython(file: string, folders: readonly string[], cwd: string): Promise<Python> {
  if (!path.isAbsolute(file)) {
    throw new Refused(`The interpreter must be named by its full path; "${file}" is none.`);
  }
  if (isInside(file, folders)) {
    throw new Refused(`${file} lies in an open folder. Threatline never runs a program of the project that it reads.`);
  }
  let answer: { version: [number, number]; threatline: string | null };
  try {
    answer = JSON.parse(await run(file, ['-P', '-c', ASK], cwd)) as typeof answer;
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    // Older ones do not know -P.
    const old = /unknown option -P/i.test(said);
    throw new Refused(old ? `${file} is older than Python ${OLDEST.join('.')}.` : `${file} does not run: ${said.trim().split('\n').at(-1)}`);
  }
  if (!isRecent(answer.version)) {
    throw new Refused(`${file} is Python ${answer.version.join('.')}; ${OLDEST.join('.')} or newer is needed.`);
  }
  return { path: file, version: answer.version, threatline: answer.threatline };
}

/** List the places where a Python to begin with may be: the PATH without what is relative or lies in an open folder. */
export function candidates(folders: readonly string[], environment: NodeJS.ProcessEnv, platform: string = process.platform): string[] {
  const ending = platform === 'win32' ? '.exe' : '';
  const places = (environment['PATH'] ?? environment['Path'] ?? '').split(path.delimiter).filter((place) => path.isAbsolute(place));
  const usual = platform === 'win32' ? [] : ['/usr/local/bin', '/usr/bin', '/opt/homebrew/bin'];
  const all = [...new Set([...places, ...usual])].filter((place) => !isInside(path.join(place, 'python'), folders));
  return NAMES.flatMap((name) => all.map((place) => path.join(place, name + ending)));
}

/** Find a Python that an environment can be made from; null where there is none. */
export async function findPython(folders: readonly string[], cwd: string, exists: (file: string) => boolean): Promise<Python | null> {
  for (const file of candidates(folders, process.env)) {
    if (!exists(file)) {
      continue;
    }
    try {
      return await askPython(file, folders, cwd);
    } catch (error) {
      if (!(error instanceof Refused)) {
        throw error;
      }
    }
  }
  return null;
}

function isRecent(version: readonly [number, number]): boolean {
  return version[0] > OLDEST[0] || (version[0] === OLDEST[0] && version[1] >= OLDEST[1]);
}

function holds(folder: string, file: string): boolean {
  const way = path.relative(plain(folder), plain(file));
  return way === '' || (!way.startsWith(`..${path.sep}`) && way !== '..' && !path.isAbsolute(way));
}

/** Two spellings of one file on systems where case does not count. */
function plain(name: string): string {
  return process.platform === 'win32' || process.platform === 'darwin' ? name.toLowerCase() : name;
}

function resolved(name: string): string {
  try {
    return realpathSync(name);
  } catch {
    return path.resolve(name);
  }
}

function run(file: string, args: string[], cwd: string): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(file, args, { cwd, env: cleanEnvironment(process.env), timeout: 30_000, windowsHide: true }, (error, stdout, stderr) => {
      if (error) {
        reject(new Error(stderr || error.message));
      } else {
        resolve(stdout);
      }
    });
  });
}
