/** Lines as SVG paths: bends are rounded, and lines without a route of their own are curves from side to side. */

import type { Point, Rect } from './layout.js';

const BEND = 8;

/** Round the bends of a route. */
export function rounded(points: Point[]): string {
  const [first, ...rest] = points;
  if (!first) return '';
  let path = `M${num(first.x)} ${num(first.y)}`;
  rest.forEach((point, index) => {
    const before = points[index] ?? first;
    const after = rest[index + 1];
    if (!after) {
      path += `L${num(point.x)} ${num(point.y)}`;
      return;
    }
    const enter = toward(point, before, BEND);
    const leave = toward(point, after, BEND);
    path += `L${num(enter.x)} ${num(enter.y)}Q${num(point.x)} ${num(point.y)} ${num(leave.x)} ${num(leave.y)}`;
  });
  return path;
}

/** Curve from one box to another, leaving and entering by the sides that face each other. */
export function curved(from: Rect, to: Rect, shift: number): { path: string; points: Point[] } {
  const [a, b] = [middle(from), middle(to)];
  const sideways = Math.abs(a.x - b.x) > from.width / 2 + to.width / 2;
  const sign = sideways ? Math.sign(b.x - a.x) : Math.sign(b.y - a.y) || 1;
  const start = sideways ? { x: a.x + (sign * from.width) / 2, y: a.y + shift } : { x: a.x + shift, y: a.y + (sign * from.height) / 2 };
  const end = sideways ? { x: b.x - (sign * to.width) / 2, y: b.y + shift } : { x: b.x + shift, y: b.y - (sign * to.height) / 2 };
  const bend = sideways ? Math.max(40, Math.abs(end.x - start.x) / 2) : Math.max(30, Math.abs(end.y - start.y) / 2);
  const out = sideways ? { x: start.x + sign * bend, y: start.y } : { x: start.x, y: start.y + sign * bend };
  const into = sideways ? { x: end.x - sign * bend, y: end.y } : { x: end.x, y: end.y - sign * bend };
  const path = `M${num(start.x)} ${num(start.y)}C${num(out.x)} ${num(out.y)} ${num(into.x)} ${num(into.y)} ${num(end.x)} ${num(end.y)}`;
  return { path, points: [start, end] };
}

/** Find where a route leaves or enters a region: the points at which it pierces the region's border. */
export function piercings(points: Point[], region: Rect): Point[] {
  const found: Point[] = [];
  const [left, top, right, bottom] = [region.x, region.y, region.x + region.width, region.y + region.height];
  for (let index = 1; index < points.length; index += 1) {
    const [a, b] = [points[index - 1], points[index]];
    if (!a || !b) continue;
    for (const x of [left, right]) {
      if ((a.x < x) === (b.x < x)) continue;
      const y = a.y + ((b.y - a.y) * (x - a.x)) / (b.x - a.x);
      if (y >= top && y <= bottom) found.push({ x, y });
    }
    for (const y of [top, bottom]) {
      if ((a.y < y) === (b.y < y)) continue;
      const x = a.x + ((b.x - a.x) * (y - a.y)) / (b.y - a.y);
      if (x >= left && x <= right) found.push({ x, y });
    }
  }
  return found;
}

/** Find the middle of the longest piece of a route: where a label has room. */
export function roomiest(points: Point[]): Point {
  let best = points[0] ?? { x: 0, y: 0 };
  let longest = -1;
  for (let index = 1; index < points.length; index += 1) {
    const [a, b] = [points[index - 1], points[index]];
    if (!a || !b) continue;
    const length = Math.hypot(b.x - a.x, b.y - a.y) * (Math.abs(b.x - a.x) >= Math.abs(b.y - a.y) ? 1.5 : 1);
    if (length > longest) {
      longest = length;
      best = { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
    }
  }
  return best;
}

const middle = (rect: Rect): Point => ({ x: rect.x + rect.width / 2, y: rect.y + rect.height / 2 });
const num = (value: number): string => String(Math.round(value * 10) / 10);

function toward(from: Point, to: Point, most: number): Point {
  const length = Math.hypot(to.x - from.x, to.y - from.y);
  const part = length ? Math.min(most, length / 2) / length : 0;
  return { x: from.x + (to.x - from.x) * part, y: from.y + (to.y - from.y) * part };
}
