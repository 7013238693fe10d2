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
