/** Starts the view in `#threatline-view`. A page of its own carries the map as JSON in `#threatline-map`; an editor sends it. */

import { App } from './app.js';
import { findHost } from './host.js';

const root = document.getElementById('threatline-view');
if (root) {
  const host = findHost();
  const page = document.documentElement;
  const tables = document.getElementById('threatline-tables');
  const app = new App(root, host, tables ? () => { location.hash = ''; setTables(true); } : undefined);

  function setTables(on: boolean): void {
    page.classList.toggle('tl-tables', on);
  }

  window.addEventListener('message', (event: MessageEvent) => {
    // An editor's messages come from the frame around; a page of its own listens to itself alone.
    if (host.editor || event.source === window) void app.receive(event.data);
  });
  const data = document.getElementById('threatline-map');
  if (data) {
    page.classList.add('tl-script');
    document.getElementById('threatline-back')?.addEventListener('click', () => { setTables(false); });
    const map: unknown = JSON.parse(data.textContent ?? '');
    const selected = selectedBy(location.hash, map);
    void app.receive({ type: 'map', map, ...(selected === undefined ? {} : { selected }) });
    window.addEventListener('hashchange', () => {
      const id = selectedBy(location.hash, map);
      if (id === undefined || page.classList.contains('tl-tables')) return;
      void app.receive({ type: 'select', id });
    });
  }
  host.tell({ type: 'ready' });
}

/** Read what a link into the page names: `#f<fingerprint>` a finding, `#c<number>` a component. */
function selectedBy(hash: string, map: unknown): string | undefined {
  const found = /^#([fc])([\w-]+)$/.exec(hash);
  if (found?.[1] === 'f') return found[2];
  return found ? (map as { components?: { id: string }[] }).components?.[Number(found[2])]?.id : undefined;
}
