// Opens a page in Chromium: node tests/shot.mjs PAGE OUT [--dark] [--select ID] [--size WxH]. Says what the console said.
import { chromium } from 'playwright-core';
const [page_, out, ...rest] = process.argv.slice(2);
const option = (name) => { const at = rest.indexOf(name); return at < 0 ? undefined : rest[at + 1]; };
const [width, height] = (option('--size') ?? '1500x900').split('x').map(Number);
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox'] });
const page = await browser.newPage({ viewport: { width, height }, colorScheme: rest.includes('--dark') ? 'dark' : 'light', deviceScaleFactor: Number(option('--scale') ?? 1) });
page.on('console', (message) => { console.log(message.type(), message.text()); });
page.on('pageerror', (error) => { console.log('error', error.stack); });
await page.goto(`file://${page_}`);
await page.waitForSelector('#threatline-view[data-state="drawn"], #threatline-view[data-state="empty"], #threatline-view[data-state="failed"]', { timeout: 60000 });
if (option('--select')) await page.evaluate((id) => { window.postMessage({ type: 'select', id }, '*'); }, option('--select'));
await page.waitForTimeout(300);
console.log(await page.evaluate(() => ({ ...document.getElementById('threatline-view').dataset })));
await page.screenshot({ path: out });
await browser.close();
