/** Bundle the extension into dist/, and put the map's page beside it. */

import { cpSync, mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const client = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const view = path.join(client, '..', 'server', 'threatline', 'report', 'view');
const target = path.join(client, 'dist');

rmSync(target, { recursive: true, force: true });
mkdirSync(path.join(target, 'view'), { recursive: true });
await build({
  entryPoints: [path.join(client, 'src', 'extension.ts')],
  outfile: path.join(target, 'extension.js'),
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  external: ['vscode'],
  minify: true,
  legalComments: 'external',
  logLevel: 'warning',
});
for (const name of ['system-map.js', 'system-map.css', 'NOTICES.txt']) {
  cpSync(path.join(view, name), path.join(target, 'view', name));
}
