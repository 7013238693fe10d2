// Drives the view in Chromium as people do. node tests/browser.mjs PAGE MAP.json [SHOTS]; PAGE is what `threatline map --format html` wrote, MAP
// the JSON of the same map. Prints one line for each thing that is wrong, and fails if there is any.
import assert from 'node:assert/strict';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';

const [pagePath, mapPath, shots] = process.argv.slice(2);
const view = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'server', 'threatline', 'report', 'view');
const map = JSON.parse(await readFile(mapPath, 'utf8'));
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox'] });
let wrong = 0;

/** Open a page that may reach nothing but the files given, and that must not complain. */
async function open(path, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1400, height: 860 }, reducedMotion: 'reduce', ...options });
  const page = await context.newPage();
  page.complaints = [];
  page.on('console', (message) => { if (['error', 'warning'].includes(message.type())) page.complaints.push(message.text()); });
  page.on('pageerror', (error) => { page.complaints.push(String(error)); });
  page.on('request', (request) => { if (!request.url().startsWith('file:')) page.complaints.push(`asked for ${request.url()}`); });
  await page.goto(pathToFileURL(path).href);
  if (path === pagePath && options.javaScriptEnabled !== false) await page.waitForSelector('#threatline-view[data-state="drawn"]', { timeout: 60_000 });
  return page;
}

async function check(name, page, body) {
  try {
    await body(page);
    assert.deepEqual(page.complaints, [], 'the console is silent');
    console.log(`ok ${name}`);
  } catch (error) {
    wrong += 1;
    console.log(`wrong ${name}: ${error.stack ?? error}`);
  }
  if (shots) await page.screenshot({ path: join(shots, `${name.replace(/\W+/g, '-')}.png`) });
}

const state = (page) => page.getAttribute('#threatline-view', 'data-state');
const box = (id) => `.tl-drawing [data-component="${id}"]`;
const told = map.findings.filter((each) => each.status === 'open');
const traced = told.find((each) => new Set(each.evidence.map((step) => step.component).filter(Boolean)).size > 1);
const finding = `.tl-findings [data-finding="${traced.fingerprint}"]`;

