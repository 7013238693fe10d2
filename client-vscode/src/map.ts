/** The system map as the server gives it (`threatline map --format json`); only what the client reads is named. */

export interface Place {
  readonly line: number;
  readonly column: number;
}

/** Lines and columns from 1, columns in code points. */
export interface Span {
  readonly start: Place;
  readonly end: Place;
}

export interface Component {
  readonly id: string;
  readonly kind: string;
  readonly name: string;
  readonly title?: string;
  readonly group?: string;
  readonly file: string | null;
  readonly range: Span | null;
}

export interface Finding {
  readonly rule: string;
  readonly title: string;
  readonly message: string;
  readonly severity: string;
  readonly status: string;
  readonly fingerprint: string;
  readonly file: string;
  readonly range: Span | null;
  readonly component: string;
}

export interface SystemMap {
  readonly root: string;
  readonly components: readonly Component[];
  readonly findings?: readonly Finding[];
}

/** The findings that nobody has silenced, at or above a severity, the worst first. */
export function openFindings(map: SystemMap, shown: (severity: string) => boolean, order: readonly string[]): Finding[] {
  return (map.findings ?? [])
    .filter((finding) => finding.status !== 'ignored' && finding.status !== 'accepted' && shown(finding.severity))
    .toSorted((one, other) => order.indexOf(one.severity) - order.indexOf(other.severity));
}
