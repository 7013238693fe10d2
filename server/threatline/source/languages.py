"""Which files are read, and as what: programs by the ends of their names, configuration by its names and places."""

from __future__ import annotations

from typing import Final

LANGUAGES: Final[dict[str, str]] = {
    ".py": "python",
    ".pyi": "python",
    ".ts": "typescript",
    ".mts": "typescript",
    ".cts": "typescript",
    ".tsx": "tsx",
    ".js": "javascript",
    ".jsx": "javascript",
    ".mjs": "javascript",
    ".cjs": "javascript",
    ".ipynb": "notebook",
}
"""Language of programs by suffix."""

DOCUMENT_LANGUAGES: Final = frozenset({"json", "yaml", "toml", "dockerfile", "env", "markdown"})
"""Languages that only say values: they have one definition, and nothing in it runs."""

DOCUMENT_NAMES: Final[dict[str, str]] = {
    "mcp.json": "json",
    ".mcp.json": "json",
    "mcp_config.json": "json",
    "mcp_settings.json": "json",
    "cline_mcp_settings.json": "json",
    "claude_desktop_config.json": "json",
    "managed-settings.json": "json",
    "package.json": "json",
    "tsconfig.json": "json",
    "jsconfig.json": "json",
    ".claude/settings.json": "json",
    ".claude/settings.local.json": "json",
    ".gemini/settings.json": "json",
    ".qwen/settings.json": "json",
    ".vscode/settings.json": "json",
    ".codex/config.toml": "toml",
    "dockerfile": "dockerfile",
    "containerfile": "dockerfile",
    ".env": "env",
    "agents.md": "markdown",
    "claude.md": "markdown",
    "claude.local.md": "markdown",
    "gemini.md": "markdown",
    "skill.md": "markdown",
    ".cursorrules": "markdown",
    ".windsurfrules": "markdown",
    ".clinerules": "markdown",
    ".github/copilot-instructions.md": "markdown",
}
"""Language of configuration by name, or by folder and name; lower case. What else is JSON or YAML is data, and may be huge."""

_YAML = (".yml", ".yaml")


def is_script_manifest(file_id: str) -> bool:
    """Tell whether a file says what the module names of scripts mean: `package.json`, `tsconfig.json` and their kin."""
    name = file_id.rpartition("/")[2].lower()
    return name == "package.json" or (name.endswith(".json") and name.startswith(("tsconfig", "jsconfig")))


def language_of(file_id: str) -> str | None:
    """Name the language of a file by its name, None for files that are neither programs nor known configuration."""
    slash, dot = file_id.rfind("/"), file_id.rfind(".")
    suffix = file_id[dot:].lower() if dot > slash else ""
    return LANGUAGES.get(suffix) or _document(file_id[slash + 1 :].lower(), file_id, slash, suffix)


def _document(name: str, file_id: str, slash: int, suffix: str) -> str | None:
    known = DOCUMENT_NAMES.get(name)
    if known is not None:
        return known
    if name.startswith(("dockerfile.", "containerfile.")) or suffix == ".dockerfile":
        return "dockerfile"
    if name.startswith(".env."):
        return "env"
    if suffix == ".json" and name.startswith(("tsconfig.", "tsconfig-", "jsconfig.")):
        return "json"
    if suffix in _YAML and name.startswith(("docker-compose", "compose.")):
        return "yaml"
    folder = file_id[:slash].lower()
    if suffix in _YAML and (folder == ".github/workflows" or folder.endswith("/.github/workflows")):
        return "yaml"
    if suffix == ".mdc" and folder.endswith(".cursor/rules"):
        return "markdown"
    return DOCUMENT_NAMES.get(f"{folder.rpartition('/')[2]}/{name}") if folder else None
