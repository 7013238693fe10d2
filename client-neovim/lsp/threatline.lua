-- The server's configuration, found by Neovim itself: `vim.lsp.enable('threatline')` is all it takes.
---@type vim.lsp.Config
return {
  cmd = { 'threatline', 'serve' },
  filetypes = { 'python', 'typescript', 'typescriptreact', 'javascript', 'javascriptreact' },
  -- The first one found upward counts: a design file before a repository before a manifest, as on the command line.
  root_markers = { 'threatmodel.yaml', '.git', { 'pyproject.toml', 'setup.py', 'setup.cfg', 'requirements.txt', 'package.json' } },
  settings = {
    threatline = {
      -- Least severity shown: critical, high, medium, low or info.
      minimumSeverity = 'info',
      -- Findings of the whole workspace, or of open files alone ('openFiles').
      scope = 'workspace',
      codeLens = true,
      watchFiles = true,
    },
  },
}
