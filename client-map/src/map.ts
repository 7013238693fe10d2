/** The map as `threatline map --format json` and `threatline/systemMap` give it; lines and columns from 1, columns in code points. */

export type Severity = 'critical' | 'high' | 'medium' | 'low' | 'info';
export const SEVERITIES: readonly Severity[] = ['critical', 'high', 'medium', 'low', 'info'];

export interface Position { line: number; column: number }
export interface Range { start: Position; end: Position }
export interface Place { file: string | null; range: Range | null }

export interface Control extends Place { control: string; state: string; note: string }

export interface Component extends Place {
  id: string;
  kind: string;
  name: string;
  title?: string;
  group?: string;
  boundary: string;
  attributes: Record<string, string | number | boolean | null>;
  capabilities: string[];
  controls: Control[];
  missing_controls?: Control[];
  confidence: string;
}

export interface Relation { from: string; to: string; kind: string }
export interface Flow { from: string; to: string; data: string[]; crosses: string[]; evidence: Place[] }
export interface Boundary { id: string; kind: string; name: string }
export interface Step extends Place { role: string; note: string; component?: string | null }

export interface Finding extends Place {
  rule: string;
  kind: string;
  title: string;
  message: string;
  severity: Severity;
  confidence: string;
  status: string;
  status_reason?: string;
  reason?: string;
  looked?: string;
  fingerprint: string;
  component: string;
  controls: string[];
  evidence: Step[];
  maps_to: Record<string, string[]>;
  mitigations: { control: string; title: string; fix: boolean; apply: string }[];
}

export interface SystemMap {
  version: number;
  root: string;
  complete?: boolean;
  components: Component[];
  relations: Relation[];
  flows: Flow[];
  boundaries: Boundary[];
  findings?: Finding[];
  titles?: { controls?: Record<string, string> };
}

/** Tell whether a value has the shape of a map, as far as drawing needs it. */
export function isMap(value: unknown): value is SystemMap {
  const map = value as SystemMap | null;
  return typeof map === 'object' && map !== null && [map.components, map.relations, map.flows, map.boundaries].every(Array.isArray);
}
