/** What is said to people, and the small reckoning behind it. Knows nothing of the editor. */

/** How things stand with the server. */
export type State = 'off' | 'needsSetUp' | 'starting' | 'analyzing' | 'ready' | 'failed';

export const SEVERITIES = ['critical', 'high', 'medium', 'low', 'info'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** What the status item shows. */
export interface Shown {
  readonly text: string;
  readonly tooltip: string;
  readonly warn: boolean;
}

/** Write the status item; `counts` are the findings that the editor lists, by severity. */
export function statusOf(state: State, counts: Readonly<Record<Severity, number>>, why = ''): Shown {
  const total = SEVERITIES.reduce((sum, severity) => sum + counts[severity], 0);
  switch (state) {
    case 'off':
      return { text: '$(circle-slash) Threatline off', tooltip: 'Turned off in this window (threatline.enable).', warn: false };
    case 'needsSetUp':
      return { text: '$(tools) Threatline: set up', tooltip: why || 'The server is not installed yet. A click sets it up.', warn: true };
    case 'failed':
      return { text: '$(error) Threatline', tooltip: why || 'The server does not run. A click shows what can be done.', warn: true };
    case 'starting':
      return { text: '$(loading~spin) Threatline', tooltip: 'The server starts.', warn: false };
    case 'analyzing':
      return { text: '$(loading~spin) Analyzing', tooltip: 'Threatline reads the code.', warn: false };
    case 'ready': {
      const parts = SEVERITIES.filter((severity) => counts[severity] > 0).map((severity) => `${counts[severity]} ${severity}`);
      const tooltip = total === 0 ? 'Threatline found no threats here.' : `Threatline: ${parts.join(', ')}`;
      return { text: total === 0 ? '$(shield) No threats' : `$(shield) ${counted(total, 'threat')}`, tooltip, warn: false };
    }
  }
}

/** Count a thing. */
export function counted(number: number, thing: string): string {
  return `${number} ${thing}${number === 1 ? '' : 's'}`;
}

/** Tell whether a severity is shown at a least one. */
export function isShown(severity: string, least: string): boolean {
  const place = SEVERITIES.indexOf(severity as Severity);
  return place >= 0 && place <= Math.max(0, SEVERITIES.indexOf(least as Severity));
}

/** Count code units up to a column given in code points from 1; a column behind the end is the end. */
export function codeUnits(line: string, column: number): number {
  let units = 0;
  let points = 1;
  for (const point of line) {
    if (points >= column) {
      break;
    }
    units += point.length;
    points += 1;
  }
  return units;
}

/** Say what is wrong with a date on which an acceptance ends; null if nothing is. `today` is as YYYY-MM-DD. */
export function dateProblem(text: string, today: string): string | null {
  const date = new Date(`${text}T00:00:00Z`);
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text) || Number.isNaN(date.getTime()) || date.toISOString().slice(0, 10) !== text) {
    return 'A day as year-month-day, such as 2027-03-31';
  }
  return text < today ? 'This day is over' : null;
}

/** The day so many days from a day, as YYYY-MM-DD. */
export function daysFrom(day: Date, days: number): string {
  return new Date(day.getTime() + days * 86_400_000).toISOString().slice(0, 10);
}

/** Put text that is no Markdown into a page, so that nothing in it is read as any. */
export function asCode(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map((run) => run[0].length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}text\n${text.replace(/\n$/, '')}\n${fence}\n`;
}

/** Leave the names of links to files, and take their addresses: the preview of Markdown follows none, and would show them raw. */
export function withoutFileLinks(markdown: string): string {
  return markdown.replace(/\[((?:\\.|[^\]\\])*)\]\(file:[^)]*\)/g, '$1');
}
