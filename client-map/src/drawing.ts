/** The drawing: an SVG of regions, lines and boxes, with zoom and pan by D3. Tells what was chosen; decides nothing. */

import { select, type Selection } from 'd3-selection';
import { zoom, zoomIdentity, type ZoomBehavior, type ZoomTransform } from 'd3-zoom';

import { dataClass, dataTitle } from './data-kinds.js';
import { iconGroup, svg } from './dom.js';
import { counts, findingsLeft, type Box, type Filter, type Graph, type Line, type Path } from './graph.js';
import { BOX_HEIGHT, BOX_WIDTH, type Layout, type Point, type Rect } from './layout.js';
import { SEVERITIES } from './map.js';
import { curved, piercings, roomiest, rounded } from './routes.js';
import { iconOf, outlineOf, pathOfOutline } from './shapes.js';
import { counted, fitted, shown, spaced } from './words.js';

const MARGIN = 28;

/** What is brought forward: a box with its neighbours, or a path. */
export type Focus = { box: string } | { path: Path } | undefined;

export class Drawing {
  readonly element: SVGSVGElement;
  private readonly view: SVGGElement;
  private readonly labels: SVGGElement;
  private readonly regions = svg('g', { class: 'tl-regions' });
  private readonly zooming: ZoomBehavior<SVGSVGElement, unknown>;
  private readonly selection: Selection<SVGSVGElement, unknown, null, undefined>;
  private readonly boxes = new Map<string, SVGGElement>();
  private readonly lines = new Map<string, SVGGElement>();
  private readonly middles = new Map<string, Point>();
  private focus: Focus;
  private now: ZoomTransform = zoomIdentity;

  constructor(
    private readonly graph: Graph,
    private readonly layout: Layout,
    private readonly told: { chosen: (box: string) => void; cleared: () => void; moved: (transform: ZoomTransform) => void },
  ) {
    this.view = svg('g', { class: 'tl-view' });
    this.labels = svg('g', { class: 'tl-labels' });
    this.element = svg('svg', { class: `tl-drawing${layout.large ? ' is-large' : ''}`, role: 'group', 'aria-label': 'System map', focusable: 'false' }, markers(graph.data), this.view);
    this.selection = select(this.element);
    this.drawRegions();
    this.drawLines();
    this.drawBoxes();
    this.view.append(this.labels);
    this.zooming = zoom<SVGSVGElement, unknown>()
      .scaleExtent([0.04, 3])
      .on('zoom', (event: { transform: ZoomTransform }) => {
        this.now = event.transform;
        this.view.setAttribute('transform', String(event.transform));
        this.element.classList.toggle('is-far', event.transform.k < 0.42);
        this.element.classList.toggle('is-tiny', event.transform.k < 0.24);
        // Set where it is needed and nowhere above: each element below it is styled anew.
        this.regions.style.setProperty('--tl-k', String(event.transform.k));
        this.told.moved(event.transform);
      });
    this.selection.call(this.zooming).on('dblclick.zoom', null);
    this.element.addEventListener('click', (event) => {
      const box = (event.target as Element).closest<SVGGElement>('[data-component]');
      if (box?.dataset.component) this.told.chosen(box.dataset.component);
      else this.told.cleared();
    });
    this.element.addEventListener('pointerover', (event) => this.hover(event.target as Element));
    this.element.addEventListener('pointerleave', () => this.hover(undefined));
    this.element.addEventListener('keydown', (event) => this.key(event));
  }

  /** Show the whole drawing, or what a filter has left of it. */
  fit(): void {
    const shownBoxes = [...this.layout.boxes].filter(([id]) => !this.boxes.get(id)?.classList.contains('is-hidden')).map(([, rect]) => rect);
    const all = shownBoxes.length < this.layout.boxes.size ? bounds(shownBoxes) : { x: 0, y: 0, width: this.layout.width, height: this.layout.height };
    this.frame(all, 1.25);
  }

