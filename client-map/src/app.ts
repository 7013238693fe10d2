/** The view as a whole: one map at a time, what is selected in it, and the messages to and from the host. */

import type { ZoomTransform } from 'd3-zoom';

import { html } from './dom.js';
import { Drawing } from './drawing.js';
import { graphOf, named, noFilter, pathOf, visible, type Filter, type Graph } from './graph.js';
import type { Host } from './host.js';
import { layOut, type Layout } from './layout.js';
import { isMap, type SystemMap } from './map.js';
import { Panel } from './panel.js';
import { legend, toolbar } from './toolbar.js';

export class App {
  private map: SystemMap | undefined;
  private graph: Graph | undefined;
  private drawing: Drawing | undefined;
  private panel: Panel | undefined;
  private filter: Filter = noFilter();
  private selected: string | null = null;
  private at: ZoomTransform | undefined;
  private asked = 0;

  constructor(private readonly root: HTMLElement, private readonly host: Host, private readonly tables?: () => void) {
    const state = host.state();
    this.selected = state.selected ?? null;
    document.addEventListener('keydown', (event) => { this.key(event); });
    this.say('Waiting for the system map …', 'empty');
  }

  /** Take a message of the host; others are ignored. */
  async receive(message: unknown): Promise<void> {
    const given = message as { type?: unknown; map?: unknown; selected?: unknown; id?: unknown; text?: unknown } | null;
    switch (given?.type) {
      case 'map':
        if (typeof given.selected === 'string') this.selected = given.selected;
        if (isMap(given.map)) await this.show(given.map);
        else this.say('This is no system map.', 'failed');
        break;
      case 'select':
        if (typeof given.id === 'string' || given.id === null) this.select(given.id, true);
        break;
      case 'status':
        if (!this.map && typeof given.text === 'string') this.say(given.text || 'Waiting for the system map …', 'empty');
        break;
    }
  }

  /** Show a map; selection, filters and zoom stay, as far as they still make sense. */
  async show(map: SystemMap): Promise<void> {
    const mine = ++this.asked;
    const graph = graphOf(map);
    if (!graph.boxes.size) {
      [this.map, this.graph, this.drawing] = [map, graph, undefined];
      this.say('No part of an AI system was found here.', 'empty', 'Models, agents, tools and the data between them appear as soon as the code has them.');
      return;
    }
    if (!this.drawing) this.say('Drawing the map …', 'laying-out');
    await new Promise((resolve) => { setTimeout(resolve, 0); });
    let layout: Layout;
    const began = performance.now();
    try {
      layout = await layOut(graph, Math.max(1, (this.root.clientWidth - 380) / (this.root.clientHeight || 700)));
    } catch (error) {
      if (mine === this.asked) this.say(`The map could not be laid out: ${String(error)}`, 'failed');
      return;
    }
    if (mine !== this.asked) return; // a newer map has come meanwhile
    this.root.dataset.layoutMs = String(Math.round(performance.now() - began));
    this.draw(map, graph, layout);
  }

  /** Select a component (by id) or a finding (by fingerprint), or nothing. Tells the host, unless it was the one who asked. */
  select(id: string | null, quietly = false): void {
    this.selected = id;
    if (!this.graph || !this.drawing || !this.panel) return;
    const found = id === null ? {} : named(this.graph, id);
    const kind = found.finding ? 'finding' : found.box ? 'component' : undefined;
    if (found.finding) {
      const path = pathOf(this.graph, found.finding);
      this.drawing.light({ path }, path.boxes.at(-1));
      this.drawing.reveal(path.boxes);
      this.panel.finding(found.finding);
    } else if (found.box) {
      this.drawing.light({ box: found.box.id }, found.box.id);
      this.drawing.reveal([found.box.id]);
      this.panel.component(found.box, this.filter);
    } else {
      this.selected = null;
      this.drawing.light(undefined);
      this.panel.overview(this.filter);
    }
    if (!quietly) this.host.tell(kind && id !== null ? { type: 'select', id, kind } : { type: 'select', id: null });
    this.keep();
  }

  private draw(map: SystemMap, graph: Graph, layout: Layout): void {
    const before = this.drawing;
    const kept = before ? this.at : this.host.state().at;
    [this.map, this.graph] = [map, graph];
    this.drawing = new Drawing(graph, layout, {
      chosen: (box) => { this.select(box === this.selected ? null : box); },
      cleared: () => { if (this.selected !== null) this.select(null); },
      moved: (transform) => { this.at = transform; this.keep(); },
    });
    this.panel = new Panel(map, graph, this.host, {
      component: (id) => { this.select(id); this.drawing?.focusBox(id); },
      finding: (fingerprint) => { this.select(fingerprint); },
      back: () => { this.select(null); },
      explain: (rule) => { this.host.tell({ type: 'explain', rule }); },
    });
    const bar = toolbar(map.root === '.' ? '' : map.root.split(/[\\/]/).filter(Boolean).at(-1) ?? '', graph, this.filter, {
      chosen: (hit) => { this.select(hit.id); if (hit.kind === 'component') this.drawing?.focusBox(hit.id); },
      filtered: () => { this.refilter(); },
      zoom: (factor) => { this.drawing?.scale(factor); },
      fit: () => { this.drawing?.fit(); },
      save: () => { this.host.tell({ type: 'save', name: 'system-map.svg', text: this.drawing?.file() ?? '' }); },
      tables: this.tables,
    });
    this.root.replaceChildren(bar, html('div', { class: 'tl-stage' }, this.drawing.element, legend(graph)), this.panel.element);
    this.root.dataset.state = 'drawn';
    this.drawing.filter(visible(graph, this.filter), this.filter);
    if (kept) this.drawing.restore(kept);
    else this.drawing.fit();
    this.select(this.selected, true);
  }

  private refilter(): void {
    if (!this.graph || !this.drawing) return;
    this.drawing.filter(visible(this.graph, this.filter), this.filter);
    this.select(this.selected, true);
  }

  private keep(): void {
    const at = this.at;
    this.host.keep({ ...(this.selected === null ? {} : { selected: this.selected }), ...(at ? { at: { x: at.x, y: at.y, k: at.k } } : {}) });
  }

  private say(text: string, state: string, more = ''): void {
    this.root.dataset.state = state;
    this.root.replaceChildren(html('div', { class: 'tl-empty', role: 'status' }, html('p', {}, text), more ? html('p', { class: 'tl-quiet' }, more) : undefined));
  }

  private key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey || !this.drawing) return;
    const typing = (event.target as Element | null)?.closest?.('input, textarea, select');
    if (typing && event.key !== 'Escape') return;
    switch (event.key) {
      case '/': this.root.querySelector<HTMLElement>('#tl-search')?.focus(); break;
      case 'Escape': this.select(null); break;
      case '+': case '=': this.drawing.scale(1.35); break;
      case '-': this.drawing.scale(1 / 1.35); break;
      case '0': this.drawing.fit(); break;
      default: return;
    }
    event.preventDefault();
  }
}
