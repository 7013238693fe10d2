-- The server's configuration, found by Neovim itself: `vim.lsp.enable('threatline')` is all it takes.

-- The first one found upward counts: a design file before a repository before a manifest, as on the command line.
local markers = { 'threatmodel.yaml', '.git', { 'pyproject.toml', 'setup.py', 'setup.cfg', 'requirements.txt', 'package.json' } }

---Of YAML files only those that people write for Threatline are its business.
local function is_ours(path)
  return vim.fs.basename(path) == 'threatmodel.yaml'
    or path:find('/%.threatmodel/[^/]+%.ya?ml$') ~= nil
    or path:find('/rules/threats/.+%.yaml$') ~= nil
    or path:find('/rules/catalog/.+%.yaml$') ~= nil
end

---@type vim.lsp.Config
return {
  cmd = { 'threatline', 'serve' },
  filetypes = { 'python', 'typescript', 'typescriptreact', 'javascript', 'javascriptreact', 'yaml' },
  root_dir = function(buffer, on_dir)
    local path = vim.api.nvim_buf_get_name(buffer)
    if vim.bo[buffer].filetype ~= 'yaml' or is_ours(path) then
      on_dir(vim.fs.root(buffer, markers) or (path ~= '' and vim.fs.dirname(path)) or nil)
    end
  end,
  settings = {
    threatline = {
      -- Least severity shown: critical, high, medium, low or info.
      minimumSeverity = 'info',
      -- How severities are shown: error, warning, information or hint.
      severityMapping = { critical = 'error', high = 'error', medium = 'warning', low = 'information', info = 'hint' },
      -- Findings of the whole workspace, or of open files alone ('openFiles').
      scope = 'workspace',
      codeLens = true,
      -- Hints that tell where untrusted data comes from; shown by vim.lsp.inlay_hint.enable().
      inlayHints = false,
      -- Definitions and references of components. Off: Neovim lists them beside those of the language's own server.
      navigation = false,
      watchFiles = true,
    },
  },
}