  /** Bring boxes into view where they are not; zooms out as far as is needed, in only where they could not be read. */
  reveal(ids: string[]): void {
    const rects = ids.flatMap((id) => this.layout.boxes.get(id) ?? []);
    if (!rects.length) return;
    const target = bounds(rects);
    const { width, height } = this.size();
    const [left, top] = this.now.apply([target.x, target.y]);
    const [right, bottom] = this.now.apply([target.x + target.width, target.y + target.height]);
    const inside = left >= 0 && top >= 0 && right <= width && bottom <= height;
    if (!inside || this.now.k < 0.5) this.frame(target, Math.max(0.8, Math.min(this.now.k, 1)));
  }

  /** Zoom about the middle. */
  scale(factor: number): void {
    this.zooming.scaleBy(this.selection, factor);
  }

  /** Go back to a place and scale that `moved` has told. */
  restore(at: { x: number; y: number; k: number }): void {
    this.zooming.transform(this.selection, zoomIdentity.translate(at.x, at.y).scale(at.k));
  }

  /** Hide what a filter leaves out, and count anew on the boxes. */
  filter(left: { boxes: Set<string>; lines: Set<string> }, filter: Filter): void {
    for (const [id, element] of this.boxes) {
      element.classList.toggle('is-hidden', !left.boxes.has(id));
      const box = this.graph.boxes.get(id);
      if (box) element.querySelector('.tl-badges')?.replaceWith(badges(box, filter));
    }
    for (const [id, element] of this.lines) element.classList.toggle('is-hidden', !left.lines.has(id));
    for (const region of this.graph.regions) {
      const element = this.regions.querySelector(`[data-region="${CSS.escape(region.id)}"]`);
      element?.classList.toggle('is-hidden', !region.boxes.some((box) => left.boxes.has(box.id)));
    }
  }

  /** Bring something forward: the rest steps back. */
  light(focus: Focus, selected?: string): void {
    this.focus = focus;
    for (const [id, element] of this.boxes) {
      element.classList.toggle('is-selected', id === selected);
      element.setAttribute('aria-pressed', String(id === selected));
    }
    this.apply(focus);
  }

  /** Move the keyboard's place to a box. */
  focusBox(id: string): void {
    for (const [other, element] of this.boxes) element.setAttribute('tabindex', other === id ? '0' : '-1');
    this.boxes.get(id)?.focus({ preventScroll: true });
  }

  /** Write the drawing as an SVG file that needs no style sheet. */
  file(): string {
    const copy = this.element.cloneNode(true) as SVGSVGElement;
    const [originals, copies] = [this.element.querySelectorAll('*'), copy.querySelectorAll('*')];
    originals.forEach((original, index) => freeze(original, copies[index]));
    copy.querySelectorAll('.is-hidden').forEach((element) => element.remove());
    copy.querySelector('.tl-view')?.removeAttribute('transform');
    const [width, height] = [this.layout.width + 2 * MARGIN, this.layout.height + 2 * MARGIN];
    copy.setAttribute('viewBox', `${-MARGIN} ${-MARGIN} ${width} ${height}`);
    copy.setAttribute('width', String(Math.round(width)));
    copy.setAttribute('height', String(Math.round(height)));
    const paper = getComputedStyle(this.element).getPropertyValue('background-color');
    copy.prepend(svg('rect', { x: -MARGIN, y: -MARGIN, width, height, fill: paper }));
    return new XMLSerializer().serializeToString(copy);
  }

  private size(): { width: number; height: number } {
    const { clientWidth, clientHeight } = this.element;
    return { width: clientWidth || 1000, height: clientHeight || 600 };
  }

  private frame(target: Rect, most: number): void {
    const { width, height } = this.size();
    const k = Math.max(0.04, Math.min(most, (width - 2 * MARGIN) / target.width, (height - 2 * MARGIN) / target.height));
    const [x, y] = [width / 2 - k * (target.x + target.width / 2), height / 2 - k * (target.y + target.height / 2)];
    this.zooming.transform(this.selection, zoomIdentity.translate(x, y).scale(k));
  }

