/** The side panel: an overview, a component, or a finding. */

import { dataClass, dataTitle } from './data-kinds.js';
import { html, iconImage } from './dom.js';
import { byHarm, counts, findingsLeft, type Box, type Filter, type Graph } from './graph.js';
import { editorLink, type Host } from './host.js';
import { SEVERITIES, type Component, type Control, type Finding, type Place, type Step, type SystemMap } from './map.js';
import { iconOf } from './shapes.js';
import { counted, shown, spaced } from './words.js';

export interface Wishes {
  component: (id: string) => void;
  finding: (fingerprint: string) => void;
  back: () => void;
  explain: (rule: string) => void;
}

export class Panel {
  readonly element = html('aside', { 'class': 'tl-panel', 'aria-label': 'Details' });
  private readonly controls: Map<string, string>;

  constructor(private readonly map: SystemMap, private readonly graph: Graph, private readonly host: Host, private readonly wishes: Wishes) {
    this.controls = new Map(Object.entries(map.titles?.controls ?? {}));
  }

  /** Show how the system stands: counts, and the findings from the worst. */
  overview(filter: Filter): void {
    const left = findingsLeft(this.graph.findings, filter);
    const found = counts(left);
    const { components, relations, flows } = this.map;
    this.show(
      html('h2', {}, left.length ? counted(left.length, 'finding') : 'No findings'),
      html('p', { class: 'tl-tally' }, ...SEVERITIES.filter((severity) => found[severity]).map((severity) => badge(severity, `${found[severity]} ${severity}`))),
      html('p', { class: 'tl-quiet' }, `${counted(components.length, 'component')}, ${counted(relations.length, 'relation')}, ${counted(flows.length, 'data flow')}`
        + (this.graph.silenced.length ? `; ${counted(this.graph.silenced.length, 'finding')} silenced` : '')),
      this.map.complete === false && html('p', { class: 'tl-warning' }, 'The analysis could not be completed: there may be more than what is shown here.'),
      this.list(left, true),
    );
  }

  /** Show a component: what it is, what it can do, which controls are there and which are missing, and its findings. */
  component(box: Box, filter: Filter): void {
    const [first] = box.components;
    if (!first) return;
    const findings = findingsLeft(box.findings, filter);
    this.show(
      this.backButton(),
      html('div', { class: `tl-title group-${box.group}` }, html('span', { class: 'tl-tile' }, iconImage(iconOf(box.kind, box.group), 20)),
        html('div', {}, html('h2', {}, shown(box.name)), html('p', { class: 'tl-quiet' }, `${shown(box.title)} · ${shown(this.zoneName(box.zone))}`))),
      ...box.components.slice(0, 12).map((component) => this.place(component)),
      box.components.length > 12 && html('p', { class: 'tl-quiet' }, `and ${box.components.length - 12} more`),
      first.confidence !== 'high' && html('p', { class: 'tl-quiet' }, `${shown(first.confidence)} confidence`),
      ...this.section('Findings', findings.length ? [this.list(findings, false)] : []),
      ...this.section('Controls', this.controlItems(box)),
      ...this.section('Can', box.components.some((component) => component.capabilities.length)
        ? [html('p', { class: 'tl-chips' }, ...unique(box.components.flatMap((component) => component.capabilities)).map((each) => html('span', { class: 'tl-chip' }, spaced(each))))] : []),
      ...this.section('Linked with', this.links(box)),
      ...this.section('Attributes', attributes(first)),
    );
  }

  /** Show a finding: what happens, the path as steps, what was looked for, and what helps. */
  finding(finding: Finding): void {
    const home = this.graph.boxes.get(this.graph.boxOf.get(finding.component) ?? '');
    const known = Object.entries(finding.maps_to);
    this.show(
      this.backButton(),
      html('p', { class: 'tl-tally' }, badge(finding.severity), html('span', { class: 'tl-quiet' }, `${spaced(finding.kind)}, ${shown(finding.confidence)} confidence`)),
      html('h2', {}, shown(finding.title)),
      html('p', {}, shown(finding.message)),
      this.place(finding),
      finding.status !== 'open' && html('p', { class: 'tl-warning' }, `${shown(finding.status)}${finding.status_reason ? `: ${shown(finding.status_reason)}` : ''}`),
      home && html('p', {}, this.componentLink(home)),
      ...this.section(finding.evidence.some((step) => step.role === 'sink') ? 'Path' : 'Evidence', finding.evidence.length ? [html('ol', { class: 'tl-steps' }, ...finding.evidence.map((step) => this.step(step)))] : []),
      ...this.section('Not found', finding.controls.map((control) => html('p', { class: 'tl-control absent' }, html('span', {}, this.controlName(control))))),
      ...this.section('Fix', finding.mitigations.map((offer) => html('p', {}, shown(offer.title)))),
      finding.reason ? html('p', { class: 'tl-quiet' }, shown(finding.reason)) : undefined,
      ...this.section('Known as', known.length ? [html('p', { class: 'tl-chips' }, ...known.flatMap(([framework, ids]) => ids.map((id) => html('span', { class: 'tl-chip', title: spaced(framework) }, shown(id)))))] : []),
      html('p', { class: 'tl-quiet' }, 'Rule ', this.rule(finding.rule)),
    );
  }

  private show(...children: (Node | undefined | false)[]): void {
    this.element.replaceChildren(...children.filter((child): child is Node => child instanceof Node));
    this.element.scrollTop = 0;
  }

