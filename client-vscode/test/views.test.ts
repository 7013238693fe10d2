import assert from 'node:assert/strict';
import { test } from 'node:test';
import type * as vscode from 'vscode';

import { provideCodeActions } from '../src/commands.js';
import { findingsAt } from '../src/findings.js';
import type { Finding, SystemMap } from '../src/map.js';
import { page, readMessage } from '../src/mapView.js';
import type { Model } from '../src/model.js';
import { fileIn, rangeIn } from '../src/places.js';
import { byKind, bySeverity, iconOf, Tree, type Node } from '../src/tree.js';
import * as editor from './vscode.js';

const finding = (rule: string, severity: string, component: string, status = 'open'): Finding => ({
  rule, severity, component, status, title: rule, message: rule, fingerprint: rule, file: 'a.py', range: null,
});
const MAP: SystemMap = {
  root: '/w',
  components: [
    { id: 'agent:one', kind: 'agent', name: 'one', title: 'agent', file: 'a.py', range: null },
    { id: 'agent:two', kind: 'agent', name: 'two', title: 'agent', file: 'a.py', range: null },
    { id: 'database:d', kind: 'database', name: 'd', file: null, range: null },
  ],
  findings: [finding('low', 'low', 'agent:two'), finding('worst', 'critical', 'agent:two'), finding('gone', 'high', 'agent:one', 'accepted')],
};
const names = (nodes: readonly Node[]): unknown[] =>
  nodes.map((node) => (node.kind === 'group' ? [node.name, names(node.members)] : node.kind === 'finding' ? node.finding.rule : node.kind === 'component' ? node.component.id : node.map.root));

test('findings stand by severity, without the silenced ones', () => {
  assert.deepEqual(names(bySeverity(MAP)), [['Critical', ['worst']], ['Low', ['low']]]);
  editor.given.settings = { minimumSeverity: 'high' };
  assert.deepEqual(names(bySeverity(MAP)), [['Critical', ['worst']]]);
  editor.given.settings = {};
});

test('components stand by kind, those with findings first', () => {
  assert.deepEqual(names(byKind(MAP)), [['Agent', ['agent:two', 'agent:one']], ['Database', ['database:d']]]);
  assert.equal(iconOf('function-tool'), 'tools');
  assert.equal(iconOf('something-new'), 'symbol-misc');
});

test('one root needs no row of its own, two do', () => {
  const model = (maps: SystemMap[]): Model => ({ maps, onDidChange: () => ({ dispose: () => undefined }) }) as unknown as Model;
  assert.deepEqual(names(new Tree(model([MAP]), byKind).getChildren()), names(byKind(MAP)));
  assert.deepEqual(names(new Tree(model([MAP, { ...MAP, root: '/v' }]), byKind).getChildren()), ['/w', '/v']);
});

test('a place of the map never leads out of its root', () => {
  assert.equal(fileIn('/w', 'a/b.py')?.fsPath, '/w/a/b.py');
  assert.equal(fileIn('/w', '../v/b.py'), undefined);
  assert.equal(fileIn('/w', '/etc/passwd'), undefined);
});

test('a range of the map is the document\'s, also where the document is shorter now', () => {
  const lines = ['𝒳 = run(x)'];
  const document = { lineCount: 1, lineAt: (row: number) => ({ text: lines[row] }) } as unknown as vscode.TextDocument;
  const range = rangeIn(document, { start: { line: 1, column: 5 }, end: { line: 9, column: 99 } });
  assert.deepEqual([range.start.character, range.end.line, range.end.character], [5, 0, 11]);
});

test('the page allows one script by its nonce and no more', () => {
  const html = page('https://source', 'https://source/a.js', 'https://source/a.css', 'once');
  assert.match(html, /default-src 'none'; script-src 'nonce-once'; style-src https:\/\/source; base-uri 'none'; form-action 'none'/);
  assert.equal(html.match(/<script/g)?.length, 1);
  assert.ok(!/unsafe|onload|style=/.test(html));
});

test('messages of the page are taken as they are meant, or not at all', () => {
  const span = { start: { line: 1, column: 1 }, end: { line: 1, column: 2 } };
  assert.deepEqual(readMessage({ type: 'open', file: 'a.py', range: span }), { type: 'open', file: 'a.py', range: span });
  assert.deepEqual(readMessage({ type: 'open', file: 'a.py', range: { start: 1 } }), { type: 'open', file: 'a.py', range: null });
  assert.deepEqual(readMessage({ type: 'save', name: '../../x.svg', text: '<svg/>' }), { type: 'save', name: 'x.svg', text: '<svg/>' });
  for (const wrong of [null, 'open', { type: 'open' }, { type: 'explain' }, { type: 'run', file: 'a.py' }]) {
    assert.equal(readMessage(wrong), undefined);
  }
});

test('the finding under the cursor comes before others of its line', () => {
  const at = (start: number, end: number, rule: string): (typeof editor.given.diagnostics)[number] => ({
    source: 'threatline', severity: 0, code: { value: rule }, message: rule, range: new editor.Range(3, start, 3, end), data: { fingerprint: rule },
  });
  editor.given.diagnostics = [at(0, 5, 'first'), at(10, 15, 'second'), { ...at(10, 15, 'other'), source: 'pylint' }];
  const uri = editor.Uri.file('/w/a.py') as unknown as vscode.Uri;
  const rules = (column: number): string[] => findingsAt(uri, new editor.Range(3, column, 3, column) as unknown as vscode.Range).map((found) => found.rule);
  assert.deepEqual(rules(12), ['second']);
  assert.deepEqual(rules(30), ['first', 'second']);
});

test('in Restricted Mode only what shows something is offered', async () => {
  const actions = [{ title: 'Fix' }, { title: 'Accept', command: { command: 'threatline.acceptRisk' } }, { title: 'Show', command: { command: 'threatline.showFlow' } }];
  const offered = async (): Promise<unknown[]> => {
    const none = undefined as never;
    return ((await provideCodeActions(none, none, none, none, () => actions as never)) ?? []).map((action) => action.title);
  };
  editor.given.trusted = false;
  assert.deepEqual(await offered(), ['Show']);
  editor.given.trusted = true;
  assert.equal((await offered()).length, 3);
});
