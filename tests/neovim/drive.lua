-- Drives Neovim through one story and writes down what it saw. Arguments come in g:story: {file, result, line}.
local story = vim.g.story
local seen = { messages = {} }

vim.notify = function(message)
  table.insert(seen.messages, message)
end

local function until_(what, met)
  local ok = vim.wait(20000, met, 5)
  if not ok then
    error('waited in vain: ' .. what)
  end
end

local function codes()
  local found = {}
  for _, diagnostic in ipairs(vim.diagnostic.get(0)) do
    if diagnostic.source == 'threatline' then
      table.insert(found, diagnostic.code)
    end
  end
  return found
end

local function has(code)
  return vim.tbl_contains(codes(), code)
end

local function floating()
  for _, window in ipairs(vim.api.nvim_list_wins()) do
    if vim.api.nvim_win_get_config(window).relative ~= '' then
      return window
    end
  end
end

local function tell()
  vim.lsp.enable('threatline')
  vim.cmd.edit(vim.fn.fnameescape(story.file))
  until_('the server', function()
    return #vim.lsp.get_clients({ name = 'threatline', bufnr = 0 }) == 1
  end)
  local client = vim.lsp.get_clients({ name = 'threatline', bufnr = 0 })[1]
  until_('the greeting', function()
    return client.initialized
  end)
  seen.root = client.root_dir
  seen.units = client.offset_encoding
  local synced
  client:request('threatline/synced', { uri = vim.uri_from_bufnr(0), version = 0 }, function(err)
    synced = err and err.message or 'yes'
  end)
  until_('the first reading', function()
    return synced ~= nil
  end)
  seen.synced = synced
  seen.before = codes()

  -- Type the line that makes the threat.
  vim.cmd('normal! G')
  local started = vim.uv.hrtime()
  vim.cmd('normal! oreturn subprocess.run(command, shell=True)')
  until_('the finding', function()
    return has(story.rule)
  end)
  seen.milliseconds = (vim.uv.hrtime() - started) / 1e6

  local finding = vim.tbl_filter(function(diagnostic)
    return diagnostic.code == story.rule
  end, vim.diagnostic.get(0))[1]
  seen.finding = { line = finding.lnum, column = finding.col, severity = finding.severity, message = finding.message }

  vim.api.nvim_win_set_cursor(0, { finding.lnum + 1, finding.col + 2 })
  vim.lsp.buf.hover()
  until_('the hover', floating)
  seen.hover = table.concat(vim.api.nvim_buf_get_lines(vim.api.nvim_win_get_buf(floating()), 0, -1, false), '\n')
  vim.api.nvim_win_close(floating(), true)

  vim.cmd.ThreatlineExplain()
  until_('the explanation', floating)
  seen.explained = table.concat(vim.api.nvim_buf_get_lines(vim.api.nvim_win_get_buf(floating()), 0, -1, false), '\n')
  vim.api.nvim_win_close(floating(), true)

  vim.ui.open = function(uri)
    seen.opened = uri
    return {}, nil
  end
  vim.cmd.ThreatlineMap()
  until_('the map', function()
    return seen.opened ~= nil
  end)

  -- Take the first fix.
  vim.ui.select = function(items, _, choose)
    seen.actions = vim.tbl_map(function(item)
      return item.action.title
    end, items)
    choose(items[1], 1)
  end
  vim.lsp.buf.code_action()
  until_('the fix', function()
    return seen.actions ~= nil and not has(story.rule)
  end)
  seen.after = codes()
  seen.text = vim.api.nvim_buf_get_lines(0, 0, -1, false)

  vim.cmd('checkhealth threatline')
  seen.health = table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), '\n')
end

local ok, problem = xpcall(tell, debug.traceback)
if not ok then
  seen.problem = problem
end
local file = assert(io.open(story.result, 'w'))
file:write(vim.json.encode(seen))
file:close()
vim.cmd('qall!')
