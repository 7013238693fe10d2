/** A small map by hand, and large ones by a generator. */

import type { Component, Finding, Flow, Relation, SystemMap } from '../src/map.js';

export function component(id: string, kind: string, group: string, boundary: string, more: Partial<Component> = {}): Component {
  return {
    id, kind, group, boundary, name: id, title: kind, file: 'app/main.py', range: { start: { line: 1, column: 1 }, end: { line: 1, column: 9 } }, attributes: {}, capabilities: [],
    controls: [], missing_controls: [], confidence: 'high', ...more,
  };
}

export function finding(fingerprint: string, component: string, more: Partial<Finding> = {}): Finding {
  return {
    rule: 'model-output-to-shell', kind: 'threat', title: `Finding ${fingerprint}`, message: 'What a model writes reaches a shell.', severity: 'high', confidence: 'high', status: 'open',
    fingerprint, component, controls: [], evidence: [], maps_to: {}, mitigations: [], file: 'app/main.py', range: { start: { line: 3, column: 1 }, end: { line: 3, column: 5 } }, ...more,
  };
}

export function small(): SystemMap {
  return {
    version: 1,
    root: '.',
    components: [
      component('chat', 'chat-endpoint', 'interaction', 'application-edge'),
      component('bot', 'agent', 'agent', 'application', { attributes: { model: 'gpt-5-mini' } }),
      component('shell', 'function-tool', 'tools', 'application', { capabilities: ['runs-commands'] }),
      component('model', 'hosted-llm', 'model-access', 'third-party'),
      component('log', 'app-logger', 'observability', 'platform'),
    ],
    relations: [{ from: 'chat', to: 'bot', kind: 'serves' }, { from: 'bot', to: 'shell', kind: 'has-tool' }, { from: 'bot', to: 'model', kind: 'uses-model' }],
    flows: [{ from: 'chat', to: 'bot', data: ['user-input'], crosses: ['application-edge/application'], evidence: [] }],
    boundaries: [{ id: 'application', kind: 'application', name: 'Application' }],
    findings: [
      finding('aaaa1111', 'shell', { severity: 'critical', evidence: [
        { role: 'source', file: 'app/api.py', range: null, note: 'a request', component: 'chat' },
        { role: 'sink', file: 'app/tools.py', range: null, note: 'a shell', component: 'shell' },
      ] }),
      finding('bbbb2222', 'bot', { severity: 'low', kind: 'missing-control', rule: 'no-step-limit', controls: ['ctl-step-limit'] }),
      finding('cccc3333', 'bot', { severity: 'medium', status: 'accepted' }),
    ],
    titles: { controls: { 'ctl-step-limit': 'Step limit' } },
  };
}

/** Make a map of about `size` components as large systems have them: agents with tools, models, stores and endpoints. Always the same. */
export function large(size: number): SystemMap {
  let seed = 20261122;
  const random = (below: number): number => { seed = (seed * 48271) % 2147483647; return seed % below; };
  const components: Component[] = [];
  const relations: Relation[] = [];
  const flows: Flow[] = [];
  const findings: Finding[] = [];
  const add = (kind: string, group: string, zone: string): string => {
    const id = `${kind}:${components.length}`;
    components.push(component(id, kind, group, zone, { name: `${kind.replace(/-/g, '_')}_${components.length}` }));
    if (random(5) === 0) findings.push(finding(`f${findings.length.toString(16).padStart(15, '0')}`, id, { severity: (['critical', 'high', 'medium', 'low'] as const)[random(4)] ?? 'low' }));
    return id;
  };
  const flow = (from: string, to: string, data: string, crosses: string[] = []): void => { flows.push({ from, to, data: [data], crosses, evidence: [] }); };
  const models = [0, 1, 2, 3].map(() => add('hosted-llm', 'model-access', 'third-party'));
  const stores = Array.from({ length: Math.ceil(size / 40) }, (_, index) => add(index % 2 ? 'vector-store' : 'database', index % 2 ? 'memory' : 'ordinary', 'application'));
  while (components.length < size) {
    const agent = add('agent', 'agent', 'application');
    const endpoint = add('web-endpoint', 'interaction', 'application-edge');
    relations.push({ from: endpoint, to: agent, kind: 'serves' }, { from: agent, to: models[random(4)] ?? '', kind: 'uses-model' });
    flow(endpoint, agent, 'user-input', ['application-edge/application']);
    flow(agent, endpoint, 'model-output', ['application/application-edge']);
    const prompt = add('system-prompt', 'model-access', 'application');
    relations.push({ from: agent, to: prompt, kind: 'has-prompt' });
    for (let tool = random(7) + 1; tool > 0 && components.length < size; tool -= 1) {
      const id = add(tool === 3 ? 'web-fetch-tool' : 'function-tool', 'tools', tool === 3 ? 'untrusted-input' : 'application');
      relations.push({ from: agent, to: id, kind: 'has-tool' });
      if (random(2)) flow(id, stores[random(stores.length)] ?? '', 'model-output');
      if (tool === 3) flow(id, agent, 'external-content', ['untrusted-input/application']);
    }
    if (random(3) === 0) add('secret-source', 'serving', 'platform');
  }
  const zones = [...new Set(components.map((each) => each.boundary))];
  return { version: 1, root: '/srv/large', components, relations, flows, boundaries: zones.map((id) => ({ id, kind: id, name: id.replace(/-/g, ' ') })), findings };
}
