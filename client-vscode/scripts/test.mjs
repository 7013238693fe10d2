/** Run the unit tests: each is bundled with a small stand-in for the editor's own module, and given to Node's test runner. */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const client = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const target = mkdtempSync(path.join(tmpdir(), 'threatline-client-'));
try {
  await build({
    absWorkingDir: client,
    entryPoints: readdirSync(path.join(client, 'test')).filter((name) => name.endsWith('.test.ts')).map((name) => `test/${name}`),
    outdir: target,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    alias: { vscode: './test/vscode.ts' },
    sourcemap: 'inline',
    logLevel: 'warning',
  });
  const tests = readdirSync(target).map((name) => path.join(target, name));
  process.exitCode = spawnSync(process.execPath, ['--enable-source-maps', '--test', ...tests], { stdio: 'inherit' }).status ?? 1;
} finally {
  rmSync(target, { recursive: true, force: true });
}
