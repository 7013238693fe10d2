/** Package what `make vsix` has put together: the bundle, the wheel and its pinned packages, into build/. */

import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const client = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const root = path.dirname(client);
const server = path.join(client, 'server');

const wheel = process.argv[2];
if (wheel === undefined) {
  throw new Error('the wheel is missing: node scripts/package.mjs WHEEL');
}
const version = /__version__ = "(.+)"/.exec(readFileSync(path.join(root, 'server', 'threatline', '__init__.py'), 'utf8'))?.[1];
const said = JSON.parse(readFileSync(path.join(client, 'package.json'), 'utf8')).version;
if (version !== said) {
  throw new Error(`package.json says ${said}, the server is ${version}`);
}

rmSync(server, { recursive: true, force: true });
mkdirSync(server, { recursive: true });
cpSync(wheel, path.join(server, path.basename(wheel)));
// What is pinned there is hashed too; comments about where each came from are of no use here.
const pinned = readFileSync(path.join(root, 'requirements', 'runtime.txt'), 'utf8').split('\n').filter((line) => !/^\s*#/.test(line));
writeFileSync(path.join(server, 'requirements.txt'), pinned.join('\n'));
cpSync(path.join(root, 'LICENSE'), path.join(client, 'LICENSE'));

const built = path.join(root, 'build');
mkdirSync(built, { recursive: true });
for (const name of readdirSync(built).filter((other) => /^threatline-.*\.vsix$/.test(other))) {
  rmSync(path.join(built, name));
}
const target = path.join(built, `threatline-${version}.vsix`);
const vsce = path.join(client, 'node_modules', '@vscode', 'vsce', 'vsce');
const args = ['package', '--no-dependencies', '--allow-missing-repository', '--no-rewrite-relative-links', '--out', target];
execFileSync(process.execPath, [vsce, ...args], { cwd: client, stdio: 'inherit' });