  private drawRegions(): void {
    for (const region of this.graph.regions) {
      const at = this.layout.regions.get(region.id);
      if (!at) continue;
      const title = svg('text', { x: at.x + 18, y: at.y + 27 }, fitted(shown(region.name).toUpperCase(), at.width - 36, 13));
      // From afar a title grows against the zoom, but never beyond its region or the gap above it.
      title.style.setProperty('--tl-most', `${Math.min(46, at.width / (Math.max(1, region.name.length) * 0.8))}px`);
      this.regions.append(svg(
        'g', { class: 'tl-region', 'data-region': region.id },
        svg('rect', { x: at.x, y: at.y, width: at.width, height: at.height, rx: 14 }),
        title,
      ));
    }
    this.view.append(this.regions);
  }

  private drawLines(): void {
    const beds = svg('g', { class: 'tl-lines' });
    // Relations lie below flows: they are the quieter of the two.
    for (const line of [...this.graph.lines].sort((a, b) => Number(a.data.length > 0) - Number(b.data.length > 0))) {
      const [from, to] = [this.layout.boxes.get(line.from), this.layout.boxes.get(line.to)];
      if (!from || !to) continue;
      const route = this.layout.lines.get(line.id);
      const { path, points } = route?.length ? { path: rounded(route), points: route } : curved(from, to, line.data.length ? 7 : -7);
      this.middles.set(line.id, roomiest(points));
      const element = line.data.length ? this.flow(line, path, points) : relation(line, path);
      element.append(svg('title', {}, this.said(line)));
      this.lines.set(line.id, element);
      beds.append(element);
    }
    this.view.append(beds);
  }

  private flow(line: Line, path: string, points: Point[]): SVGGElement {
    const [first = '', second] = line.data;
    const group = svg('g', { class: `tl-line tl-flow ${dataClass(first)}${line.crosses.length ? ' crosses' : ''}`, 'data-flow': line.id });
    group.append(svg('path', { class: 'halo', d: path }), svg('path', { class: 'stroke', d: path, 'marker-end': `url(#tl-tip-${dataClass(first)})` }));
    if (second) group.append(svg('path', { class: `stroke second ${dataClass(second)}`, d: path }));
    if (line.crosses.length) {
      for (const region of this.graph.regions) {
        const at = this.layout.regions.get(region.id);
        for (const point of at ? piercings(points, at) : []) group.append(svg('circle', { class: 'gate', cx: round(point.x), cy: round(point.y), r: 4 }));
      }
    }
    return group;
  }

  private drawBoxes(): void {
    const bed = svg('g', { class: 'tl-boxes' });
    for (const region of this.graph.regions) {
      for (const box of region.boxes) {
        const at = this.layout.boxes.get(box.id);
        if (!at) continue;
        const element = drawnBox(box, at);
        this.boxes.set(box.id, element);
        bed.append(element);
      }
    }
    bed.querySelector('[data-component]')?.setAttribute('tabindex', '0');
    this.view.append(bed);
  }

  private said(line: Line): string {
    const [from, to] = [this.graph.boxes.get(line.from)?.name ?? '', this.graph.boxes.get(line.to)?.name ?? ''];
    const crossing = line.crosses.length ? `\ncrosses ${shown(line.crosses.join(', '))}` : '';
    const related = line.data.length && line.relations.length ? `\n${shown(line.relations.map(spaced).join(', '))}` : '';
    return shown(`${from} → ${to}: ${carried(line)}`) + related + crossing;
  }

  private hover(target: Element | undefined): void {
    const box = target?.closest<SVGGElement>('[data-component]')?.dataset.component;
    const line = target?.closest<SVGGElement>('[data-flow], [data-relation]');
    if (box !== undefined && !this.focus) this.apply({ box });
    else if (line && !this.focus) {
      const id = line.dataset.flow ?? line.dataset.relation ?? '';
      const found = this.graph.lines.find((each) => each.id === id);
      if (found) this.apply({ path: { boxes: [found.from, found.to], lines: new Set([id]) } });
    } else this.apply(this.focus);
  }

