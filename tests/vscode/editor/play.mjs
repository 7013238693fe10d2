/** Play one story and write down what was seen: node play.mjs STORY GIVEN RESULT */

import { writeFileSync } from 'node:fs';
import path from 'node:path';

import * as stories from './stories.mjs';
import { start } from './vscode.mjs';

const [name, given, result] = [process.argv[2], JSON.parse(process.argv[3]), process.argv[4]];
const began = [];
try {
  const seen = await stories[name](given, async (options) => {
    const session = await start(given, options);
    began.push(session);
    return session;
  });
  writeFileSync(result, JSON.stringify(seen, null, 1));
} catch (error) {
  console.error(error);
  for (const session of began) {
    await session.page.screenshot({ path: path.join(given.pictures, `${name}-failed.png`) }).catch(() => undefined);
    console.error(session.said().slice(-600));
    console.error(session.editor.messages.filter((message) => !/bindings|watchdog/.test(message)).slice(-15).join('\n'));
  }
  process.exitCode = 1;
} finally {
  for (const session of began) {
    await session.end();
  }
}
