import assert from 'node:assert/strict';
import { test } from 'node:test';

import { editorLink } from '../src/host.js';
import { piercings } from '../src/routes.js';
import { fitted, shown } from '../src/words.js';

test('what could hide or steer is written as an escape', () => {
  assert.equal(shown('a\u001b[2J\u202eb\u{e0041}'), 'a\\x1b[2J\\u202eb\\U000e0041');
  assert.equal(shown('Grüße, 日本語 🙂'), 'Grüße, 日本語 🙂');
});

test('long names are shortened, short ones are not', () => {
  assert.equal(fitted('run_command', 120, 13), 'run_command');
  const long = fitted('a_name_that_is_much_too_long_for_a_box', 120, 13);
  assert.ok(long.endsWith('…') && long.length < 24);
});

test('links open the place in an editor, and a name cannot leave its part of them', () => {
  const range = { start: { line: 4, column: 2 }, end: { line: 4, column: 9 } };
  assert.equal(editorLink('/srv/app', 'a b/#x?.py', range), 'vscode://file/srv/app/a%20b/%23x%3F.py:4:2');
  assert.equal(editorLink('C:\\work', 'a.py', null), 'vscode://file/C:/work/a.py');
  assert.equal(editorLink('fixtures/desk', 'a.py', range), undefined);
});

test('a route is marked where it pierces a region', () => {
  assert.deepEqual(piercings([{ x: -10, y: 5 }, { x: 5, y: 5 }, { x: 5, y: 40 }], { x: 0, y: 0, width: 20, height: 20 }), [{ x: 0, y: 5 }, { x: 5, y: 20 }]);
});
