/** The stories that the tests tell in the real editor. Each returns what was seen; the tests judge it. */

import path from 'node:path';

import { copied, until } from './vscode.mjs';

/** A first look at the example: status, wavy line, Problems, hover, lens, fix, gone; then the map. */
export async function support(given, begin) {
  const folder = copied(given, 'support-desk');
  const { editor, page } = await begin({ open: folder });
  const seen = {};
  await editor.open(path.join(folder, 'support_desk', 'triage.py'), 19);
  seen.status = await editor.statusIs(/threats/);
  const squiggle = page.locator('.squiggly-error, .squiggly-warning').first();
  await squiggle.waitFor({ timeout: 30_000 });
  seen.lenses = await page.locator('.codelens-decoration').allInnerTexts();
  seen.problems = await editor.problems();
  await editor.picture('problems');
  seen.hover = await editor.hover(squiggle);
  await editor.picture('hover', { still: true });
  return seen;
}
