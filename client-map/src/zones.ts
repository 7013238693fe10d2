/** Trust zones from the outside in, and out again to the services that are called. */
const ORDER = [
  'untrusted', 'untrusted-input', 'external', 'user-facing', 'developer-workstation', 'ci', 'application-edge', 'application', 'sandbox', 'host',
  'platform', 'ml-platform', 'self-hosted', 'cloud', 'third-party-edge', 'third-party',
];

/** Order zones by trust; those that a project declares itself come last, by name. */
export function byTrust(a: string, b: string): number {
  const rank = (zone: string) => (ORDER.includes(zone) ? ORDER.indexOf(zone) : ORDER.length);
  return rank(a) - rank(b) || (a < b ? -1 : a > b ? 1 : 0);
}

const INSIDE = new Set(['application', 'sandbox', 'host']);
const BEHIND = new Set(['platform', 'ml-platform', 'self-hosted', 'cloud', 'third-party-edge', 'third-party']);

/** Tell in which third of the drawing a zone stands: 0 in front of the application, 1 the application and zones of its own, 2 behind it. */
export function thirdOf(zone: string): number {
  if (BEHIND.has(zone)) return 2;
  return INSIDE.has(zone) || !ORDER.includes(zone) ? 1 : 0;
}
