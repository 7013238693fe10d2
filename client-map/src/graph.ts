/** The map as a graph to draw: boxes in regions, lines between boxes, findings on boxes. Knows nothing of pixels or pages. */

import { byWeight } from './data-kinds.js';
import { SEVERITIES, type Boundary, type Component, type Finding, type Severity, type SystemMap } from './map.js';
import { spaced } from './words.js';
import { byTrust } from './zones.js';

/** Components drawn as one box: those of one kind and name in one zone. `id` is the first one's. */
export interface Box {
  id: string;
  kind: string;
  title: string;
  group: string;
  name: string;
  zone: string;
  components: Component[];
  findings: Finding[];
}

export interface Region { id: string; name: string; boxes: Box[] }

/** A line between two boxes: a flow where it has `data`, else relations alone. `crosses` names the boundaries that a flow crosses. */
export interface Line {
  id: string;
  from: string;
  to: string;
  relations: string[];
  data: string[];
  crosses: string[];
}

export interface Graph {
  regions: Region[];
  boxes: Map<string, Box>;
  lines: Line[];
  findings: Finding[];
  silenced: Finding[];
  /** Box id by component id. */
  boxOf: Map<string, string>;
  groups: string[];
  data: string[];
}

const SURENESS = ['high', 'medium', 'low'];
const GROUPS = [
  'interaction', 'agent', 'tools', 'model-access', 'memory', 'training', 'artefacts', 'serving', 'governance', 'observability', 'ordinary',
];

export const isTold = (finding: Finding): boolean => finding.status === 'open' || finding.status === 'declared';

/** Order findings from the worst and surest. */
export function byHarm(a: Finding, b: Finding): number {
  return SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity)
    || SURENESS.indexOf(a.confidence) - SURENESS.indexOf(b.confidence)
    || compare(a.file ?? '', b.file ?? '')
    || (a.range?.start.line ?? 0) - (b.range?.start.line ?? 0)
    || compare(a.rule, b.rule);
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Make the graph of a map. The same map gives the same graph. */
export function graphOf(map: SystemMap): Graph {
  const boxes = new Map<string, Box>();
  const boxOf = new Map<string, string>();
  const shared = new Map<string, Box>();
  for (const component of map.components) {
    const key = JSON.stringify([component.boundary, component.kind, component.name]);
    const box = shared.get(key) ?? newBox(component);
    shared.set(key, box);
    boxes.set(box.id, box);
    box.components.push(component);
    boxOf.set(component.id, box.id);
  }
  const all = [...(map.findings ?? [])].sort(byHarm);
  const findings = all.filter(isTold);
  for (const finding of findings) boxes.get(boxOf.get(homeOf(finding)) ?? '')?.findings.push(finding);
  const lines = linesOf(map, boxOf);
  return {
    regions: regionsOf(boxes, map.boundaries),
    boxes,
    lines,
    findings,
    silenced: all.filter((finding) => !isTold(finding)),
    boxOf,
    groups: GROUPS.filter((group) => [...boxes.values()].some((box) => box.group === group)),
    data: byWeight(lines.flatMap((line) => line.data)),
  };
}

/** Name the component that a finding is shown at: its own, else the last one on its path. */
export function homeOf(finding: Finding): string {
  return finding.component || finding.evidence.reduce((last, step) => step.component ?? last, '');
}

function newBox(component: Component): Box {
  const group = component.group ?? 'ordinary';
  return {
    id: component.id,
    kind: component.kind,
    title: component.title ?? spaced(component.kind),
    group: GROUPS.includes(group) ? group : 'ordinary',
    name: component.name,
    zone: component.boundary,
    components: [],
    findings: [],
  };
}

function regionsOf(boxes: Map<string, Box>, boundaries: Boundary[]): Region[] {
  const names = new Map(boundaries.map((boundary) => [boundary.id, boundary.name]));
  const regions = new Map<string, Region>();
  for (const box of boxes.values()) {
    const region = regions.get(box.zone) ?? { id: box.zone, name: names.get(box.zone) ?? spaced(box.zone), boxes: [] };
    regions.set(box.zone, region);
    region.boxes.push(box);
  }
  return [...regions.values()].sort((a, b) => byTrust(a.id, b.id));
}

/** Join the flows and relations from one box to another into one line. A relation does not hide a flow, nor a flow a relation's name. */
function linesOf(map: SystemMap, boxOf: Map<string, string>): Line[] {
  const lines = new Map<string, Line>();
  const line = (from: string, to: string): Line | undefined => {
    const [source, target] = [boxOf.get(from), boxOf.get(to)];
    if (source === undefined || target === undefined || source === target) return undefined;
    const key = JSON.stringify([source, target]);
    const found = lines.get(key) ?? { id: `l${lines.size}`, from: source, to: target, relations: [], data: [], crosses: [] };
    lines.set(key, found);
    return found;
  };
  for (const flow of map.flows) {
    const found = line(flow.from, flow.to);
    if (!found) continue;
    found.data = byWeight([...found.data, ...(flow.data.length ? flow.data : ['data'])]);
    found.crosses = [...new Set([...found.crosses, ...flow.crosses])].sort();
  }
  for (const relation of map.relations) {
    const found = line(relation.from, relation.to);
    if (found && !found.relations.includes(relation.kind)) found.relations.push(relation.kind);
  }
  return [...lines.values()];
}

export type Counts = Record<Severity, number>;

