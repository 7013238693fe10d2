/** VS Code as a person sees it: started on a folder, looked at and used through its own windows. */

import { spawn, execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import path from 'node:path';

/** Settings of a quiet editor: nothing fetched, nothing moving, nothing of others beside. */
export const QUIET = {
  'chat.disableAIFeatures': true,
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.startupEditor': 'none',
  'workbench.editor.useModal': 'off',
  'workbench.colorTheme': 'Default Dark Modern',
  'workbench.tips.enabled': false,
  'workbench.reduceMotion': 'on',
  'workbench.welcomePage.walkthroughs.openOnInstall': false,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'git.openRepositoryInParentFolders': 'never',
  'git.enabled': false,
  'editor.autoClosingBrackets': 'never',
  'editor.autoClosingQuotes': 'never',
  'editor.autoSurround': 'never',
  'editor.cursorBlinking': 'solid',
  'editor.minimap.enabled': false,
  'editor.hover.delay': 150,
  'editor.fontFamily': 'DejaVu Sans Mono, monospace',
  'editor.fontSize': 14,
  'files.autoSave': 'off',
  'window.commandCenter': false,
  'typescript.validate.enable': false,
  'javascript.validate.enable': false,
};

/** Start the editor with the extension in it. `settings` are the user's, `machine` those that only this machine has; `open` is a folder or a .code-workspace file. */
export async function start(given, { settings = {}, machine = { 'threatline.interpreter': given.interpreter }, open, trust = true, size = { width: 1400, height: 900 }, environment = {} } = {}) {
  const user = path.join(given.home, 'user');
  const extensions = path.join(given.home, 'extensions');
  mkdirSync(path.join(user, 'User'), { recursive: true });
  mkdirSync(path.join(user, 'Machine'), { recursive: true });
  writeFileSync(path.join(user, 'User', 'settings.json'), JSON.stringify({ ...QUIET, ...settings }));
  writeFileSync(path.join(user, 'Machine', 'settings.json'), JSON.stringify(machine));
  const config = path.join(given.home, 'config.yaml');
  writeFileSync(config, '');
  const common = ['--user-data-dir', user, '--extensions-dir', extensions, '--config', config];
  // The home tells the processes of one story from those of another; what was read is shared by them, so that each starts fast.
  const env = { ...process.env, HOME: given.home, XDG_CACHE_HOME: given.cache, ...environment };
  execFileSync(given.node, [given.entry, ...common, '--install-extension', given.vsix], { env, stdio: 'pipe' });

  const port = await freePort();
  const words = ['--auth', 'none', '--bind-addr', `127.0.0.1:${port}`, '--disable-telemetry', '--disable-update-check'];
  const child = spawn(given.node, [given.entry, ...common, ...words, ...(trust ? ['--disable-workspace-trust'] : [])], {
    env,
    cwd: given.home,
    // It starts children of its own; as a group all of them can be ended.
    detached: true,
    stdio: 'pipe',
  });
  let said = '';
  child.stdout.on('data', (part) => (said += part));
  child.stderr.on('data', (part) => (said += part));
  await until(() => said.includes('HTTP server listening'), 60_000, () => `code-server did not start:\n${said}`);

  const { chromium } = createRequire(path.join(given.client, 'package.json'))('playwright-core');
  const browser = await chromium.launch({ executablePath: given.browser, args: ['--no-sandbox', '--disable-gpu', '--force-color-profile=srgb'] });
  const page = await browser.newPage({ viewport: size });
  const messages = [];
  page.on('console', (message) => messages.push(message.text().slice(0, 300)));
  const where = open.endsWith('.code-workspace') ? 'workspace' : 'folder';
  await page.goto(`http://127.0.0.1:${port}/?${where}=${encodeURIComponent(open)}`);
  await page.waitForSelector('.monaco-workbench', { timeout: 60_000 });
  const end = async () => {
    await browser.close();
    process.kill(-child.pid, 'SIGTERM');
  };
  return { editor: new Editor(page, given, messages), page, end, said: () => said };
}

/** What a person does in the editor. */
export class Editor {
  constructor(page, given, messages) {
    this.page = page;
    this.given = given;
    this.messages = messages;
  }

  /** Run a command by its name in the palette. */
  async command(name) {
    const input = this.page.locator('.quick-input-widget input');
    await until(
      async () => {
        await this.page.keyboard.press('F1');
        return input.waitFor({ timeout: 4000 }).then(() => true, () => false);
      },
      20_000,
      () => 'the palette does not open',
    );
    await input.fill(`>${name}`);
    const row = this.page.locator('.quick-input-list .monaco-list-row').filter({ hasText: name }).first();
    await row.click({ timeout: 20_000 });
    await this.page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
  }

  /** Open a file by its full path, at a line from 1. Not through the search for names: that one needs a program which is not there. */
  async open(file, line) {
    await this.page.keyboard.press('Control+O');
    const input = this.page.locator('.quick-input-widget input');
    await input.waitFor();
    await until(async () => (await input.inputValue()).startsWith('/'), 20_000, () => 'no folder to choose a file from');
    const row = this.page.locator('.quick-input-list .monaco-list-row').filter({ hasText: path.basename(file) }).first();
    await until(
      async () => {
        // The dialog may still be reading its first folder, and then forgets what was typed meanwhile.
        await input.fill(path.dirname(path.dirname(file)));
        await input.fill(`${path.dirname(file)}/`);
        return row.click({ timeout: 5000 }).then(() => true, () => false);
      },
      40_000,
      async () => `the folder is not listed at ${await input.inputValue()}`,
    );
    await this.page.waitForSelector(`.tab.active[data-resource-name="${path.basename(file)}"]`, { timeout: 20_000 });
    if (line !== undefined) {
      await this.goTo(line);
    }
  }

  /** Go to a line and column of the open file, from 1. */
  async goTo(line, column = 1) {
    const input = this.page.locator('.quick-input-widget input');
    await this.page.keyboard.press('Control+G');
    await input.waitFor();
    await input.fill(`:${line}:${column}`);
    await until(
      async () => {
        await this.page.keyboard.press('Enter');
        return this.page.locator('.quick-input-widget').waitFor({ state: 'hidden', timeout: 2000 }).then(() => true, () => false);
      },
      20_000,
      () => 'the line is not taken',
    );
    const at = this.page.locator('.statusbar-item[id="status.editor.selection"]');
    await until(async () => (await at.innerText()).includes(`Ln ${line}, Col ${column}`), 20_000, async () => `the cursor is at ${await at.innerText()}`);
  }

  /** Read the status item. */
  status() {
    return this.page.locator('.statusbar-item[id*="threatline"]').innerText({ timeout: 1000 });
  }

  /** Wait until the status item says something. */
  async statusIs(pattern, patience = 60_000) {
    await until(async () => pattern.test(await this.status().catch(() => '')), patience, async () => `the status is ${await this.status().catch(() => 'not there')}`);
    return this.status();
  }

  /** Wait until the status item counts something else than it did. */
  async statusIsnt(before, patience) {
    await until(async () => /threat/.test(await this.status()) && (await this.status()) !== before, patience, () => `the status is still ${before}`);
    return this.status();
  }

  /** List the rows of the Problems panel that hold a word; the panel stays open. */
  async problems(word) {
    if ((await this.page.locator('.markers-panel').count()) === 0) {
      await this.page.keyboard.press('Control+Shift+M');
      await this.page.waitForSelector('.markers-panel');
    }
    await this.page.locator('.panel input[placeholder^="Filter"]').fill(word);
    // The list follows the filter a moment later.
    await this.page.waitForTimeout(1000);
    return this.page.locator('.markers-panel .monaco-list-row').allInnerTexts();
  }

  /** Write settings over those that are there, as a person does: nothing watches the files from outside here. `which` is User or Remote. */
  async settings(which, values) {
    await this.command(`Preferences: Open ${which} Settings (JSON)`);
    const file = path.join(this.given.home, 'user', which === 'User' ? 'User' : 'Machine', 'settings.json');
    const text = JSON.stringify(values);
    const lines = this.page.locator('.view-lines').filter({ hasText: /^\{"(chat\.disableAIFeatures|threatline\.interpreter)/ });
    await lines.last().click({ timeout: 20_000 });
    await this.page.keyboard.press('Control+A');
    await this.page.keyboard.insertText(text);
    await this.page.keyboard.press('Control+S');
    await until(() => readFileSync(file, 'utf8').trim() === text, 20_000, () => `the settings are ${readFileSync(file, 'utf8')}`);
  }

  /** Close the panel below the code. */
  async closePanel() {
    await this.page.keyboard.press('Control+J');
    await this.page.waitForSelector('.markers-panel', { state: 'detached' });
    await this.page.locator('.editor-instance').first().click({ position: { x: 600, y: 20 } });
  }

  /** Rest the mouse on a word of a line, from 1, until the server's part of the hover is there; returns what is shown. */
  async hoverLine(line, word) {
    const row = this.page.locator('.editor-instance .view-line').filter({ hasText: word });
    const number = this.page.locator('.editor-instance .line-numbers').filter({ hasText: new RegExp(`^${line}$`) });
    const top = (await number.boundingBox()).y;
    for (const one of await row.all()) {
      const box = await one.locator('span span').filter({ hasText: word }).first().boundingBox();
      if (box !== null && Math.abs(box.y - top) < 4) {
        await this.page.mouse.move(box.x + box.width / 2 - 8, box.y + box.height / 2);
        await this.page.mouse.move(box.x + box.width / 2, box.y + box.height / 2, { steps: 4 });
      }
    }
    await until(async () => /Why it matters/.test(await this.hovered()), 20_000, async () => `the hover says ${await this.hovered()}`);
    return this.hovered();
  }

  async hovered() {
    return (await this.page.locator('.monaco-hover:not(.hidden)').allInnerTexts()).join('\n');
  }

  /** Open the quick fixes at the cursor; returns their titles. */
  async fixes() {
    const rows = this.page.locator('.action-widget .monaco-list-row.action');
    await until(
      async () => {
        await this.page.keyboard.press('Control+.');
        // Each press asks anew, which a slow machine is not to be troubled with too often.
        return rows.first().waitFor({ timeout: 8000 }).then(() => true, () => false);
      },
      40_000,
      () => 'no quick fixes are offered',
    );
    return rows.allInnerTexts();
  }

  /** Read the text of the open file, as far as it is drawn. */
  async text() {
    const lines = await this.page.locator('.editor-instance .view-line').evaluateAll((found) =>
      found
        .map((line) => ({ top: parseFloat(line.style.top), text: line.textContent ?? '' }))
        .sort((one, other) => one.top - other.top)
        .map((line) => line.text.replaceAll('\u00a0', ' ')),
    );
    return lines.join('\n');
  }

  /** The frame in which a webview draws, once what is looked for is in it. */
  async webview(selector, patience = 30_000) {
    let found;
    await until(
      async () => {
        for (const frame of this.page.frames()) {
          if (frame !== this.page.mainFrame() && (await frame.locator(selector).count().catch(() => 0)) > 0) {
            found = frame;
            return true;
          }
        }
        return false;
      },
      patience,
      () => `no page shows ${selector}`,
    );
    return found;
  }

  /** Notifications that are shown. */
  notifications() {
    return this.page.locator('.notifications-toasts .notification-toast').allInnerTexts();
  }

  /** Take a picture, the mouse out of the way unless it holds something open. */
  async picture(name, { still = false, clip } = {}) {
    if (!still) {
      await this.page.mouse.move(700, 4);
    }
    await this.page.waitForTimeout(300);
    const file = path.join(this.given.pictures, `${name}.png`);
    await this.page.screenshot({ path: file, ...(clip ? { clip } : {}) });
    return file;
  }
}

/** Wait until something holds; `explain` says what is there instead. */
export async function until(holds, patience, explain) {
  const end = Date.now() + patience;
  while (!(await holds())) {
    if (Date.now() > end) {
      throw new Error(`waited ${patience} ms: ${await explain()}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Copy a fixture for a story to change, without the marks that tell the other tests what is found in it. */
export function copied(given, name) {
  const target = path.join(given.home, 'work', name);
  cpSync(path.join(given.fixtures, name), target, { recursive: true });
  for (const file of readdirSync(target, { recursive: true }).filter((one) => one.endsWith('.py'))) {
    const full = path.join(target, file);
    writeFileSync(full, readFileSync(full, 'utf8').replace(/ {2}# finding: .*/g, ''));
  }
  return target;
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
