/** The stories that the tests tell in the real editor. Each returns what was seen; the tests judge it. */

import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { copied, QUIET, until } from './vscode.mjs';

/** From the first wavy line to the finding that is gone, in one file; and what is typed. */
export async function fix(given, begin) {
  const folder = copied(given, 'ops-agent');
  const { editor, page } = await begin({ open: folder });
  const seen = {};
  await editor.open(path.join(folder, 'ops_agent', 'tools.py'), 18);
  seen.status = await editor.statusIs(/threat/);
  const wavy = page.locator('.squiggly-error');
  await wavy.first().waitFor({ timeout: 30_000 });
  seen.problems = await editor.problems('');
  await editor.picture('01-squiggle-and-problems');
  seen.problems = await editor.problems('model-output-to-shell');
  await editor.closePanel();

  await editor.goTo(18, 12);
  seen.hover = await editor.hoverLine(18, 'subprocess');
  await editor.picture('02-hover', { still: true });
  await page.keyboard.press('Escape');

  await editor.goTo(18, 20);
  seen.fixes = await editor.fixes();
  await editor.picture('03-quick-fixes');
  await page.locator('.action-widget .monaco-list-row.action').filter({ hasText: seen.fixes[0].trim() }).first().click();
  await until(async () => /shlex/.test(await editor.text()), 20_000, () => 'the fix changed nothing');
  seen.after = await editor.statusIsnt(seen.status, 20_000);
  seen.text = await editor.text();
  seen.problemsAfter = await editor.problems('model-output-to-shell');
  await editor.picture('04-gone');
  await editor.closePanel();

  // What is typed is found: the edit is taken back by the keyboard, and the finding is there again.
  const before = Date.now();
  await page.keyboard.press('Control+Z');
  await until(async () => !/shlex/.test(await editor.text()), 20_000, () => 'the edit stays');
  seen.again = await editor.statusIsnt(seen.after, 20_000);
  seen.milliseconds = Date.now() - before;
  return seen;
}

/** The map, the lens that leads to it, the views in the side bar, an explanation, an accepted risk, and a server that falls. */
export async function map(given, begin) {
  const folder = copied(given, 'support-desk');
  const { editor, page } = await begin({ open: folder });
  const seen = {};
  await editor.open(path.join(folder, 'support_desk', 'tools.py'), 33);
  await editor.statusIs(/threat/);
  const lenses = page.locator('.codelens-decoration[monaco-visible-content-widget="true"] a');
  await lenses.last().waitFor({ timeout: 20_000 });
  seen.lenses = await lenses.allInnerTexts();
  await editor.picture('05-lenses');
  await lenses.last().click();

  const frame = await editor.webview('#threatline-view[data-state="drawn"]');
  seen.policy = await frame.locator('meta[http-equiv="Content-Security-Policy"]').getAttribute('content');
  seen.components = await frame.locator('[data-component]').evaluateAll((found) => found.map((one) => one.getAttribute('data-component')));
  await frame.locator('.is-selected[data-component]').first().waitFor();
  seen.selected = await frame.locator('.is-selected[data-component]').first().getAttribute('data-component');
  await editor.command('View: Toggle Primary Side Bar Visibility');
  await editor.picture('06-map');

  const finding = frame.locator('[data-finding]').first();
  await finding.waitFor();
  await finding.click();
  await frame.locator('.is-lit').first().waitFor();
  seen.lit = await frame.locator('.is-lit').count();
  await editor.picture('07-map-path');
  const place = frame.locator('[data-open]').first();
  seen.place = await place.innerText();
  await place.click();
  await until(async () => (await page.locator('.editor-group-container').count()) === 2, 10_000, () => 'no second group');
  seen.opened = await page.locator('.tab.active[data-resource-name$=".py"]').first().getAttribute('data-resource-name');
  await editor.command('View: Toggle Primary Side Bar Visibility');

  await editor.command('View: Show Threatline');
  const rows = page.locator('.pane-body .monaco-list-row');
  await rows.filter({ hasText: 'Critical' }).first().waitFor({ timeout: 20_000 });
  seen.tree = await rows.allInnerTexts();
  await editor.picture('08-views');
  await rows.filter({ hasText: 'triage.py' }).first().click();
  await page.waitForSelector('.tab.active[data-resource-name="triage.py"]');
  seen.opens = true;

  await editor.command('Threatline: Explain the Finding Here');
  const explained = await editor.webview('body.vscode-body h1, body.vscode-body strong');
  seen.explained = await explained.locator('body').innerText();
  await editor.picture('09-explained');
  return seen;
}

