import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';

import { askPython, candidates, cleanEnvironment, findPython, isInside, Refused } from '../src/python.js';

const home = realpathSync(mkdtempSync(path.join(tmpdir(), 'threatline-python-')));
const project = path.join(home, 'project');
const outside = path.join(home, 'outside');
mkdirSync(project);
mkdirSync(outside);

function program(file: string, script: string): string {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
  return file;
}

test('a file is inside as it is written and where its links lead', () => {
  const real = program(path.join(outside, 'python'), 'exit 0');
  mkdirSync(path.join(project, '.venv', 'bin'), { recursive: true });
  symlinkSync(real, path.join(project, '.venv', 'bin', 'python'));
  symlinkSync(path.join(project, '.venv'), path.join(outside, 'linked'));
  assert.ok(isInside(path.join(project, '.venv', 'bin', 'python'), [project]));
  assert.ok(isInside(path.join(outside, 'linked', 'bin', 'python'), [project]));
  assert.ok(isInside(path.join(project, '..', 'project', 'x'), [project]));
  assert.ok(!isInside(real, [project]));
  assert.ok(!isInside(`${project}-two/python`, [project]));
});

test('an interpreter of an open folder is refused before it is run', async () => {
  const canary = path.join(home, 'canary');
  const file = program(path.join(project, 'bin', 'python3'), `touch ${canary}`);
  await assert.rejects(askPython(file, [project], home), (error: Error) => error instanceof Refused && /open folder/.test(error.message));
  await assert.rejects(askPython('python3', [project], home), /full path/);
  const { existsSync } = await import('node:fs');
  assert.ok(!existsSync(canary));
});

test('an interpreter tells its version and what is in it', async () => {
  const good = program(path.join(outside, 'good'), `echo '{"version": [3, 12], "threatline": "0.1.0"}'`);
  assert.deepEqual(await askPython(good, [project], home), { path: good, version: [3, 12], threatline: '0.1.0' });
  const old = program(path.join(outside, 'old'), `echo '{"version": [3, 10], "threatline": null}'`);
  await assert.rejects(askPython(old, [project], home), /Python 3\.10; 3\.11 or newer/);
  const older = program(path.join(outside, 'older'), 'echo "unknown option -P" >&2; exit 2');
  await assert.rejects(askPython(older, [project], home), /older than Python 3\.11/);
  await assert.rejects(askPython(path.join(outside, 'missing'), [project], home), /does not run/);
});

test('variables that bring code into a Python are left out', () => {
  const kept = cleanEnvironment({ PATH: '/bin', PYTHONPATH: '.', PythonHome: 'x', VIRTUAL_ENV: 'y', PIP_INDEX_URL: 'z', EMPTY: undefined });
  assert.deepEqual(kept, { PATH: '/bin', PIP_INDEX_URL: 'z', PYTHONUTF8: '1', PYTHONNOUSERSITE: '1' });
});

test('a Python is looked for on the path, without relative places and those of open folders', async () => {
  const found = candidates([project], { PATH: ['bin', path.join(project, 'bin'), outside, '.'].join(path.delimiter) }, 'linux');
  assert.ok(found.includes(path.join(outside, 'python3')));
  assert.ok(found.every((file) => path.isAbsolute(file) && !file.startsWith(project)));
  assert.equal(await findPython([project], home, () => false), null);
});
