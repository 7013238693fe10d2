// Builds the bundle (default), or the tests (--tests). With --check it builds in memory and fails where the checked-in files differ.
import { createHash } from 'node:crypto';
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const target = join(here, '..', 'server', 'threatline', 'report', 'view');

if (process.argv.includes('--tests')) {
  const tests = (await readdir(join(here, 'tests'))).filter((name) => name.endsWith('.test.ts'));
  await build({ absWorkingDir: here, entryPoints: tests.map((name) => `tests/${name}`), outdir: 'build/tests', bundle: true, platform: 'node', format: 'esm', outExtension: { '.js': '.mjs' }, logLevel: 'warning' });
} else {
  const made = await files();
  let stale = false;
  for (const [name, bytes] of made) {
    if (process.argv.includes('--check')) {
      const there = await readFile(join(target, name)).catch(() => Buffer.alloc(0));
      if (!there.equals(bytes)) { stale = true; console.error(`${name} is not what the source builds: make map-view`); }
    } else {
      await mkdir(target, { recursive: true });
      await writeFile(join(target, name), bytes);
      console.log(`${name} ${bytes.length} bytes`);
    }
  }
  process.exitCode = stale ? 1 : 0;
}

/** Digest what the bundle is made of, so that a test without Node can tell whether it is fresh. Names and contents, sorted, NUL between. */
async function digest() {
  const sources = (await readdir(join(here, 'src'))).sort().map((name) => `src/${name}`);
  const hash = createHash('sha256');
  for (const name of [...sources, 'build.mjs', 'package-lock.json']) {
    hash.update(name).update('\0').update(await readFile(join(here, name))).update('\0');
  }
  return hash.digest('hex');
}

async function files() {
  const result = await build({
    absWorkingDir: here, entryPoints: { 'system-map': 'src/main.ts', 'style': 'src/style.css' }, outdir: 'out', write: false, bundle: true, minify: true,
    format: 'iife', target: ['es2022', 'chrome100', 'firefox100', 'safari15.4'], legalComments: 'none', metafile: true,
    // ELK asks for a web worker where it can have one; there is none here, so nothing of that stays in the bundle.
    external: ['web-worker'], logLevel: 'warning',
  });
  const text = (end) => result.outputFiles.find((file) => file.path.endsWith(end)).text;
  const banner = `/* Threatline system map view. sources sha256:${await digest()}. Licences: NOTICES.txt */\n`;
  return [
    ['system-map.js', Buffer.from(banner + text('system-map.js'))],
    ['system-map.css', Buffer.from(text('style.css'))],
    ['NOTICES.txt', Buffer.from(await notices(result.metafile))],
  ];
}

/** Collect the licences of the packages that are in the bundle. */
async function notices(metafile) {
  const names = new Set(Object.keys(metafile.inputs).map((path) => /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1]).filter(Boolean));
  const parts = ['The system map view (system-map.js) contains these packages, unchanged.\n'];
  for (const name of [...names].sort()) {
    const folder = join(here, 'node_modules', name);
    const about = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
    const file = (await readdir(folder)).find((entry) => /^licen[cs]e/i.test(entry));
    const source = typeof about.repository === 'string' ? about.repository : about.repository?.url ?? about.homepage ?? '';
    parts.push(`${'-'.repeat(80)}\n${name} ${about.version} (${about.license})\nSource: ${source.replace(/^git\+/, '')}\n\n${file ? await readFile(join(folder, file), 'utf8') : ''}`);
  }
  return parts.join('\n');
}