  private section(title: string, children: Node[]): Node[] {
    return children.length ? [html('section', {}, html('h3', {}, title), ...children)] : [];
  }

  private backButton(): HTMLElement {
    const button = html('button', { type: 'button', class: 'tl-back' }, '← All findings');
    button.addEventListener('click', () => { this.wishes.back(); });
    return button;
  }

  private list(findings: Finding[], where: boolean): HTMLElement {
    const items = [...findings].sort(byHarm).map((finding) => {
      const home = this.graph.boxes.get(this.graph.boxOf.get(finding.component) ?? '');
      const detail = where && home ? shown(home.name) : label(finding);
      const button = html('button', { 'type': 'button', 'data-finding': finding.fingerprint }, badge(finding.severity),
        html('span', { class: 'what' }, html('strong', {}, shown(finding.title)), html('span', { class: 'tl-quiet' }, detail)));
      button.addEventListener('click', () => { this.wishes.finding(finding.fingerprint); });
      return html('li', {}, button);
    });
    return html('ul', { class: 'tl-findings' }, ...items);
  }

  private step(step: Step): HTMLElement {
    const box = this.graph.boxes.get(this.graph.boxOf.get(step.component ?? '') ?? '');
    return html('li', { class: `role-${step.role}` }, html('span', { class: 'role' }, shown(step.role)), ' ', shown(step.note), ' ', box && this.componentLink(box), this.place(step));
  }

  private componentLink(box: Box): HTMLElement {
    const button = html('button', { type: 'button', class: `tl-link group-${box.group}` }, iconImage(iconOf(box.kind, box.group), 13), shown(box.name));
    button.addEventListener('click', () => { this.wishes.component(box.id); });
    return button;
  }

  private controlItems(box: Box): HTMLElement[] {
    const items = new Map<string, HTMLElement>();
    const add = (control: Control, missing: boolean): void => {
      const key = `${control.control} ${control.state}`;
      if (items.has(key)) return;
      const state = missing ? (control.state === 'off' ? 'off' : 'absent') : control.state;
      const note = [state === 'present' || state === 'absent' ? '' : spaced(state), shown(control.note)].filter(Boolean).join('; ');
      items.set(key, html('div', { class: `tl-control ${state}` }, html('span', {}, this.controlName(control.control), note ? html('span', { class: 'tl-quiet' }, ` ${note}`) : undefined),
        control.file !== null && !missing ? this.place(control) : undefined));
    };
    for (const component of box.components) component.controls.forEach((control) => { add(control, false); });
    for (const component of box.components) component.missing_controls?.forEach((control) => { add(control, true); });
    const wanted = unique(box.findings.flatMap((finding) => (finding.kind === 'missing-control' ? finding.controls : [])));
    for (const control of wanted) add({ control, state: 'absent', note: 'wanted by a finding', file: null, range: null }, true);
    return [...items.values()];
  }

  private links(box: Box): HTMLElement[] {
    return this.graph.lines.filter((line) => line.from === box.id || line.to === box.id).flatMap((line) => {
      const other = this.graph.boxes.get(line.from === box.id ? line.to : line.from);
      if (!other) return [];
      const forward = line.from === box.id;
      const what = line.data.length ? line.data.map((kind) => html('span', { class: `tl-data ${dataClass(kind)}` }, dataTitle(kind))) : [html('span', { class: 'tl-quiet' }, line.relations.map(spaced).join(', '))];
      return [html('p', { class: 'tl-linked' }, html('span', { 'aria-label': forward ? 'to' : 'from' }, forward ? '→' : '←'), this.componentLink(other), ...what)];
    });
  }

  private place(at: Place): HTMLElement | undefined {
    if (at.file === null) return undefined;
    const [file, range] = [at.file, at.range];
    if (this.host.editor) {
      const button = html('button', { 'type': 'button', 'class': 'tl-place', 'data-open': label(at) }, shown(label(at)));
      button.addEventListener('click', () => { this.host.tell({ type: 'open', file, range }); });
      return button;
    }
    const link = editorLink(this.map.root, file, range);
    return link === undefined
      ? html('code', { 'class': 'tl-place', 'data-open': label(at) }, shown(label(at)))
      : html('a', { 'class': 'tl-place', 'data-open': label(at), 'href': link }, shown(label(at)));
  }

  private rule(rule: string): HTMLElement {
    if (!this.host.editor) return html('code', {}, shown(rule));
    const button = html('button', { type: 'button', class: 'tl-place' }, shown(rule));
    button.addEventListener('click', () => { this.wishes.explain(rule); });
    return button;
  }

  private controlName(control: string): string {
    return shown(this.controls.get(control) ?? spaced(control.replace(/^ctl-/, '')));
  }

  private zoneName(zone: string): string {
    return this.graph.regions.find((region) => region.id === zone)?.name ?? zone;
  }
}

const unique = (items: string[]): string[] => [...new Set(items)];
const label = (at: Place): string => (at.file === null ? '' : at.range ? `${at.file}:${at.range.start.line}` : at.file);
const badge = (severity: string, text = severity): HTMLElement => html('span', { class: `tl-severity ${severity}` }, text);

function attributes(component: Component): HTMLElement[] {
  const entries = Object.entries(component.attributes).sort(([a], [b]) => (a < b ? -1 : 1));
  if (!entries.length) return [];
  return [html('dl', {}, ...entries.flatMap(([name, value]) => [html('dt', {}, shown(name)), html('dd', {}, shown(String(value)))]))];
}
