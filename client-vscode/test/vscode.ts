/** A small stand-in for the editor's module: what the tests need of it, and nothing that thinks. */

export class EventEmitter<T> {
  private heard: ((value: T) => void)[] = [];
  readonly event = (hear: (value: T) => void): { dispose(): void } => {
    this.heard.push(hear);
    return { dispose: () => undefined };
  };
  fire(value: T): void {
    for (const hear of this.heard) {
      hear(value);
    }
  }
  dispose(): void {
    this.heard = [];
  }
}

export class ThemeIcon {
  constructor(
    readonly id: string,
    readonly color?: ThemeColor,
  ) {}
}

export class ThemeColor {
  constructor(readonly id: string) {}
}

export class TreeItem {
  constructor(
    readonly label: string,
    readonly collapsibleState = 0,
  ) {}
}

export class Position {
  constructor(
    readonly line: number,
    readonly character: number,
  ) {}
}

export class Range {
  readonly start: Position;
  readonly end: Position;
  constructor(start: Position | number, end: Position | number, line?: number, character?: number) {
    this.start = typeof start === 'number' ? new Position(start, end as number) : start;
    this.end = typeof end === 'number' ? new Position(line ?? 0, character ?? 0) : end;
  }
  intersection(other: Range): Range | undefined {
    const before = (one: Position, two: Position): boolean => one.line < two.line || (one.line === two.line && one.character <= two.character);
    return before(this.start, other.end) && before(other.start, this.end) ? this : undefined;
  }
}

export class Uri {
  private constructor(
    readonly scheme: string,
    readonly fsPath: string,
  ) {}
  static file(name: string): Uri {
    return new Uri('file', name);
  }
  toString(): string {
    return `${this.scheme}://${this.fsPath}`;
  }
}

export const TreeItemCollapsibleState = { None: 0, Collapsed: 1, Expanded: 2 };
export const ViewColumn = { Beside: -2, One: 1, Two: 2 };
export const DiagnosticSeverity = { Error: 0, Warning: 1, Information: 2, Hint: 3 };

/** What the tests say of the settings, the trust and the diagnostics. */
export const given = {
  settings: {} as Record<string, unknown>,
  trusted: true,
  diagnostics: [] as { source: string; severity: number; code: unknown; message: string; range: Range; data?: unknown }[],
};

export const workspace = {
  get isTrusted(): boolean {
    return given.trusted;
  },
  getConfiguration: () => ({ get: (name: string, otherwise: unknown) => given.settings[name] ?? otherwise }),
};
export const languages = {
  getDiagnostics: (uri?: Uri) => (uri === undefined ? [[Uri.file('/w/a.py'), given.diagnostics]] : given.diagnostics),
};
export const window = {};
export const commands = {};