/** Accepting a risk, with the three things that are asked for. */
export async function accept(given, begin) {
  const folder = copied(given, 'support-desk');
  const { editor, page } = await begin({ open: folder });
  const seen = {};
  await editor.open(path.join(folder, 'support_desk', 'settings.py'), 5);
  seen.before = await editor.statusIs(/threat/);
  await page.locator('.squiggly-error').first().waitFor({ timeout: 30_000 });
  await editor.goTo(5, 55);
  seen.fixes = await editor.fixes();
  await page.locator('.action-widget .monaco-list-row.action').filter({ hasText: 'Accept the risk' }).first().click();
  const input = page.locator('.quick-input-widget input');
  for (const answer of ['Only a sandbox is behind this key', 'maria@larkspur.example', '']) {
    await input.waitFor();
    if (answer !== '') {
      await input.fill(answer);
    }
    await page.keyboard.press('Enter');
    await page.waitForTimeout(400);
  }
  await page.waitForSelector('.tab.active[data-resource-name="threatmodel.yaml"]', { timeout: 20_000 });
  await until(async () => /maria@larkspur/.test(await editor.text()), 20_000, async () => `the file holds ${await editor.text()}`);
  seen.written = await editor.text();
  seen.after = await editor.statusIsnt(seen.before, 20_000);
  await editor.picture('10-accepted');

  // The server is ended by force, as a fault would: it comes back by itself, with everything.
  const pid = serverOf(given);
  process.kill(pid, 'SIGKILL');
  await until(() => serverOf(given) !== undefined && serverOf(given) !== pid, 30_000, () => 'no server came back');
  await editor.statusIs(/Threatline|Analyzing/, 10_000);
  seen.back = await editor.statusIs(/threat/, 60_000);
  seen.notifications = await editor.notifications();

  // Off and on again, live.
  await editor.settings('User', { ...QUIET, 'threatline.enable': false });
  seen.off = await editor.statusIs(/off/, 20_000);
  await until(() => serverOf(given) === undefined, 10_000, () => 'the server still runs');
  await editor.settings('User', { ...QUIET, 'threatline.minimumSeverity': 'critical' });
  seen.critical = await editor.statusIs(/threat/, 30_000);
  return seen;
}

/** Two roots in one window, each with its own findings and its own map. */
export async function roots(given, begin) {
  const one = copied(given, 'support-desk');
  const two = copied(given, 'notes-mcp');
  const open = path.join(given.home, 'work', 'both.code-workspace');
  writeFileSync(open, JSON.stringify({ folders: [{ path: one }, { path: two }] }));
  const { editor, page } = await begin({ open });
  const seen = {};
  await editor.open(path.join(one, 'support_desk', 'tools.py'));
  seen.status = await editor.statusIs(/threat/);
  await editor.command('View: Show Threatline');
  const rows = page.locator('.pane-body .monaco-list-row');
  await rows.filter({ hasText: 'support-desk' }).first().waitFor({ timeout: 30_000 });
  seen.tree = await rows.allInnerTexts();
  // Folded, the first root leaves room for the second.
  await rows.filter({ hasText: 'support-desk' }).first().click();
  await rows.filter({ hasText: 'notes-mcp' }).first().waitFor({ timeout: 30_000 });
  seen.tree.push(...(await rows.allInnerTexts()));
  await editor.command('Threatline: Show System Map');
  const first = await editor.webview('#threatline-view[data-state="drawn"]');
  seen.first = await first.locator('[data-component]').evaluateAll((found) => found.map((item) => item.getAttribute('data-component')));
  await rows.filter({ hasText: 'notes-mcp' }).first().waitFor();
  await editor.picture('11-two-roots');
  await editor.open(path.join(two, 'notes_mcp', 'server.py'));
  await editor.command('Threatline: Show System Map');
  await until(async () => (await page.locator('.tab[aria-label*="notes-mcp"]').count()) > 0, 20_000, () => 'the map is still of the first root');
  const second = await editor.webview('#threatline-view[data-state="drawn"]');
  await until(
    async () => (await second.locator('[data-component]').evaluateAll((found) => found.map((item) => item.getAttribute('data-component')))).join() !== seen.first.join(),
    20_000,
    () => 'the same components',
  );
  seen.second = await second.locator('[data-component]').evaluateAll((found) => found.map((item) => item.getAttribute('data-component')));
  return seen;
}