// As a page of its own.
const page = await open(pagePath);
await check('every component is drawn in its zone', page, async () => {
  assert.equal(await state(page), 'drawn');
  assert.equal(await page.locator('.tl-region').count(), new Set(map.components.map((each) => each.boundary)).size);
  const names = new Set(map.components.map((each) => JSON.stringify([each.boundary, each.kind, each.name])));
  assert.equal(await page.locator('.tl-box[data-component]').count(), names.size);
  assert.equal(await page.locator('.tl-findings li').count(), told.length);
  assert.equal(await page.locator('#threatline-tables').isVisible(), false);
});
await check('a finding lights its path', page, async () => {
  await page.click(finding);
  assert.ok(await page.locator('.tl-box.is-lit').count() > 1);
  assert.equal(await page.locator('.tl-box.is-selected').count(), 1);
  assert.equal(await page.locator('.tl-steps li').count(), traced.evidence.length);
  assert.match(await page.locator('.tl-panel').innerText(), new RegExp(traced.evidence[0].file));
  await page.keyboard.press('Escape');
  assert.equal(await page.locator('.tl-drawing.is-lighting').count(), 0);
});
await check('a click on a component shows it', page, async () => {
  await page.click(box(traced.component));
  assert.equal(await page.locator('.tl-panel h2').innerText(), map.components.find((each) => each.id === traced.component).name);
  await page.click('.tl-back');
});
await check('the keyboard alone is enough', page, async () => {
  await page.keyboard.press('/');
  await page.keyboard.type(map.components[0].name);
  await page.keyboard.press('Enter');
  const first = await page.evaluate(() => document.activeElement?.getAttribute('data-component'));
  assert.ok(map.components.some((each) => each.id === first && each.name === map.components[0].name));
  await page.keyboard.press('ArrowDown');
  const next = await page.evaluate(() => document.activeElement?.getAttribute('data-component'));
  assert.notEqual(next, first);
  await page.keyboard.press('Enter');
  assert.equal(await page.getAttribute('.tl-box.is-selected', 'data-component'), next);
  await page.keyboard.press('Escape');
});
await check('wheel and drag move the drawing', page, async () => {
  const at = () => page.getAttribute('.tl-view', 'transform');
  const before = await at();
  await page.mouse.move(400, 400);
  await page.mouse.wheel(0, -300);
  await page.waitForTimeout(50);
  const zoomed = await at();
  assert.notEqual(zoomed, before);
  await page.mouse.move(30, 120);
  await page.mouse.down();
  await page.mouse.move(130, 180, { steps: 4 });
  await page.mouse.up();
  assert.notEqual(await at(), zoomed);
  await page.keyboard.press('0');
  assert.equal(await at(), before);
});
await check('a filter leaves out a zone', page, async () => {
  const before = await page.locator('.tl-box[data-component]:visible').count();
  await page.click('.tl-filter summary');
  await page.locator('.tl-menu fieldset').nth(2).locator('input').first().uncheck();
  const after = await page.locator('.tl-box[data-component]:visible').count();
  assert.ok(after < before && after > 0);
  await page.locator('.tl-menu fieldset').nth(2).locator('input').first().check();
  assert.equal(await page.locator('.tl-box[data-component]:visible').count(), before);
  await page.mouse.click(30, 120);
});
await check('the drawing is saved as a picture that stands alone', page, async () => {
  const [saved] = await Promise.all([page.waitForEvent('download'), page.click('[aria-label="Save as SVG"]')]);
  const text = await readFile(await saved.path(), 'utf8');
  assert.match(text, /^<svg/);
  assert.ok(!/var\(--|<script|<style/.test(text));
  assert.match(text, /fill="rgb/);
});
await check('the tables are one click away', page, async () => {
  await page.click('[aria-label="Tables"]');
  assert.ok(await page.locator('#components').isVisible());
  await page.click('#threatline-back');
  assert.equal(await page.locator('#threatline-tables').isVisible(), false);
});

const plain = await open(pagePath, { javaScriptEnabled: false });
await check('without scripts the tables tell the same', plain, async () => {
  const text = await plain.locator('body').innerText();
  for (const each of map.components) assert.ok(text.includes(each.name), each.name);
  for (const each of told) assert.ok(text.includes(each.title), each.title);
});

// In an editor: a page that knows the view by its files alone, under a policy without anything inline.
const folder = await mkdtemp(join(tmpdir(), 'threatline-view-'));
await writeFile(join(folder, 'host.js'), 'window.said = []; let kept; window.acquireVsCodeApi = () => ({ postMessage: (message) => window.said.push(message), getState: () => kept, setState: (state) => { kept = state; } });');
for (const name of ['system-map.js', 'system-map.css']) await writeFile(join(folder, name), await readFile(join(view, name)));
await writeFile(join(folder, 'host.html'), `<!doctype html><html><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src file:; script-src file:; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'">
<link rel="stylesheet" href="system-map.css"></head><body class="vscode-dark" data-vscode-theme-kind="vscode-dark"><div id="threatline-view"></div>
<script src="host.js"></script><script src="system-map.js"></script></body></html>`);
const webview = await open(join(folder, 'host.html'));
const send = (message) => webview.evaluate((given) => { window.postMessage(given, '*'); }, message);
const said = (type) => webview.evaluate((wanted) => window.said.filter((message) => message.type === wanted), type);
await check('an editor is asked for the map', webview, async () => {
  assert.deepEqual(await said('ready'), [{ type: 'ready' }]);
  assert.equal(await state(webview), 'empty');
  await send({ type: 'nonsense' });
  await send({ type: 'map', map, selected: traced.fingerprint.slice(0, 12) });
  await webview.waitForSelector('#threatline-view[data-state="drawn"]');
  assert.equal(await webview.locator('.tl-panel h2').innerText(), traced.title);
  assert.deepEqual(await said('select'), []);
});
await check('places open in the editor', webview, async () => {
  await webview.click('.tl-steps [data-open]');
  assert.deepEqual(await said('open'), [{ type: 'open', file: traced.evidence[0].file, range: traced.evidence[0].range }]);
});
await check('choices are told to the editor', webview, async () => {
  await webview.click(box(traced.component));
  assert.deepEqual((await said('select')).at(-1), { type: 'select', id: traced.component, kind: 'component' });
});
await check('what the editor selects is shown, and not told back', webview, async () => {
  const before = (await said('select')).length;
  await send({ type: 'select', id: traced.fingerprint });
  await webview.waitForSelector('.tl-steps');
  assert.equal((await said('select')).length, before);
});
await check('a new map keeps selection and zoom', webview, async () => {
  const before = await webview.getAttribute('.tl-view', 'transform');
  await send({ type: 'map', map: { ...map, flows: [] } });
  await webview.waitForFunction(() => document.querySelectorAll('[data-flow]').length === 0);
  assert.equal(await webview.getAttribute('.tl-view', 'transform'), before);
  assert.equal(await webview.locator('.tl-panel h2').innerText(), traced.title);
});
await check('a map without parts says so', webview, async () => {
  await send({ type: 'map', map: { ...map, components: [], relations: [], flows: [], findings: [] } });
  await webview.waitForSelector('#threatline-view[data-state="empty"]');
  assert.match(await webview.locator('#threatline-view').innerText(), /No part of an AI system/);
});
await check('hostile names stay text', webview, async () => {
  const nasty = '<img src=x onerror="window.hurt=1"></title></svg><script>window.hurt=1</script>\u202e\u001b[2J';
  const first = map.components[0];
  const bad = { ...first, id: `x"]${nasty}`, name: nasty, kind: nasty, title: nasty, boundary: nasty, file: `javascript:${nasty}`, attributes: { [nasty]: nasty }, capabilities: [nasty] };
  const threat = { ...traced, title: nasty, message: nasty, component: bad.id, rule: nasty, file: nasty, severity: 'high', status: 'open', fingerprint: 'abcdefabcdef', controls: [nasty], evidence: [{ role: nasty, note: nasty, file: nasty, range: null, component: bad.id }] };
  await send({ type: 'map', map: { ...map, root: nasty, components: [bad, first], relations: [{ from: bad.id, to: first.id, kind: nasty }], flows: [{ from: first.id, to: bad.id, data: [nasty], crosses: [nasty], evidence: [] }], boundaries: [{ id: nasty, kind: nasty, name: nasty }], findings: [threat] }, selected: 'abcdefabcdef' });
  await webview.waitForSelector('.tl-steps');
  for (const each of [bad.id, 'abcdefabcdef', first.id]) await send({ type: 'select', id: each });
  await webview.waitForTimeout(100);
  assert.equal(await webview.evaluate(() => window.hurt), undefined);
  assert.equal(await webview.locator('#threatline-view :is(img, script, iframe)').count(), 0);
  assert.ok(!/[\u202e\u001b]/.test(await webview.locator('#threatline-view').innerText()));
});

await browser.close();
process.exitCode = wrong ? 1 : 0;