  private apply(focus: Focus): void {
    const lit = new Set<string>();
    const lines = new Set<string>();
    if (focus && 'box' in focus) {
      lit.add(focus.box);
      for (const line of this.graph.lines) {
        if (line.from === focus.box || line.to === focus.box) {
          lines.add(line.id);
          lit.add(line.from).add(line.to);
        }
      }
    } else if (focus) {
      focus.path.boxes.forEach((id) => lit.add(id));
      focus.path.lines.forEach((id) => lines.add(id));
    }
    this.element.classList.toggle('is-lighting', focus !== undefined);
    this.element.classList.toggle('is-path', focus !== undefined && 'path' in focus);
    for (const [id, element] of this.boxes) element.classList.toggle('is-lit', lit.has(id));
    for (const [id, element] of this.lines) element.classList.toggle('is-lit', lines.has(id));
    this.write(lines);
  }

  /** Write at the lit lines what they carry. */
  private write(lines: Set<string>): void {
    this.labels.replaceChildren();
    if (lines.size > 24) return;
    for (const line of this.graph.lines) {
      const at = this.middles.get(line.id);
      if (!lines.has(line.id) || !at || this.lines.get(line.id)?.classList.contains('is-hidden')) continue;
      const text = carried(line);
      const width = text.length * 6.1 + 12;
      this.labels.append(svg(
        'g', { class: `tl-label ${line.data.length ? dataClass(line.data[0] ?? '') : ''}`, transform: `translate(${round(at.x)} ${round(at.y)})` },
        svg('rect', { x: -width / 2, y: -9, width, height: 18, rx: 9 }),
        svg('text', { y: 4, 'text-anchor': 'middle' }, text),
      ));
    }
  }

  private key(event: KeyboardEvent): void {
    const here = (event.target as Element).closest<SVGGElement>('[data-component]')?.dataset.component;
    if (here === undefined) return;
    if (event.key === 'Enter' || event.key === ' ') this.told.chosen(here);
    else if (event.key.startsWith('Arrow')) {
      const next = this.neighbour(here, event.key);
      if (next !== undefined) {
        this.focusBox(next);
        this.reveal([next]);
      }
    } else return;
    event.preventDefault();
  }

  /** Find the nearest visible box in the direction of an arrow key. */
  private neighbour(from: string, key: string): string | undefined {
    const here = this.layout.boxes.get(from);
    if (!here) return undefined;
    let best: string | undefined;
    let least = Infinity;
    for (const [id, rect] of this.layout.boxes) {
      if (id === from || this.boxes.get(id)?.classList.contains('is-hidden')) continue;
      const [dx, dy] = [rect.x - here.x, rect.y - here.y];
      const [along, aside] = key === 'ArrowRight' ? [dx, dy] : key === 'ArrowLeft' ? [-dx, dy] : key === 'ArrowDown' ? [dy, dx] : [-dy, dx];
      if (along <= 1) continue;
      const far = along + 2.5 * Math.abs(aside);
      if (far < least) [best, least] = [id, far];
    }
    return best;
  }
}

const round = (value: number): number => Math.round(value * 10) / 10;

/** Say what a line carries, or which relations it stands for. */
const carried = (line: Line): string => (line.data.length ? line.data.map(dataTitle) : line.relations.map(spaced)).join(', ');

function bounds(rects: Rect[]): Rect {
  const [x, y] = [Math.min(...rects.map((rect) => rect.x)), Math.min(...rects.map((rect) => rect.y))];
  const [right, bottom] = [Math.max(...rects.map((rect) => rect.x + rect.width)), Math.max(...rects.map((rect) => rect.y + rect.height))];
  return rects.length ? { x, y, width: right - x, height: bottom - y } : { x: 0, y: 0, width: 1, height: 1 };
}

