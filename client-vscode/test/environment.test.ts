import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';

import { advice, carried, Environment, StepFailed } from '../src/environment.js';

const home = mkdtempSync(path.join(tmpdir(), 'threatline-environment-'));

function extension(wheel: string): string {
  const folder = mkdtempSync(path.join(home, 'extension-'));
  mkdirSync(path.join(folder, 'server'));
  writeFileSync(path.join(folder, 'server', 'threatline-0.1.0-py3-none-any.whl'), wheel);
  writeFileSync(path.join(folder, 'server', 'requirements.txt'), 'click==8\n');
  return folder;
}

/** A stand-in for Python: `-m venv FOLDER` makes an interpreter there that writes down what it is asked. */
function python(script: string): string {
  const file = path.join(mkdtempSync(path.join(home, 'python-')), 'python');
  writeFileSync(
    file,
    `#!/bin/sh\nif [ "$3" = venv ]; then mkdir -p "$4/bin"; printf '#!/bin/sh\\necho "$@" >> ${home}/asked\\n${script}\\n' > "$4/bin/python"; chmod +x "$4/bin/python"; fi\n`,
  );
  chmodSync(file, 0o755);
  return file;
}

test('what is carried has a digest of its content', () => {
  const [one, same, other] = [carried(extension('a')), carried(extension('a')), carried(extension('b'))];
  assert.equal(one?.digest, same?.digest);
  assert.notEqual(one?.digest, other?.digest);
  assert.equal(carried(home), null);
});

test('packages are pinned, hashed and never compiled, and the wheel needs no index', async () => {
  const given = carried(extension('a'));
  assert.ok(given);
  const environment = new Environment(mkdtempSync(path.join(home, 'storage-')));
  await environment.make(python('exit 0'), given, () => undefined, new AbortController().signal);
  const asked = readFileSync(path.join(home, 'asked'), 'utf8').trim().split('\n');
  assert.match(asked[0] ?? '', /--only-binary :all: --require-hashes -r .*requirements\.txt/);
  assert.match(asked[1] ?? '', /--no-deps --no-index .*threatline-0\.1\.0.*\.whl/);
  assert.equal(environment.madeFrom, given.digest);
});

test('what broke off is no environment, and says why', async () => {
  const given = carried(extension('a'));
  assert.ok(given);
  const environment = new Environment(mkdtempSync(path.join(home, 'storage-')));
  const making = environment.make(python('echo "No matching distribution found for click" >&2; exit 1'), given, () => undefined, new AbortController().signal);
  await assert.rejects(making, (error: Error) => error instanceof StepFailed && /installing the packages: No matching/.test(error.message));
  assert.equal(environment.madeFrom, null);
  assert.ok(existsSync(environment.python));
});

test('advice fits what was said', () => {
  assert.match(advice(new StepFailed('x', 'ensurepip is not available')), /apt install python3-venv/);
  assert.match(advice(new StepFailed('x', 'Failed to establish a new connection')), /network or the proxy/);
  assert.match(advice(new StepFailed('x', 'No matching distribution found')), /Python 3\.11 to 3\.13/);
  assert.match(advice(new StepFailed('x', 'boom')), /log/);
});
