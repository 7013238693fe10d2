/** Bundle the extension into dist/, and put the map's page beside it. */

import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const client = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const view = path.join(client, '..', 'server', 'threatline', 'report', 'view');
const target = path.join(client, 'dist');

rmSync(target, { recursive: true, force: true });
mkdirSync(path.join(target, 'view'), { recursive: true });
const { metafile } = await build({
  absWorkingDir: client,
  entryPoints: [path.join(client, 'src', 'extension.ts')],
  outfile: path.join(target, 'extension.js'),
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  external: ['vscode'],
  minify: true,
  legalComments: 'none',
  metafile: true,
  logLevel: 'warning',
});
for (const name of ['system-map.js', 'system-map.css', 'NOTICES.txt']) {
  cpSync(path.join(view, name), path.join(target, 'view', name));
}

// The licences of what is in the bundle go with it.
const packages = new Set(Object.keys(metafile.inputs).flatMap((file) => /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1] ?? []));
const notices = [...packages].sort().map((name) => {
  const folder = path.join(client, 'node_modules', name);
  const { version, license } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
  const file = readdirSync(folder).find((other) => /^licen[cs]e/i.test(other));
  const text = file !== undefined && existsSync(path.join(folder, file)) ? readFileSync(path.join(folder, file), 'utf8').trim() : license;
  return `${name} ${version} (${license})\n\n${text}\n`;
});
writeFileSync(path.join(target, 'NOTICES.txt'), notices.join(`\n${'-'.repeat(80)}\n\n`));
