import { spaced } from './words.js';

/** Kinds of data that flow, the most telling first: a flow that carries several is drawn in the colors of its first two. */
const DATA_KINDS: ReadonlyMap<string, string> = new Map(Object.entries({
  'secret': 'Secret',
  'private-data': 'Private data',
  'user-input': 'User input',
  'external-content': 'Third-party content',
  'model-output': 'Model output',
  'tool-result': 'Tool result',
  'remembered': 'Memory and retrieval',
  'stored-data': 'Stored data',
  'operator-input': 'Operator input',
}));

const ORDER = [...DATA_KINDS.keys()];

/** Name a kind of data. */
export const dataTitle = (kind: string): string => DATA_KINDS.get(kind) ?? spaced(kind);

/** Order kinds of data, each once. */
export function byWeight(data: Iterable<string>): string[] {
  const rank = (kind: string) => (ORDER.includes(kind) ? ORDER.indexOf(kind) : ORDER.length);
  return [...new Set(data)].sort((a, b) => rank(a) - rank(b) || a.localeCompare(b, 'en'));
}

/** Give the class that colors a kind of data. */
export const dataClass = (kind: string): string => (ORDER.includes(kind) ? `data-${kind}` : 'data-other');
