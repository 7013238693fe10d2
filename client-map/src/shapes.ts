/** Outlines of boxes by group of kinds, as SVG paths, and icons by kind (from Lucide). */

import {
  Activity, AppWindow, BookOpen, Bot, Box as BoxIcon, BrainCircuit, ChartLine, CircleUser, Cloud, Code, Container, CreditCard, Cpu, Database, FileCog,
  FileInput, FileText, FlaskConical, FolderOpen, Gauge, Globe, HardDrive, History, KeyRound, Layers, Mail, MessageSquare, MessagesSquare, Mic, Network,
  Package, Plug, Route, ScrollText, Search, Server, Shield, SquareTerminal, Tags, UserCheck, UsersRound, Workflow, Wrench, Zap, type IconNode,
} from 'lucide';

const ICONS: ReadonlyMap<string, IconNode> = new Map(Object.entries({
  'agent': Bot, 'code-agent': Bot, 'remote-agent': Bot, 'agent-as-tool': Bot, 'agent-team': UsersRound, 'supervisor': UsersRound,
  'workflow-graph': Workflow, 'chain': Workflow, 'planner': Route, 'handoff': Route, 'agent-runtime': Cpu,
  'a2a-server': Network, 'agent-skill': BookOpen, 'agent-hook': Zap, 'human-approval': UserCheck, 'agent-identity': CircleUser,
  'agent-instruction-file': ScrollText, 'agent-permission-config': FileCog, 'ci-agent-step': Workflow,
  'hosted-llm': BrainCircuit, 'llm-client': BrainCircuit, 'model-gateway': Route, 'local-llm-runtime': Cpu, 'in-process-model': Cpu,
  'embedding-model': Layers, 'reranker': Layers, 'speech-model': Mic, 'voice-channel': Mic, 'realtime-session': Mic,
  'prompt-template': ScrollText, 'system-prompt': ScrollText, 'prompt-registry': ScrollText, 'conversation-context': MessagesSquare,
  'function-tool': Wrench, 'toolset': Wrench, 'hosted-tool': Wrench, 'code-interpreter': Code, 'shell-tool': SquareTerminal,
  'process-shell': SquareTerminal, 'cli-entry': SquareTerminal, 'browser-automation': AppWindow, 'computer-use': AppWindow,
  'web-search-tool': Search, 'web-fetch-tool': Globe, 'http-api-tool': Globe, 'outbound-http': Globe, 'web-crawler': Globe, 'web-endpoint': Globe,
  'sql-tool': Database, 'database': Database, 'filesystem-tool': FolderOpen, 'file-system': FolderOpen, 'email-tool': Mail, 'email-service': Mail,
  'payment-tool': CreditCard, 'payment-service': CreditCard, 'messaging-tool': MessageSquare, 'messaging-bot': MessageSquare, 'chat-ui': MessagesSquare,
  'chat-endpoint': MessagesSquare, 'mcp-server': Plug, 'mcp-client': Plug, 'mcp-config': FileCog, 'mcp-remote': Plug, 'saas-connector': Plug,
  'saas-api': Cloud, 'cloud-admin-tool': Cloud, 'repo-tool': Code, 'execution-sandbox': Container, 'ai-container': Container,
  'session-memory': History, 'long-term-memory': History, 'checkpointer': History, 'vector-store': Layers, 'knowledge-graph': Network,
  'document-loader': FileInput, 'file-upload': FileInput, 'ingestion-pipeline': Workflow, 'retriever': Search, 'rag-engine': Search,
  'end-user': CircleUser, 'browser-client': AppWindow, 'output-renderer': AppWindow, 'template-renderer': FileText, 'secret-source': KeyRound,
  'auth-provider': KeyRound, 'audit-log': ScrollText, 'app-logger': ScrollText, 'llm-tracer': Activity, 'model-monitor': Activity, 'usage-meter': Gauge,
  'rate-limiter': Gauge, 'cache': Zap, 'response-cache': Zap, 'object-store': HardDrive, 'artefact-store': HardDrive, 'message-queue': Layers,
  'inbound-trigger': Zap, 'scheduled-run': History, 'model-server': Server, 'inference-api': Server, 'red-team-suite': FlaskConical, 'notebook': BookOpen,
  'labelling-tool': Tags, 'evaluation-suite': FlaskConical,
}));

