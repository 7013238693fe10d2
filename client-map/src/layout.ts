/**
 * Places for boxes, regions and lines, found by ELK's layered algorithm. Lengths are in pixels of the drawing.
 *
 * A map of ordinary size is laid out as a whole, with lines led around boxes. In a large one each zone is laid out by itself: a part and
 * what it alone holds stay together as a tree, trees are packed, and all other lines are plain curves. Boxes that nothing holds in place
 * stand on a grid in their zone.
 */

import ELK, { type ElkExtendedEdge, type ElkNode, type LayoutOptions } from 'elkjs/lib/elk.bundled.js';

import type { Graph, Line, Region } from './graph.js';
import { thirdOf } from './zones.js';

export const BOX_WIDTH = 212;
export const BOX_HEIGHT = 56;
const HEAD = 46;
const PADDING = 22;
const GAP = 18;
/** From this many boxes on, zones are laid out one by one. */
export const LARGE = 46;

export interface Point { x: number; y: number }
export interface Rect extends Point { width: number; height: number }

export interface Layout {
  width: number;
  height: number;
  regions: Map<string, Rect>;
  boxes: Map<string, Rect>;
  lines: Map<string, Point[]>;
  large: boolean;
}

const elk = new ELK();

const LAYERED: LayoutOptions = {
  'elk.algorithm': 'layered',
  'elk.direction': 'RIGHT',
  'elk.edgeRouting': 'ORTHOGONAL',
  'elk.spacing.nodeNode': '22',
  'elk.spacing.edgeNode': '14',
  'elk.spacing.edgeEdge': '9',
  'elk.layered.spacing.nodeNodeBetweenLayers': '56',
  'elk.layered.spacing.edgeNodeBetweenLayers': '18',
  'elk.layered.spacing.edgeEdgeBetweenLayers': '9',
  'elk.layered.nodePlacement.strategy': 'NETWORK_SIMPLEX',
  'elk.layered.mergeEdges': 'false',
  'elk.spacing.componentComponent': '26',
};
const REGION: LayoutOptions = { 'elk.padding': `[top=${HEAD},left=${PADDING},right=${PADDING},bottom=${PADDING}]` };

/** Lay out a graph; `shape` is the width to height of the place it is for. */
export async function layOut(graph: Graph, shape = 1.6): Promise<Layout> {
  return graph.boxes.size < LARGE ? await asWhole(graph) : await byZone(graph, shape);
}

/** The id that ELK knows the grid of a region's lone boxes by. */
const gridId = (region: Region): string => `grid:${region.id}`;
const regionId = (region: Region): string => `region:${region.id}`;
const third = (region: Region): LayoutOptions => ({ 'elk.partitioning.partition': String(thirdOf(region.id)) });

interface Grid { boxes: string[]; columns: number; width: number; height: number }

function gridOf(boxes: string[], shape: number): Grid {
  const columns = Math.max(1, Math.min(boxes.length, Math.round(Math.sqrt((boxes.length * shape * (BOX_HEIGHT + GAP)) / (BOX_WIDTH + GAP)))));
  const rows = Math.ceil(boxes.length / columns);
  return { boxes, columns, width: columns * (BOX_WIDTH + GAP) - GAP, height: rows * (BOX_HEIGHT + GAP) - GAP };
}

function linkedBoxes(lines: Line[]): Set<string> {
  return new Set(lines.flatMap((line) => [line.from, line.to]));
}

const boxNode = (id: string): ElkNode => ({ id, width: BOX_WIDTH, height: BOX_HEIGHT });
const edge = (line: Line): ElkExtendedEdge => ({
  id: line.id,
  sources: [line.from],
  targets: [line.to],
  layoutOptions: { 'elk.layered.priority.direction': line.data.length ? '2' : '1', 'elk.layered.priority.shortness': line.data.length ? '1' : '2' },
});

