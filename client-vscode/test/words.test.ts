import assert from 'node:assert/strict';
import { test } from 'node:test';

import { asCode, codeUnits, dateProblem, daysFrom, isShown, statusOf, withoutFileLinks } from '../src/words.js';

const NONE = { critical: 0, high: 0, medium: 0, low: 0, info: 0 };

test('the status counts threats, one and several', () => {
  assert.match(statusOf('ready', { ...NONE, high: 1 }).text, / 1 threat$/);
  assert.match(statusOf('ready', { ...NONE, high: 1, low: 2 }).text, / 3 threats$/);
  assert.equal(statusOf('ready', { ...NONE, high: 1, low: 2 }).tooltip, 'Threatline: 1 high, 2 low');
  assert.match(statusOf('ready', NONE).text, /No threats/);
});

test('the status warns only where something must be done', () => {
  const warned = (['off', 'needsSetUp', 'starting', 'analyzing', 'ready', 'failed'] as const).filter((state) => statusOf(state, NONE).warn);
  assert.deepEqual(warned, ['needsSetUp', 'failed']);
  assert.equal(statusOf('failed', NONE, 'It fell.').tooltip, 'It fell.');
});

test('columns in code points become code units', () => {
  assert.equal(codeUnits('aß𝒳b', 1), 0);
  assert.equal(codeUnits('aß𝒳b', 3), 2);
  assert.equal(codeUnits('aß𝒳b', 4), 4);
  assert.equal(codeUnits('aß𝒳b', 99), 5);
});

test('a severity is shown at and above the least one', () => {
  assert.deepEqual(['critical', 'high', 'medium'].map((severity) => isShown(severity, 'high')), [true, true, false]);
  assert.equal(isShown('nonsense', 'info'), false);
});

test('an acceptance ends on a day that is one and is not over', () => {
  assert.equal(dateProblem('2027-03-31', '2026-11-22'), null);
  assert.match(dateProblem('2027-02-30', '2026-11-22') ?? '', /year-month-day/);
  assert.match(dateProblem('soon', '2026-11-22') ?? '', /year-month-day/);
  assert.match(dateProblem('2026-11-21', '2026-11-22') ?? '', /over/);
  assert.equal(daysFrom(new Date('2026-12-31T10:00:00Z'), 1), '2027-01-01');
});

test('text cannot leave its fence', () => {
  const page = asCode('a\n```\n# not a heading\n');
  assert.equal(page.split('\n')[0], '````text');
  assert.equal(page.split('\n').at(-2), '````');
});

test('links to files keep their names alone', () => {
  const page = 'source ([a\\_b.py:4](file:///w/a_b.py#L4)) and [CWE-78](https://example.org/78)';
  assert.equal(withoutFileLinks(page), 'source (a\\_b.py:4) and [CWE-78](https://example.org/78)');
});
