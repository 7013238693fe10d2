/** Names as people read them, and text of a workspace made safe to read: what could hide or steer is written as an escape. */

const UNSEEN = /[\u0000-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]|[\u{e0000}-\u{e007f}]/gu;

/** Write control, direction-changing and invisible characters as visible escapes. */
export function shown(text: string): string {
  return text.replace(UNSEEN, (found) => {
    const code = found.codePointAt(0) ?? 0;
    if (code < 0x100) return `\\x${code.toString(16).padStart(2, '0')}`;
    return code < 0x10000 ? `\\u${code.toString(16).padStart(4, '0')}` : `\\U${code.toString(16).padStart(8, '0')}`;
  });
}

/** Read an id as words: `function-tool` is a function tool. */
export const spaced = (word: string): string => shown(word.replace(/[-_]/g, ' '));

/** Write a number with its noun. */
export const counted = (number: number, noun: string, plural = `${noun}s`): string => `${number} ${number === 1 ? noun : plural}`;

/** Shorten to what fits into `width` pixels at `size` pixels of a sans-serif face; widths are rough means, which need no canvas. */
export function fitted(text: string, width: number, size: number): string {
  let used = 0;
  let end = 0;
  for (const character of text) {
    const wide = /[\u1100-\u{3ffff}]/u.test(character) ? 1 : /[A-ZmwMW@%&]/.test(character) ? 0.74 : /[ijlt.,:;'|/()[\] ]/.test(character) ? 0.36 : 0.58;
    used += wide * size;
    if (used > width) return `${text.slice(0, Math.max(1, end - 1)).trimEnd()}…`;
    end += character.length;
  }
  return text;
}