async function asWhole(graph: Graph): Promise<Layout> {
  const rank = new Map(graph.regions.flatMap((region, index) => region.boxes.map((box) => [box.id, index] as const)));
  // A line back to a zone further out is laid out from its end to its beginning, else ELK leads it around the whole drawing.
  const back = new Set(graph.lines.filter((line) => (rank.get(line.from) ?? 0) > (rank.get(line.to) ?? 0)).map((line) => line.id));
  const linked = linkedBoxes(graph.lines);
  const grids = new Map<string, Grid>();
  const children = graph.regions.map((region): ElkNode => {
    const lone = region.boxes.filter((box) => !linked.has(box.id)).map((box) => box.id);
    const own = region.boxes.filter((box) => linked.has(box.id)).map((box) => boxNode(box.id));
    if (lone.length) {
      const grid = gridOf(lone, 0.8);
      grids.set(gridId(region), grid);
      own.push({ id: gridId(region), width: grid.width, height: grid.height });
    }
    return { id: regionId(region), layoutOptions: { ...REGION, ...third(region) }, children: own };
  });
  const root = await elk.layout({
    id: 'root',
    layoutOptions: { ...LAYERED, 'elk.hierarchyHandling': 'INCLUDE_CHILDREN', 'elk.partitioning.activate': 'true', 'elk.json.edgeCoords': 'ROOT', 'elk.json.shapeCoords': 'ROOT' },
    children,
    edges: graph.lines.map((line) => edge(back.has(line.id) ? { ...line, from: line.to, to: line.from } : line)),
  });
  const layout = empty(root);
  for (const region of graph.regions) {
    const placed = root.children?.find((child) => child.id === regionId(region));
    if (!placed) continue;
    layout.regions.set(region.id, rect(placed));
    for (const child of placed.children ?? []) settle(layout, child, grids, { x: 0, y: 0 });
  }
  for (const line of root.edges ?? []) {
    const points = pointsOf(line, { x: 0, y: 0 });
    layout.lines.set(line.id, back.has(line.id) ? points.reverse() : points);
  }
  return layout;
}

async function byZone(graph: Graph, shape: number): Promise<Layout> {
  const placed = new Map<string, ElkNode>();
  const grids = new Map<string, Grid>();
  for (const region of graph.regions) {
    placed.set(region.id, await elk.layout(forest(graph, region, grids, shape)));
    await breath();
  }
  const zoneOf = new Map([...graph.boxes.values()].map((box) => [box.id, box.zone]));
  const crossing = new Set<string>();
  for (const line of graph.lines) {
    const [from, to] = [zoneOf.get(line.from), zoneOf.get(line.to)];
    if (from !== to) crossing.add(JSON.stringify([from, to]));
  }
  const root = await elk.layout({
    id: 'root',
    layoutOptions: { ...LAYERED, 'elk.partitioning.activate': 'true', 'elk.layered.spacing.nodeNodeBetweenLayers': '130', 'elk.spacing.nodeNode': '60', 'elk.separateConnectedComponents': 'false' },
    children: graph.regions.map((region) => ({ id: regionId(region), layoutOptions: third(region), width: placed.get(region.id)?.width ?? 0, height: placed.get(region.id)?.height ?? 0 })),
    edges: [...crossing].sort().map((pair, index) => {
      const [from, to] = JSON.parse(pair) as [string, string];
      return { id: `x${index}`, sources: [`region:${from}`], targets: [`region:${to}`] };
    }),
  });
  const layout = { ...empty(root), large: true };
  for (const region of graph.regions) {
    const node = placed.get(region.id);
    const outer = root.children?.find((child) => child.id === regionId(region));
    if (!node || !outer) continue;
    const corner = { x: outer.x ?? 0, y: outer.y ?? 0 };
    layout.regions.set(region.id, { ...corner, width: node.width ?? 0, height: node.height ?? 0 });
    for (const child of node.children ?? []) settle(layout, child, grids, corner);
    for (const line of node.edges ?? []) if (!line.id.startsWith('held:')) layout.lines.set(line.id, pointsOf(line, corner));
  }
  return layout;
}

/** What a part holds beyond this many boxes without parts of their own stands on a grid beside it. */
const MOST_LEAVES = 5;

