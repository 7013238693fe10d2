local M = {}

function M.check()
  vim.health.start('threatline')
  if vim.fn.has('nvim-0.11') == 1 then
    vim.health.ok('Neovim ' .. tostring(vim.version()))
  else
    vim.health.error('Neovim 0.11 or newer is needed', { 'Older ones can start `threatline serve` with vim.lsp.start()' })
    return
  end
  local config = vim.lsp.config.threatline
  local program = type(config) == 'table' and type(config.cmd) == 'table' and config.cmd[1] or 'threatline'
  if vim.fn.executable(program) == 1 then
    local version = vim.system({ program, '--version' }, { text = true }):wait(5000)
    if version.code == 0 then
      vim.health.ok(vim.trim(version.stdout) .. ' at ' .. vim.fn.exepath(program))
    else
      vim.health.error(program .. ' does not start', vim.split(vim.trim(version.stderr or ''), '\n'))
    end
  else
    vim.health.error(program .. ' is not on the PATH', { 'install it from a clone of the repository: pipx install .', 'or set `cmd` with vim.lsp.config()' })
  end
  if not vim.lsp.is_enabled('threatline') then
    vim.health.warn('the server is not enabled', { "vim.lsp.enable('threatline')" })
  end
  local clients = vim.lsp.get_clients({ name = 'threatline' })
  for _, client in ipairs(clients) do
    vim.health.ok(('running for %s, %d buffers'):format(client.root_dir or '(no root)', vim.tbl_count(client.attached_buffers)))
  end
  if #clients == 0 then
    vim.health.info('not running: open a Python, TypeScript or JavaScript file')
  end
end

return M
