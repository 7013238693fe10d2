/**
 * Places for boxes, regions and lines, found by ELK's layered algorithm. Lengths are in pixels of the drawing.
 *
 * A map of ordinary size is laid out as a whole, with lines led around boxes. A large one is laid out zone by zone, which takes a fraction
 * of the time, and its lines between zones are plain curves. Boxes without lines stand on a grid in their zone.
 */

import ELK, { type ElkExtendedEdge, type ElkNode, type LayoutOptions } from 'elkjs/lib/elk.bundled.js';

import type { Graph, Line, Region } from './graph.js';

export const BOX_WIDTH = 212;
export const BOX_HEIGHT = 56;
const HEAD = 46;
const PADDING = 22;
const GAP = 18;
/** From this many boxes on, zones are laid out one by one. */
export const LARGE = 90;

export interface Point { x: number; y: number }
export interface Rect extends Point { width: number; height: number }

export interface Layout {
  width: number;
  height: number;
  regions: Map<string, Rect>;
  boxes: Map<string, Rect>;
  lines: Map<string, Point[]>;
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

/** Lay out a graph; `shape` is the width to height of the place it is for. Zones that `zones` does not name are left out. */
export async function layOut(graph: Graph, shape = 1.6): Promise<Layout> {
  return graph.boxes.size < LARGE ? await asWhole(graph) : await byZone(graph, shape);
}

/** The id that ELK knows the grid of a region's lone boxes by. */
const gridId = (region: Region): string => `grid:${region.id}`;
const regionId = (region: Region): string => `region:${region.id}`;

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
    return { id: regionId(region), layoutOptions: REGION, children: own };
  });
  const root = await elk.layout({
    id: 'root',
    layoutOptions: { ...LAYERED, 'elk.hierarchyHandling': 'INCLUDE_CHILDREN', 'elk.json.edgeCoords': 'ROOT', 'elk.json.shapeCoords': 'ROOT' },
    children,
    edges: graph.lines.map(edge),
  });
  const layout = empty(root);
  for (const region of graph.regions) {
    const placed = root.children?.find((child) => child.id === regionId(region));
    if (!placed) continue;
    layout.regions.set(region.id, rect(placed));
    for (const child of placed.children ?? []) settle(layout, child, grids, { x: 0, y: 0 });
  }
  for (const line of root.edges ?? []) layout.lines.set(line.id, pointsOf(line, { x: 0, y: 0 }));
  return layout;
}

async function byZone(graph: Graph, shape: number): Promise<Layout> {
  const zoneOf = new Map([...graph.boxes.values()].map((box) => [box.id, box.zone]));
  const inner = graph.lines.filter((line) => zoneOf.get(line.from) === zoneOf.get(line.to));
  const linked = linkedBoxes(inner);
  const placed = new Map<string, ElkNode>();
  const grids = new Map<string, Grid>();
  for (const region of graph.regions) {
    const lone = region.boxes.filter((box) => !linked.has(box.id)).map((box) => box.id);
    const children = region.boxes.filter((box) => linked.has(box.id)).map((box) => boxNode(box.id));
    if (lone.length) {
      const grid = gridOf(lone, children.length ? 0.8 : shape / 2);
      grids.set(gridId(region), grid);
      children.push({ id: gridId(region), width: grid.width, height: grid.height });
    }
    const own = inner.filter((line) => zoneOf.get(line.from) === region.id);
    const thoroughness = own.length > 150 ? '1' : '3';
    const options = { ...LAYERED, ...REGION, 'elk.aspectRatio': String(shape), 'elk.layered.thoroughness': thoroughness, 'elk.layered.nodePlacement.strategy': 'BRANDES_KOEPF' };
    placed.set(region.id, await elk.layout({ id: regionId(region), layoutOptions: options, children, edges: own.map(edge) }));
    await breath();
  }
  const crossing = new Set<string>();
  for (const line of graph.lines) {
    const [from, to] = [zoneOf.get(line.from), zoneOf.get(line.to)];
    if (from !== to) crossing.add(JSON.stringify([from, to]));
  }
  const root = await elk.layout({
    id: 'root',
    layoutOptions: { ...LAYERED, 'elk.layered.spacing.nodeNodeBetweenLayers': '110', 'elk.spacing.nodeNode': '60' },
    children: graph.regions.map((region) => ({ id: regionId(region), width: placed.get(region.id)?.width ?? 0, height: placed.get(region.id)?.height ?? 0 })),
    edges: [...crossing].sort().map((pair, index) => {
      const [from, to] = JSON.parse(pair) as [string, string];
      return { id: `x${index}`, sources: [`region:${from}`], targets: [`region:${to}`] };
    }),
  });
  const layout = empty(root);
  for (const region of graph.regions) {
    const node = placed.get(region.id);
    const outer = root.children?.find((child) => child.id === regionId(region));
    if (!node || !outer) continue;
    const corner = { x: outer.x ?? 0, y: outer.y ?? 0 };
    layout.regions.set(region.id, { ...corner, width: node.width ?? 0, height: node.height ?? 0 });
    for (const child of node.children ?? []) settle(layout, child, grids, corner);
    for (const line of node.edges ?? []) layout.lines.set(line.id, pointsOf(line, corner));
  }
  return layout;
}

/** Let the page paint between two zones. */
const breath = (): Promise<void> => new Promise((resolve) => { setTimeout(resolve, 0); });

function empty(root: ElkNode): Layout {
  return { width: root.width ?? 0, height: root.height ?? 0, regions: new Map(), boxes: new Map(), lines: new Map() };
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
