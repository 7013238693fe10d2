/** The bar above the drawing: search, filters, zoom, and saving; and the legend below it. */

import { Expand, Image, ListFilter, Table2, ZoomIn, ZoomOut, type IconNode } from 'lucide';

import { dataClass, dataTitle } from './data-kinds.js';
import { html, iconImage, svg } from './dom.js';
import { search, type Filter, type Graph, type Hit } from './graph.js';
import { SEVERITIES, type Severity } from './map.js';
import { outlineOf, pathOfOutline } from './shapes.js';
import { shown, spaced } from './words.js';

export interface Deeds {
  chosen: (hit: Hit) => void;
  filtered: () => void;
  zoom: (factor: number) => void;
  fit: () => void;
  save: () => void;
  tables?: (() => void) | undefined;
}

/** Make the bar. */
export function toolbar(title: string, graph: Graph, filter: Filter, deeds: Deeds): HTMLElement {
  const buttons = html('div', { class: 'tl-buttons' },
    iconButton('Zoom in (+)', ZoomIn, () => { deeds.zoom(1.35); }), iconButton('Zoom out (−)', ZoomOut, () => { deeds.zoom(1 / 1.35); }),
    iconButton('Whole map (0)', Expand, deeds.fit), iconButton('Save as SVG', Image, deeds.save),
    deeds.tables && iconButton('Tables', Table2, deeds.tables));
  return html('header', { class: 'tl-bar' }, html('h1', {}, 'System map', html('span', { class: 'tl-quiet' }, shown(title))), searchBox(graph, deeds), filterMenu(graph, filter, deeds), buttons);
}

function iconButton(label: string, icon: IconNode, act: () => void): HTMLElement {
  const button = html('button', { 'type': 'button', 'class': 'tl-icon-button', 'title': label, 'aria-label': label }, iconImage(icon));
  button.addEventListener('click', act);
  return button;
}

function searchBox(graph: Graph, deeds: Deeds): HTMLElement {
  const input = html('input', {
    'id': 'tl-search', 'type': 'search', 'placeholder': 'Search components and findings  ( / )', 'autocomplete': 'off', 'role': 'combobox', 'aria-expanded': 'false',
    'aria-controls': 'tl-hits', 'aria-label': 'Search components and findings',
  });
  const list = html('ul', { id: 'tl-hits', role: 'listbox', class: 'tl-hits', hidden: true });
  let hits: Hit[] = [];
  let at = 0;
  const close = (): void => { list.hidden = true; input.setAttribute('aria-expanded', 'false'); };
  const mark = (): void => {
    [...list.children].forEach((item, index) => { item.setAttribute('aria-selected', String(index === at)); });
    input.setAttribute('aria-activedescendant', hits.length ? `tl-hit-${at}` : '');
  };
  const choose = (hit: Hit | undefined): void => { close(); if (hit) deeds.chosen(hit); };
  input.addEventListener('input', () => {
    [hits, at] = [search(graph, input.value), 0];
    list.replaceChildren(...hits.map((hit, index) => {
      const item = html('li', { id: `tl-hit-${index}`, role: 'option' }, html('strong', {}, shown(hit.label)), html('span', { class: `tl-quiet ${hit.kind === 'finding' ? `tl-severity ${hit.detail}` : ''}` }, shown(hit.detail)));
      item.addEventListener('pointerdown', (event) => { event.preventDefault(); choose(hit); });
      return item;
    }), ...(input.value.trim() && !hits.length ? [html('li', { class: 'tl-quiet' }, 'Nothing found')] : []));
    list.hidden = !input.value.trim();
    input.setAttribute('aria-expanded', String(!list.hidden));
    mark();
  });
  input.addEventListener('keydown', (event) => {
    if (event.key === 'ArrowDown') at = Math.min(at + 1, hits.length - 1);
    else if (event.key === 'ArrowUp') at = Math.max(at - 1, 0);
    else if (event.key === 'Enter') choose(hits[at]);
    else if (event.key === 'Escape') { close(); input.blur(); }
    else return;
    event.preventDefault();
    event.stopPropagation();
    mark();
  });
  input.addEventListener('blur', close);
  return html('div', { class: 'tl-search' }, input, list);
}

