/** The views in the side bar: findings by severity, and components by kind with what is open about them. */

import * as path from 'node:path';
import * as vscode from 'vscode';

import { openFindings, type Component, type Finding, type SystemMap } from './map.js';
import type { Model } from './model.js';
import { fileIn } from './places.js';
import { counted, isShown, SEVERITIES } from './words.js';

/** What stands in the views. */
export type Node =
  | { readonly kind: 'root'; readonly map: SystemMap }
  | { readonly kind: 'group'; readonly map: SystemMap; readonly name: string; readonly members: readonly Node[] }
  | { readonly kind: 'component'; readonly map: SystemMap; readonly component: Component; readonly findings: readonly Finding[] }
  | { readonly kind: 'finding'; readonly map: SystemMap; readonly finding: Finding };

const ICONS: Readonly<Record<string, readonly [icon: string, color: string]>> = {
  critical: ['error', 'problemsErrorIcon.foreground'],
  high: ['error', 'problemsErrorIcon.foreground'],
  medium: ['warning', 'problemsWarningIcon.foreground'],
  low: ['info', 'problemsInfoIcon.foreground'],
  info: ['lightbulb', 'problemsInfoIcon.foreground'],
};

/** Words in a component's kind and the icon for it; the first that fits counts. */
const KINDS: readonly (readonly [RegExp, string])[] = [
  [/agent|supervisor|team/, 'hubot'],
  [/llm|model|embedding|rerank/, 'sparkle'],
  [/tool|interpreter|computer-use|browser/, 'tools'],
  [/mcp/, 'plug'],
  [/endpoint|api|ui|bot|webhook/, 'globe'],
  [/store|database|memory|cache|index|bucket/, 'database'],
  [/secret|key/, 'key'],
  [/prompt|template/, 'comment'],
  [/queue|bus|stream/, 'inbox'],
];

/** Name the icon of a component's kind. */
export function iconOf(kind: string): string {
  return KINDS.find(([words]) => words.test(kind))?.[1] ?? 'symbol-misc';
}

/** Say a component's kind in words. */
export function kindOf(component: Component): string {
  return component.title ?? component.kind.replaceAll('-', ' ');
}

/** A view over the maps; `arrange` lists what stands below a map. */
export class Tree implements vscode.TreeDataProvider<Node>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<undefined>();
  private readonly listening: vscode.Disposable;
  readonly onDidChangeTreeData = this.changed.event;

  constructor(
    private readonly model: Model,
    private readonly arrange: (map: SystemMap) => Node[],
  ) {
    this.listening = model.onDidChange(() => this.changed.fire(undefined));
  }

  getChildren(node?: Node): Node[] {
    if (node === undefined) {
      const filled = this.model.maps.filter((map) => this.arrange(map).length > 0);
      const only = filled.length === 1 ? filled[0] : undefined;
      return only === undefined ? filled.map((map) => ({ kind: 'root', map })) : this.arrange(only);
    }
    switch (node.kind) {
      case 'root':
        return this.arrange(node.map);
      case 'group':
        return [...node.members];
      case 'component':
        return node.findings.map((finding) => ({ kind: 'finding', map: node.map, finding }));
      case 'finding':
        return [];
    }
  }

  getTreeItem(node: Node): vscode.TreeItem {
    switch (node.kind) {
      case 'root': {
        const item = new vscode.TreeItem(path.basename(node.map.root), vscode.TreeItemCollapsibleState.Expanded);
        item.iconPath = new vscode.ThemeIcon('root-folder');
        item.tooltip = node.map.root;
        return item;
      }
      case 'group': {
        const item = new vscode.TreeItem(node.name, vscode.TreeItemCollapsibleState.Expanded);
        item.description = String(node.members.length);
        return item;
      }
      case 'component':
        return componentItem(node);
      case 'finding':
        return findingItem(node.map, node.finding);
    }
  }

  dispose(): void {
    this.listening.dispose();
    this.changed.dispose();
  }
}

/** List a map's findings by severity. */
export function bySeverity(map: SystemMap): Node[] {
  const findings = shownFindings(map);
  return SEVERITIES.flatMap((severity): Node[] => {
    const members = findings.filter((finding) => finding.severity === severity).map((finding): Node => ({ kind: 'finding', map, finding }));
    return members.length === 0 ? [] : [{ kind: 'group', map, name: severity[0]?.toUpperCase() + severity.slice(1), members }];
  });
}

/** List a map's components by kind; those with something open first. */
export function byKind(map: SystemMap): Node[] {
  const findings = shownFindings(map);
  const groups = new Map<string, Node[]>();
  for (const component of map.components) {
    const of = findings.filter((finding) => finding.component === component.id);
    const name = kindOf(component);
    groups.set(name, [...(groups.get(name) ?? []), { kind: 'component', map, component, findings: of }]);
  }
  const open = (node: Node): number => (node.kind === 'component' ? node.findings.length : 0);
  return [...groups]
    .toSorted(([one], [other]) => one.localeCompare(other))
    .map(([name, members]) => ({
      kind: 'group',
      map,
      name: (name[0] ?? '').toUpperCase() + name.slice(1),
      members: members.toSorted((one, other) => open(other) - open(one)),
    }));
}

function shownFindings(map: SystemMap): Finding[] {
  const least = vscode.workspace.getConfiguration('threatline').get('minimumSeverity', 'info');
  return openFindings(map, (severity) => isShown(severity, least), SEVERITIES);
}

function componentItem(node: Extract<Node, { kind: 'component' }>): vscode.TreeItem {
  const { component, findings, map } = node;
  const { Collapsed, None } = vscode.TreeItemCollapsibleState;
  const item = new vscode.TreeItem(component.name, findings.length > 0 ? Collapsed : None);
  item.description = findings.length > 0 ? counted(findings.length, 'finding') : '';
  item.tooltip = `${kindOf(component)} ${component.name}${component.file === null ? '' : `\n${component.file}`}`;
  item.contextValue = 'component';
  const color = ICONS[findings[0]?.severity ?? '']?.[1];
  item.iconPath = new vscode.ThemeIcon(iconOf(component.kind), color === undefined ? undefined : new vscode.ThemeColor(color));
  if (component.file !== null) {
    item.command = { command: 'threatline.openNode', title: 'Open', arguments: [node] };
  }
  item.accessibilityInformation = { label: `${kindOf(component)} ${component.name}, ${counted(findings.length, 'finding')} in ${map.root}` };
  return item;
}

function findingItem(map: SystemMap, finding: Finding): vscode.TreeItem {
  const item = new vscode.TreeItem(finding.title);
  item.description = `${finding.file}${finding.range === null ? '' : `:${finding.range.start.line}`}`;
  item.tooltip = `${finding.message}\n\n${finding.severity}, ${finding.rule}`;
  item.contextValue = 'finding';
  const [icon, color] = ICONS[finding.severity] ?? ['circle-outline', ''];
  item.iconPath = new vscode.ThemeIcon(icon, new vscode.ThemeColor(color));
  const uri = fileIn(map.root, finding.file);
  if (uri !== undefined) {
    item.command = { command: 'threatline.openNode', title: 'Open', arguments: [{ kind: 'finding', map, finding } satisfies Node] };
  }
  return item;
}
