import assert from 'node:assert/strict';
import { test } from 'node:test';

import { graphOf } from '../src/graph.js';
import { LARGE, layOut, type Layout, type Rect } from '../src/layout.js';
import { large, small } from './sample.js';

const inside = (inner: Rect, outer: Rect): boolean => inner.x >= outer.x && inner.y >= outer.y && inner.x + inner.width <= outer.x + outer.width && inner.y + inner.height <= outer.y + outer.height;
const apart = (a: Rect, b: Rect): boolean => a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;

function sound(graph: ReturnType<typeof graphOf>, layout: Layout): void {
  for (const region of graph.regions) {
    const outer = layout.regions.get(region.id);
    assert.ok(outer, region.id);
    for (const box of region.boxes) {
      const place = layout.boxes.get(box.id);
      assert.ok(place && inside(place, outer), `${box.id} lies in ${region.id}`);
    }
  }
  const regions = [...layout.regions.values()];
  regions.forEach((a, index) => { regions.slice(index + 1).forEach((b) => { assert.ok(apart(a, b)); }); });
  const boxes = [...layout.boxes.values()];
  boxes.forEach((a, index) => { boxes.slice(index + 1).forEach((b) => { assert.ok(apart(a, b)); }); });
}

test('boxes lie in their regions, and nothing lies on anything else', async () => {
  const graph = graphOf(small());
  const layout = await layOut(graph);
  sound(graph, layout);
  assert.equal(layout.lines.size, graph.lines.length);
});

test('a line begins and ends at its boxes', async () => {
  const graph = graphOf(small());
  const layout = await layOut(graph);
  for (const line of graph.lines) {
    const points = layout.lines.get(line.id) ?? [];
    for (const [point, id] of [[points[0], line.from], [points.at(-1), line.to]] as const) {
      const box = layout.boxes.get(id);
      assert.ok(point && box && point.x >= box.x - 1 && point.x <= box.x + box.width + 1 && point.y >= box.y - 1 && point.y <= box.y + box.height + 1);
    }
  }
});

test('a large map is laid out zone by zone', async () => {
  const graph = graphOf(large(LARGE + 60));
  sound(graph, await layOut(graph));
});

test('the same map is laid out the same', async () => {
  assert.deepEqual(await layOut(graphOf(small())), await layOut(graphOf(small())));
});
