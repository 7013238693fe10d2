/** Elements made by hand: text is always text, and no string ever becomes markup. */

import type { IconNode } from 'lucide';

const SVG = 'http://www.w3.org/2000/svg';
type Attributes = Record<string, string | number | boolean | undefined>;
type Child = Node | string | undefined | false;

function fill<E extends Element>(element: E, attributes: Attributes, children: Child[]): E {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false) element.setAttribute(name, value === true ? '' : String(value));
  }
  element.append(...children.filter((child): child is Node | string => child !== undefined && child !== false));
  return element;
}

/** Make an HTML element. */
export function html<K extends keyof HTMLElementTagNameMap>(tag: K, attributes: Attributes = {}, ...children: Child[]): HTMLElementTagNameMap[K] {
  return fill(document.createElement(tag), attributes, children);
}

/** Make an SVG element. */
export function svg<K extends keyof SVGElementTagNameMap>(tag: K, attributes: Attributes = {}, ...children: Child[]): SVGElementTagNameMap[K] {
  return fill(document.createElementNS(SVG, tag) as SVGElementTagNameMap[K], attributes, children);
}

/** Draw an icon (24 by 24) as a group. */
export function iconGroup(icon: IconNode, attributes: Attributes = {}): SVGGElement {
  const group = svg('g', { class: 'tl-icon', ...attributes });
  for (const [tag, own] of icon) group.append(fill(document.createElementNS(SVG, tag), own as Attributes, []));
  return group;
}

/** Draw an icon as an image of its own. */
export function iconImage(icon: IconNode, size = 16): SVGSVGElement {
  return svg('svg', { viewBox: '0 0 24 24', width: size, height: size, 'aria-hidden': 'true' }, iconGroup(icon));
}