/** Count findings by severity. */
export function counts(findings: Finding[]): Counts {
  const found: Counts = { critical: 0, high: 0, medium: 0, low: 0, info: 0 };
  for (const finding of findings) found[finding.severity] += 1;
  return found;
}

/** What a finding's path touches: boxes in the order of the path, and the lines between neighbours. */
export interface Path { boxes: string[]; lines: Set<string> }

/** Lead the path of a finding through the graph. Where two neighbours on it share no line, the shortest way between them counts. */
export function pathOf(graph: Graph, finding: Finding): Path {
  const touched: string[] = [];
  for (const component of [...finding.evidence.map((step) => step.component ?? ''), finding.component]) {
    const box = graph.boxOf.get(component);
    if (box !== undefined && !touched.includes(box)) touched.push(box);
  }
  const boxes = new Set(touched);
  const lines = new Set<string>();
  for (let index = 1; index < touched.length; index += 1) {
    for (const step of wayBetween(graph, touched[index - 1] ?? '', touched[index] ?? '')) {
      lines.add(step.id);
      boxes.add(step.from).add(step.to);
    }
  }
  return { boxes: [...boxes], lines };
}

const LONGEST_WAY = 3;

/** Find the shortest way between two boxes, flows before relations; all lines between neighbours on it. Empty where it is too long. */
function wayBetween(graph: Graph, from: string, to: string): Line[] {
  const came = new Map<string, string>([[from, '']]);
  let front = [from];
  for (let step = 0; step < LONGEST_WAY && front.length && !came.has(to); step += 1) {
    const next: string[] = [];
    for (const here of front) {
      for (const line of graph.lines) {
        const other = line.from === here ? line.to : line.to === here ? line.from : undefined;
        if (other !== undefined && !came.has(other)) {
          came.set(other, here);
          next.push(other);
        }
      }
    }
    front = next;
  }
  if (!came.has(to)) return [];
  const way: Line[] = [];
  for (let here = to; here !== from; here = came.get(here) ?? from) {
    const before = came.get(here) ?? from;
    const forward = graph.lines.filter((line) => line.from === before && line.to === here);
    way.push(...(forward.length ? forward : graph.lines.filter((line) => line.from === here && line.to === before)));
  }
  return way;
}

/** What is left out of the drawing. */
export interface Filter {
  zones: Set<string>;
  groups: Set<string>;
  severities: Set<Severity>;
  relations: boolean;
  flows: boolean;
  onlyThreatened: boolean;
}

export const noFilter = (): Filter => ({
  zones: new Set(), groups: new Set(), severities: new Set(), relations: true, flows: true, onlyThreatened: false,
});

/** List the findings of a box that a filter leaves. */
export const findingsLeft = (findings: Finding[], filter: Filter): Finding[] =>
  findings.filter((finding) => !filter.severities.has(finding.severity));

/** Tell which boxes and lines a filter leaves. */
export function visible(graph: Graph, filter: Filter): { boxes: Set<string>; lines: Set<string> } {
  const boxes = new Set<string>();
  for (const box of graph.boxes.values()) {
    if (filter.zones.has(box.zone) || filter.groups.has(box.group)) continue;
    if (filter.onlyThreatened && findingsLeft(box.findings, filter).length === 0) continue;
    boxes.add(box.id);
  }
  const lines = new Set<string>();
  for (const line of graph.lines) {
    if (!((filter.flows && line.data.length) || (filter.relations && line.relations.length))) continue;
    if (boxes.has(line.from) && boxes.has(line.to)) lines.add(line.id);
  }
  return { boxes, lines };
}

export interface Hit { kind: 'component' | 'finding'; id: string; label: string; detail: string }

/** Search components and findings: every word must be in the text of one; names that begin with the first word come first. */
export function search(graph: Graph, text: string, most = 12): Hit[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (!words.length) return [];
  const hits: { rank: number; hit: Hit }[] = [];
  const offer = (hit: Hit, more: string[]): void => {
    const all = [hit.label, hit.detail, ...more].join('\n').toLowerCase();
    if (!words.every((word) => all.includes(word))) return;
    const label = hit.label.toLowerCase();
    hits.push({ rank: label.startsWith(words[0] ?? '') ? 0 : label.includes(words[0] ?? '') ? 1 : 2, hit });
  };
  for (const box of graph.boxes.values()) {
    const files = box.components.map((component) => component.file ?? '');
    const more = box.components.flatMap((component) => [...component.capabilities, ...Object.values(component.attributes).map(String)]);
    offer({ kind: 'component', id: box.id, label: box.name, detail: box.title }, [box.kind, box.zone, ...files, ...more]);
  }
  for (const finding of graph.findings) {
    const more = [finding.rule, finding.file ?? '', finding.message, finding.fingerprint, ...Object.values(finding.maps_to).flat()];
    offer({ kind: 'finding', id: finding.fingerprint, label: finding.title, detail: finding.severity }, more);
  }
  return hits.sort((a, b) => a.rank - b.rank).slice(0, most).map((each) => each.hit);
}

/** Find what an id names: a component, or a finding by its fingerprint or the beginning of it. */
export function named(graph: Graph, id: string): { box?: Box; finding?: Finding } {
  const box = graph.boxes.get(graph.boxOf.get(id) ?? '');
  if (box) return { box };
  const found = [...graph.findings, ...graph.silenced].filter((finding) => id.length >= 4 && finding.fingerprint.startsWith(id));
  const exact = found.find((finding) => finding.fingerprint === id) ?? (found.length === 1 ? found[0] : undefined);
  return exact ? { finding: exact } : {};
}