/** Plan a region of a large map: trees of what each part alone holds, and a grid of the rest. */
function forest(graph: Graph, region: Region, grids: Map<string, Grid>, shape: number): ElkNode {
  const own = new Set(region.boxes.map((box) => box.id));
  const holders = new Map<string, Line[]>();
  for (const line of graph.lines) {
    if (line.relations.length && own.has(line.from) && own.has(line.to)) holders.set(line.to, [...(holders.get(line.to) ?? []), line]);
  }
  const held = new Map<string, Line>();
  for (const [id, lines] of holders) {
    const [only] = lines;
    if (lines.length === 1 && only && !leadsTo(only.from, id, held)) held.set(id, only);
  }
  const children = new Map<string, string[]>();
  for (const [id, line] of held) children.set(line.from, [...(children.get(line.from) ?? []), id]);
  const nodes: ElkNode[] = [];
  const edges: ElkExtendedEdge[] = [];
  const gridded = new Set<string>();
  for (const [holder, all] of children) {
    const leaves = all.filter((id) => !children.has(id));
    if (leaves.length <= MOST_LEAVES) continue;
    const grid = gridOf(leaves, 1.4);
    const id = `leaves:${holder}`;
    grids.set(id, grid);
    nodes.push({ id, width: grid.width, height: grid.height });
    edges.push({ id: `held:${holder}`, sources: [holder], targets: [id] });
    leaves.forEach((leaf) => gridded.add(leaf));
  }
  for (const [id, line] of held) if (!gridded.has(id)) edges.push(edge(line));
  const lone = region.boxes.map((box) => box.id).filter((id) => !held.has(id) && !children.has(id));
  for (const box of region.boxes) if (!gridded.has(box.id) && !lone.includes(box.id)) nodes.push(boxNode(box.id));
  if (lone.length) {
    const grid = gridOf(lone, nodes.length ? 2.2 : thirdOf(region.id) === 1 ? shape : 0.5);
    grids.set(gridId(region), grid);
    nodes.push({ id: gridId(region), width: grid.width, height: grid.height });
  }
  const options = { ...LAYERED, ...REGION, 'elk.aspectRatio': String(shape), 'elk.layered.nodePlacement.strategy': 'BRANDES_KOEPF', 'elk.layered.thoroughness': '3' };
  return { id: regionId(region), layoutOptions: options, children: nodes, edges };
}

/** Tell whether going up from a box by what holds it leads to another: a circle holds nothing in place. */
function leadsTo(from: string, to: string, held: Map<string, Line>): boolean {
  for (let here: string | undefined = from; here !== undefined; here = held.get(here)?.from) if (here === to) return true;
  return false;
}

/** Let the page paint between two zones. */
const breath = (): Promise<void> => new Promise((resolve) => { setTimeout(resolve, 0); });

function empty(root: ElkNode): Layout {
  return { width: root.width ?? 0, height: root.height ?? 0, regions: new Map(), boxes: new Map(), lines: new Map(), large: false };
}

const rect = (node: ElkNode): Rect => ({ x: node.x ?? 0, y: node.y ?? 0, width: node.width ?? 0, height: node.height ?? 0 });

/** Put a box, or all boxes of a grid, where ELK has placed it. */
function settle(layout: Layout, node: ElkNode, grids: Map<string, Grid>, corner: Point): void {
  const at = { x: corner.x + (node.x ?? 0), y: corner.y + (node.y ?? 0) };
  const grid = grids.get(node.id);
  if (!grid) {
    layout.boxes.set(node.id, { ...at, width: BOX_WIDTH, height: BOX_HEIGHT });
    return;
  }
  grid.boxes.forEach((id, index) => {
    const x = at.x + (index % grid.columns) * (BOX_WIDTH + GAP);
    const y = at.y + Math.floor(index / grid.columns) * (BOX_HEIGHT + GAP);
    layout.boxes.set(id, { x, y, width: BOX_WIDTH, height: BOX_HEIGHT });
  });
}

function pointsOf(line: ElkExtendedEdge, corner: Point): Point[] {
  return (line.sections ?? []).flatMap((section) => [section.startPoint, ...(section.bendPoints ?? []), section.endPoint])
    .map((point) => ({ x: corner.x + point.x, y: corner.y + point.y }));
}