/** A folder that nobody trusts, full of things that would like to be run. */
export async function hostile(given, begin) {
  const folder = copied(given, 'support-desk');
  const canary = path.join(given.home, 'canary');
  const plant = `open(${JSON.stringify(canary)}, 'a').write(__file__ + '\\n')\n`;
  for (const name of ['sitecustomize.py', 'usercustomize.py', 'threatline.py', 'json.py', 'pygls.py']) {
    writeFileSync(path.join(folder, name), plant);
  }
  mkdirSync(path.join(folder, '.venv', 'bin'), { recursive: true });
  const evil = path.join(folder, '.venv', 'bin', 'python');
  writeFileSync(evil, `#!/bin/sh\necho evil >> ${canary}\n`, { mode: 0o755 });
  mkdirSync(path.join(folder, '.vscode'));
  writeFileSync(path.join(folder, '.vscode', 'settings.json'), JSON.stringify({ 'threatline.interpreter': evil }));
  const environment = { PYTHONPATH: folder, PYTHONSTARTUP: path.join(folder, 'threatline.py'), PATH: `${path.dirname(evil)}:${process.env.PATH}` };
  const settings = { 'security.workspace.trust.startupPrompt': 'never' };
  const { editor, page } = await begin({ open: folder, trust: false, environment, settings });
  const seen = {};
  await page.locator('.statusbar-item').filter({ hasText: 'Restricted Mode' }).waitFor({ timeout: 30_000 });
  await editor.open(path.join(folder, 'support_desk', 'triage.py'), 19);
  seen.status = await editor.statusIs(/threat/);
  await page.locator('.squiggly-error').first().waitFor({ timeout: 30_000 });
  await editor.picture('12-restricted');
  await editor.goTo(19, 20);
  await page.keyboard.press('Control+.');
  await page.waitForTimeout(1500);
  seen.fixes = await page.locator('.action-widget .monaco-list-row.action').allInnerTexts();
  await page.keyboard.press('Escape');

  // Even the user's own setting does not make it run a program of an open folder.
  await editor.settings('Remote', { 'threatline.interpreter': evil });
  await until(async () => (await editor.notifications()).some((text) => /open folder/.test(text)), 20_000, async () => `${await editor.notifications()}`);
  seen.refused = await editor.notifications();
  await editor.picture('13-refused');
  seen.ran = existsSync(canary) ? readFileSync(canary, 'utf8') : '';
  return seen;
}

/** Nothing is there: the extension makes its own environment from what it carries. */
export async function setUp(given, begin) {
  const folder = copied(given, 'support-desk');
  const { editor, page } = await begin({ open: folder, machine: {} });
  const seen = {};
  await editor.open(path.join(folder, 'support_desk', 'triage.py'), 19);
  seen.status = await editor.statusIs(/set up/);
  await until(async () => (await editor.notifications()).length > 0, 20_000, () => 'nothing is offered');
  seen.offered = await editor.notifications();
  await editor.picture('14-offered');
  await page.locator('.notification-toast .monaco-button').filter({ hasText: 'Set Up' }).click();
  await until(
    async () => /threat/.test(await editor.status().catch(() => '')) || (await editor.notifications()).some((text) => /Threatline: installing|Threatline: making the|No Python/.test(text)),
    240_000,
    async () => `${await editor.status().catch(() => '')} ${await editor.notifications()}`,
  );
  seen.notifications = await editor.notifications();
  seen.after = await editor.status();
  await page.locator('.squiggly-error').first().waitFor({ timeout: 30_000 });
  const storage = path.join(given.home, 'user', 'User', 'globalStorage', 'threatline.threatline');
  seen.environment = existsSync(storage) ? readdirSync(storage) : [];
  await editor.picture('15-set-up');
  return seen;
}

/** The process of the server that this story started: known by the folder that it was started in. */
function serverOf(given) {
  for (const name of readdirSync('/proc').filter((one) => /^\d+$/.test(one))) {
    try {
      const words = readFileSync(`/proc/${name}/cmdline`, 'utf8').split('\0');
      const environment = readFileSync(`/proc/${name}/environ`, 'utf8');
      if (words.includes('threatline') && words.includes('serve') && environment.includes(given.home)) {
        return Number(name);
      }
    } catch {
      // It has ended meanwhile.
    }
  }
  return undefined;
}
