import assert from 'node:assert/strict';
import { test } from 'node:test';

import { counts, graphOf, homeOf, named, noFilter, pathOf, search, visible } from '../src/graph.js';
import { component, finding, large, small } from './sample.js';

test('regions go from the outside in, and out again', () => {
  assert.deepEqual(graphOf(small()).regions.map((region) => region.id), ['application-edge', 'application', 'platform', 'third-party']);
});

test('a region takes its name from the boundary, else from its id', () => {
  assert.deepEqual(graphOf(small()).regions.map((region) => region.name), ['application edge', 'Application', 'platform', 'third party']);
});

test('components of one kind, name and zone share a box', () => {
  const map = small();
  map.components.push(component('shell#2', 'function-tool', 'tools', 'application', { name: 'shell' }), component('shell#3', 'function-tool', 'tools', 'platform', { name: 'shell' }));
  const graph = graphOf(map);
  assert.equal(graph.boxOf.get('shell#2'), 'shell');
  assert.equal(graph.boxOf.get('shell#3'), 'shell#3');
  assert.equal(graph.boxes.get('shell')?.components.length, 2);
});

test('flows and relations from one box to another are one line, which keeps both', () => {
  const line = graphOf(small()).lines.find((each) => each.from === 'chat');
  assert.deepEqual(line, { id: 'l0', from: 'chat', to: 'bot', relations: ['serves'], data: ['user-input'], crosses: ['application-edge/application'] });
});

test('data of several flows is joined, the most telling first', () => {
  const map = small();
  map.flows.push({ from: 'chat', to: 'bot', data: ['secret'], crosses: [], evidence: [] });
  assert.deepEqual(graphOf(map).lines.find((each) => each.from === 'chat')?.data, ['secret', 'user-input']);
});

test('lines to what the map does not hold, and from a box to itself, are left out', () => {
  const map = small();
  map.relations.push({ from: 'bot', to: 'nobody', kind: 'calls' }, { from: 'bot', to: 'bot', kind: 'calls' });
  assert.equal(graphOf(map).lines.length, 3);
});

test('silenced findings are on no box', () => {
  const graph = graphOf(small());
  assert.deepEqual(graph.findings.map((each) => each.fingerprint), ['aaaa1111', 'bbbb2222']);
  assert.deepEqual(graph.silenced.map((each) => each.fingerprint), ['cccc3333']);
  assert.deepEqual(graph.boxes.get('bot')?.findings.map((each) => each.fingerprint), ['bbbb2222']);
});

test('a finding without a component is at the last one on its path', () => {
  assert.equal(homeOf(finding('dddd', '', { evidence: [{ role: 'source', file: null, range: null, note: '', component: 'chat' }, { role: 'sink', file: null, range: null, note: '', component: null }] })), 'chat');
});

test('findings are counted by severity', () => {
  assert.deepEqual(counts(graphOf(small()).findings), { critical: 1, high: 0, medium: 0, low: 1, info: 0 });
});

test('the path of a finding goes through what lies between its steps', () => {
  const graph = graphOf(small());
  const path = pathOf(graph, graph.findings[0] ?? finding('', ''));
  assert.deepEqual(path.boxes, ['chat', 'shell', 'bot']);
  assert.deepEqual([...path.lines].sort(), ['l0', 'l1']);
});

test('steps that nothing joins leave their boxes lit and no line', () => {
  const map = small();
  map.findings = [finding('eeee4444', 'log', { evidence: [{ role: 'source', file: null, range: null, note: '', component: 'chat' }] })];
  const graph = graphOf(map);
  const path = pathOf(graph, graph.findings[0] ?? finding('', ''));
  assert.deepEqual(path, { boxes: ['chat', 'log'], lines: new Set() });
});

test('a zone that is left out takes its boxes and their lines with it', () => {
  const left = visible(graphOf(small()), { ...noFilter(), zones: new Set(['application-edge']) });
  assert.ok(!left.boxes.has('chat') && left.boxes.has('bot'));
  assert.deepEqual([...left.lines].sort(), ['l1', 'l2']);
});

test('without flows a line that is also a relation stays', () => {
  assert.equal(visible(graphOf(small()), { ...noFilter(), flows: false }).lines.size, 3);
  assert.deepEqual([...visible(graphOf(small()), { ...noFilter(), relations: false }).lines], ['l0']);
});

test('only parts with findings of a severity that is shown', () => {
  const graph = graphOf(small());
  assert.deepEqual([...visible(graph, { ...noFilter(), onlyThreatened: true }).boxes].sort(), ['bot', 'shell']);
  assert.deepEqual([...visible(graph, { ...noFilter(), onlyThreatened: true, severities: new Set(['low']) }).boxes], ['shell']);
});

test('search finds names first, then what lies behind them', () => {
  const graph = graphOf(small());
  assert.equal(search(graph, 'she')[0]?.id, 'shell');
  assert.deepEqual(search(graph, 'gpt-5').map((hit) => hit.id), ['bot']);
  assert.deepEqual(search(graph, 'step-limit').map((hit) => hit.id), ['bbbb2222']);
  assert.deepEqual(search(graph, '  '), []);
});

test('ids name components, fingerprints and their beginnings', () => {
  const graph = graphOf(small());
  assert.equal(named(graph, 'bot').box?.id, 'bot');
  assert.equal(named(graph, 'cccc').finding?.fingerprint, 'cccc3333');
  assert.deepEqual(named(graph, 'cc'), {});
});

test('the same map gives the same graph', () => {
  assert.deepEqual(graphOf(large(200)), graphOf(large(200)));
});
