"""The names of kinds, one list each. Everything that speaks of a kind checks its spelling here.

Component kinds and zones are the ontology's ids (2026-11 edition). The other lists settle the several spellings of its files into one.
"""

from __future__ import annotations

from typing import Final, Literal, get_args

Severity = Literal["critical", "high", "medium", "low", "info"]
Confidence = Literal["high", "medium", "low"]
Audience = Literal["developer", "reviewer", "auditor"]
Status = Literal["open", "ignored", "accepted", "declared"]
FindingKind = Literal["threat", "missing-control", "design"]

SEVERITIES: Final[tuple[Severity, ...]] = get_args(Severity)
"""From worst to least."""

CONFIDENCES: Final[tuple[Confidence, ...]] = get_args(Confidence)
AUDIENCES: Final[tuple[Audience, ...]] = get_args(Audience)

ControlState = Literal["absent", "off", "weak", "fails-open", "declared", "present"]
CONTROL_STATES: Final[tuple[ControlState, ...]] = get_args(ControlState)

RelationKind = Literal[
    "has-tool", "hands-off-to", "has-memory", "retrieves-from", "uses-model", "serves", "runs-in", "governed-by", "acts-as", "trained-on",
    "has-member", "embeds-with", "calls", "has-prompt",
]
RELATIONS: Final[tuple[RelationKind, ...]] = get_args(RelationKind)

DATA_KINDS: Final[dict[str, str]] = {
    "user-input": "written by the person on the other side of a channel",
    "external-content": "written by third parties: web, mail, documents, tickets, packages",
    "model-output": "produced by a model; inherits every kind that was in its context",
    "tool-result": "returned by a tool",
    "private-data": "confidential or personal data of the organization or of other users",
    "secret": "a credential or key",
    "remembered": "read back from memory or an index",
    "stored-data": "read from a database, file or cache of the application's own",
    "operator-input": "given by whoever runs the program: command line, environment, configuration",
}

CAPABILITIES: Final[dict[str, str]] = {
    "executes-code": "runs code in the process or on the host",
    "executes-isolated-code": "runs code behind a process boundary of its own",
    "runs-commands": "starts programs on the host",
    "reads-files": "reads files",
    "writes-files": "creates, changes or deletes files",
    "reads-database": "reads records",
    "writes-database": "changes or deletes records",
    "deletes-data": "destroys data that cannot be had back",
    "fetches-web": "reads from addresses on the network",
    "sends-data": "sends data to an outside address (request body, upload, webhook)",
    "sends-messages": "sends mail or messages to people",
    "moves-money": "pays, refunds or transfers",
    "administers-cloud": "changes cloud or cluster resources",
    "changes-records": "changes records of an outside system through its API",
    "reads-private-data": "reads personal or confidential data",
    "sees-untrusted-content": "brings text written by third parties into a model's context",
    "reads-secrets": "reads credentials",
    "writes-memory": "writes what a model will read later",
    "reads-memory": "reads what was remembered",
    "spawns-agents": "starts further agents",
    "changes-instructions": "changes prompts, tools or settings of an agent",
    "calls-model": "asks a model",
}

PORTS: Final[dict[str, str]] = {
    # sources: port -> kind of data that leaves it
    "model.output": "model-output",
    "agent.output": "model-output",
    "tool.arguments": "model-output",
    "tool.result": "tool-result",
    "endpoint.request": "user-input",
    "chat.input": "user-input",
    "upload.content": "external-content",
    "web.content": "external-content",
    "document.content": "external-content",
    "message.content": "external-content",
    "artefact.content": "external-content",
    "retrieval.result": "remembered",
    "memory.content": "remembered",
    "database.rows": "stored-data",
    "file.content": "stored-data",
    "secret.value": "secret",
    "record.secret": "secret",
    "private.value": "private-data",
    "operator.value": "operator-input",
    "api.argument": "user-input",
    "identity.value": "stored-data",
    # sinks: what enters, "" for no kind of its own
    "model.system": "",
    "model.prompt": "",
    "model.image": "",
    "agent.instructions": "",
    "instruction.text": "",
    "agent.input": "",
    "tool.description": "",
    "code.source": "",
    "shell.command": "",
    "process.arguments": "",
    "import.name": "",
    "sql.query": "",
    "sql.parameters": "",
    "database.write": "",
    "html.content": "",
    "markdown.content": "",
    "template.source": "",
    "prompt.template": "",
    "file.read-path": "",
    "file.write-path": "",
    "file.delete-path": "",
    "file.data": "",
    "archive.members": "",
    "http.url": "",
    "http.body": "",
    "deserializer.data": "",
    "artefact.source": "",
    "package.name": "",
    "email.recipient": "",
    "message.body": "",
    "payment.amount": "",
    "vector.write": "",
    "vector.query": "",
    "vector.filter": "",
    "memory.write": "",
    "memory.key": "",
    "training.data": "",
    "log.record": "",
    "endpoint.response": "",
    "server.launch": "",
    "session.key": "",
    "record.id": "",
    "tool.new-description": "",
    "credential.presence": "",
    "decision.test": "",
    "cache.key": "",
    "http.checked-url": "",
    "session.owner": "",
}
"""Ports of components by dotted name. A port with a data kind gives data of that kind; the others only receive."""

ORIGINS: Final[frozenset[str]] = frozenset(port for port, data in PORTS.items() if data)

ZONES: Final[frozenset[str]] = frozenset(
    """
        application application-edge ci cloud developer-workstation external host ml-platform platform sandbox self-hosted
        third-party third-party-edge untrusted untrusted-input user-facing
    """.split()
)

COMPONENT_KINDS: Final[frozenset[str]] = frozenset(
    """
        chat-ui chat-endpoint voice-channel messaging-bot file-upload cli-entry inbound-trigger scheduled-run output-renderer
        end-user ci-agent-step agent-instruction-file agent-permission-config hosted-llm llm-client model-gateway
        local-llm-runtime in-process-model embedding-model reranker vision-input image-generator speech-model realtime-session
        structured-output-call prompt-template system-prompt prompt-registry conversation-context response-cache batch-inference
        agent code-agent workflow-graph chain agent-team supervisor handoff agent-as-tool subagent-spawner planner agent-runtime
        remote-agent a2a-server agent-skill agent-hook human-approval agent-identity function-tool toolset hosted-tool
        code-interpreter shell-tool computer-use browser-automation web-search-tool web-fetch-tool sql-tool filesystem-tool
        http-api-tool email-tool payment-tool messaging-tool saas-connector repo-tool cloud-admin-tool mcp-server mcp-client
        mcp-config mcp-remote execution-sandbox session-memory long-term-memory checkpointer vector-store document-loader
        web-crawler ingestion-pipeline retriever rag-engine knowledge-graph hosted-knowledge-base dataset-source training-dataset
        feedback-collector labelling-tool synthetic-data feature-store training-job hosted-finetune local-finetune reward-model
        ml-pipeline experiment-tracker evaluation-suite notebook model-hub-download model-loader model-registry adapter tokenizer
        model-export artefact-store model-server inference-api cloud-model-endpoint serverless-gpu ai-container ai-iac edge-model
        secret-source input-guard output-guard moderation pii-redactor policy-engine rate-limiter artefact-scanner red-team-suite
        ai-inventory llm-tracer audit-log app-logger model-monitor usage-meter web-endpoint auth-provider database cache
        object-store message-queue file-system process-shell outbound-http email-service payment-service template-renderer
        browser-client saas-api
    """.split()
)
"""The ontology's kinds. An MCP resource is a document-loader, an MCP prompt a prompt-template, a graph node a chain; an attribute tells."""