function markers(data: string[]): SVGDefsElement {
  const tips = [...new Set(data.map(dataClass)), 'relation'].map((name) => svg(
    'marker', { id: `tl-tip-${name}`, class: `tl-tip ${name}`, viewBox: '0 0 10 10', refX: 8, refY: 5, markerWidth: 9, markerHeight: 9, markerUnits: 'userSpaceOnUse', orient: 'auto-start-reverse' },
    svg('path', { d: 'M0 1L9 5L0 9Z' }),
  ));
  return svg('defs', {}, ...tips);
}

function relation(line: Line, path: string): SVGGElement {
  return svg(
    'g', { class: 'tl-line tl-relation', 'data-relation': line.id },
    svg('path', { class: 'halo', d: path }),
    svg('path', { class: 'stroke', d: path, 'marker-end': 'url(#tl-tip-relation)' }),
  );
}

function drawnBox(box: Box, at: Rect): SVGGElement {
  const outline = outlineOf(box.kind, box.group);
  const inset = outline === 'point' || outline === 'pill' ? 20 : outline === 'bars' ? 18 : 13;
  const room = BOX_WIDTH - inset - 48;
  const lift = outline === 'cylinder' ? 5 : outline === 'page' ? -3 : 0;
  const times = box.components.length > 1 ? `${box.components.length} × ` : '';
  const threats = box.findings.length ? `, ${counted(box.findings.length, 'finding')}` : '';
  return svg(
    'g',
    {
      'class': `tl-box group-${box.group}${box.findings.length ? ' has-findings' : ''}`, 'data-component': box.id, 'transform': `translate(${round(at.x)} ${round(at.y)})`,
      'role': 'button', 'tabindex': '-1', 'aria-label': shown(`${times}${box.name}, ${box.title}${threats}`),
    },
    svg('title', {}, shown(`${times}${box.name} (${box.title})`)),
    svg('path', { class: 'outline', d: pathOfOutline(outline, BOX_WIDTH, BOX_HEIGHT) }),
    svg('rect', { class: 'tile', x: inset, y: 13 + lift, width: 30, height: 30, rx: 8 }),
    iconGroup(iconOf(box.kind, box.group), { transform: `translate(${inset + 5.5} ${18.5 + lift}) scale(.79)` }),
    svg('text', { class: 'name', x: inset + 39, y: 26 + lift }, fitted(shown(box.name), room, 14)),
    svg('text', { class: 'kind', x: inset + 39, y: 42 + lift }, fitted(`${times}${shown(box.title)}`, room, 11.5)),
    badges(box),
  );
}

/** Count the findings of a box at its upper right corner, a pill for each severity. */
function badges(box: Box, filter?: Filter): SVGGElement {
  const group = svg('g', { class: 'tl-badges' });
  const found = counts(filter ? findingsLeft(box.findings, filter) : box.findings);
  let right = BOX_WIDTH - 4;
  for (const severity of [...SEVERITIES].reverse()) {
    if (!found[severity]) continue;
    const text = String(found[severity]);
    const width = 12 + text.length * 7;
    right -= width + 2;
    group.append(svg(
      'g', { class: `tl-badge ${severity}`, transform: `translate(${right} -9)` },
      svg('rect', { width, height: 18, rx: 9 }),
      svg('text', { 'x': width / 2, 'y': 13, 'text-anchor': 'middle' }, text),
      svg('title', {}, `${text} ${severity}`),
    ));
  }
  return group;
}

const KEPT = [
  'fill', 'fill-opacity', 'stroke', 'stroke-width', 'stroke-dasharray', 'stroke-linecap', 'stroke-linejoin', 'opacity', 'font-family', 'font-size', 'font-weight',
  'letter-spacing', 'display',
];

/** Write the computed look of an element into attributes of its copy. */
function freeze(original: Element, copy: Element | undefined): void {
  if (!copy) return;
  const style = getComputedStyle(original);
  for (const name of KEPT) {
    const value = style.getPropertyValue(name);
    if (value) copy.setAttribute(name, value);
  }
  for (const name of ['tabindex', 'role', 'aria-pressed', 'focusable']) copy.removeAttribute(name);
}