const GROUP_ICONS: ReadonlyMap<string, IconNode> = new Map(Object.entries({
  'interaction': MessagesSquare, 'agent': Bot, 'tools': Wrench, 'model-access': BrainCircuit, 'memory': Layers, 'training': FlaskConical,
  'artefacts': Package, 'serving': Server, 'governance': Shield, 'observability': ChartLine, 'ordinary': BoxIcon,
}));

/** Give the icon of a kind: its own, else its group's. */
export const iconOf = (kind: string, group: string): IconNode => ICONS.get(kind) ?? GROUP_ICONS.get(group) ?? BoxIcon;

const STORES = new Set([
  'database', 'cache', 'object-store', 'file-system', 'vector-store', 'session-memory', 'long-term-memory', 'checkpointer', 'knowledge-graph',
  'artefact-store', 'model-registry', 'feature-store', 'message-queue', 'response-cache', 'hosted-knowledge-base', 'dataset-source', 'training-dataset',
]);

export type Outline = 'rounded' | 'point' | 'cut' | 'octagon' | 'cylinder' | 'page' | 'bars' | 'pill' | 'plain';

/** Name the outline of a kind. What keeps data is a cylinder, whatever its group. */
export function outlineOf(kind: string, group: string): Outline {
  if (STORES.has(kind)) return 'cylinder';
  switch (group) {
    case 'interaction': return 'pill';
    case 'agent': return 'point';
    case 'tools': return 'cut';
    case 'model-access': return kind.includes('prompt') ? 'page' : 'octagon';
    case 'artefacts': return 'page';
    case 'serving': return 'bars';
    case 'memory': case 'observability': case 'governance': case 'training': return 'rounded';
    default: return 'plain';
  }
}

/** Draw an outline as an SVG path from the corner 0, 0. */
export function pathOfOutline(outline: Outline, w: number, h: number): string {
  const round = (r: number) => `M${r} 0H${w - r}A${r} ${r} 0 0 1 ${w} ${r}V${h - r}A${r} ${r} 0 0 1 ${w - r} ${h}H${r}A${r} ${r} 0 0 1 0 ${h - r}V${r}A${r} ${r} 0 0 1 ${r} 0Z`;
  switch (outline) {
    case 'pill': return round(h / 2);
    case 'rounded': return round(14);
    case 'point': return `M14 0H${w - 14}L${w} ${h / 2}L${w - 14} ${h}H14L0 ${h / 2}Z`;
    case 'octagon': return `M12 0H${w - 12}L${w} 12V${h - 12}L${w - 12} ${h}H12L0 ${h - 12}V12Z`;
    case 'cut': return `M4 0H${w - 14}L${w} 14V${h - 4}A4 4 0 0 1 ${w - 4} ${h}H4A4 4 0 0 1 0 ${h - 4}V4A4 4 0 0 1 4 0Z`;
    case 'cylinder': return `M0 8A${w / 2} 8 0 0 1 ${w} 8V${h - 8}A${w / 2} 8 0 0 1 0 ${h - 8}ZM0 8A${w / 2} 8 0 0 0 ${w} 8`;
    case 'page': return `M3 0H${w}V${h - 7}C${w * 0.75} ${h - 17} ${w * 0.62} ${h - 2} ${w / 2} ${h - 5}S${w * 0.2} ${h + 6} 0 ${h - 2}V3A3 3 0 0 1 3 0Z`;
    case 'bars': return `${round(3)}M8 0V${h}M${w - 8} 0V${h}`;
    case 'plain': return round(5);
  }
}