function filterMenu(graph: Graph, filter: Filter, deeds: Deeds): HTMLElement {
  const summary = html('summary', { title: 'Filter' }, iconImage(ListFilter), 'Filter');
  const menu = html('details', { class: 'tl-filter' }, summary);
  const changed = (): void => {
    const narrowed = filter.zones.size + filter.groups.size + filter.severities.size > 0 || filter.onlyThreatened || !filter.relations || !filter.flows;
    summary.classList.toggle('is-on', narrowed);
    deeds.filtered();
  };
  const check = (label: string, on: boolean, set: (on: boolean) => void, mark?: HTMLElement): HTMLElement => {
    const input = html('input', { type: 'checkbox' });
    input.checked = on;
    input.addEventListener('change', () => { set(input.checked); changed(); });
    return html('label', {}, input, mark, shown(label));
  };
  const from = <T>(left: Set<T>, item: T) => (on: boolean): void => { if (on) left.delete(item); else left.add(item); };
  menu.append(html('div', { class: 'tl-menu' },
    html('fieldset', {}, html('legend', {}, 'Show'), check('Data flows', filter.flows, (on) => { filter.flows = on; }), check('Relations', filter.relations, (on) => { filter.relations = on; }),
      check('Only parts with findings', filter.onlyThreatened, (on) => { filter.onlyThreatened = on; })),
    html('fieldset', {}, html('legend', {}, 'Severities'), ...SEVERITIES.map((severity: Severity) => check(severity, !filter.severities.has(severity), from(filter.severities, severity), html('i', { class: `tl-dot ${severity}` })))),
    html('fieldset', {}, html('legend', {}, 'Zones'), ...graph.regions.map((region) => check(region.name, !filter.zones.has(region.id), from(filter.zones, region.id)))),
    html('fieldset', {}, html('legend', {}, 'Kinds'), ...graph.groups.map((group) => check(spaced(group), !filter.groups.has(group), from(filter.groups, group), html('i', { class: `tl-swatch group-${group}` }))))));
  menu.addEventListener('keydown', (event) => { if (event.key === 'Escape' && menu.open) { menu.open = false; summary.focus(); event.stopPropagation(); } });
  document.addEventListener('pointerdown', (event) => { if (menu.open && !menu.contains(event.target as Node)) menu.open = false; });
  return menu;
}

/** Make the legend of what this map holds. */
export function legend(graph: Graph): HTMLElement {
  const entry = (mark: Node, text: string): HTMLElement => html('li', {}, mark, text);
  const kinds = graph.groups.map((group) => {
    const kind = [...graph.boxes.values()].find((box) => box.group === group)?.kind ?? '';
    return entry(svg('svg', { 'viewBox': '-2 -2 64 36', 'width': 26, 'height': 15, 'aria-hidden': 'true', 'class': `tl-box group-${group}` }, svg('path', { class: 'outline', d: pathOfOutline(outlineOf(kind, group), 60, 32) })), spaced(group));
  });
  const stroke = (name: string): Node => svg('svg', { 'viewBox': '0 0 28 10', 'width': 28, 'height': 10, 'aria-hidden': 'true', 'class': `tl-line ${name}` }, svg('path', { class: 'stroke', d: 'M1 5H27' }));
  const lines = graph.data.map((kind) => entry(stroke(`tl-flow ${dataClass(kind)}`), dataTitle(kind)));
  const gate = svg('svg', { 'viewBox': '0 0 28 10', 'width': 28, 'height': 10, 'aria-hidden': 'true', 'class': 'tl-line tl-flow data-other' }, svg('path', { class: 'stroke', d: 'M1 5H27' }), svg('circle', { class: 'gate', cx: 14, cy: 5, r: 3.5 }));
  if (graph.lines.some((line) => line.crosses.length)) lines.push(entry(gate, 'Crosses a trust boundary'));
  if (graph.lines.some((line) => !line.data.length)) lines.push(entry(stroke('tl-relation'), 'Relation'));
  const box = html('details', { class: 'tl-legend', open: true }, html('summary', {}, 'Legend'), html('div', {}, html('ul', {}, ...kinds), html('ul', {}, ...lines)));
  return box;
}
