-- Drives Neovim through one story and writes down what it saw. Arguments come in g:story: {file, result, line}.
local story = vim.g.story
local seen = { messages = {} }

vim.notify = function(message)
  table.insert(seen.messages, message)
end

local function until_(what, met)
  local ok = vim.wait(90000, met, 5)
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

  -- Code lenses, components, and what reaches them.
  vim.cmd.edit(vim.fn.fnameescape(story.agent))
  local function asked(method, params)
    local answer
    client:request(method, vim.tbl_extend('force', { textDocument = { uri = vim.uri_from_bufnr(0) } }, params or {}), function(err, result)
      answer = { err and err.message or result }
    end)
    until_(method, function()
      return answer ~= nil
    end)
    return answer[1]
  end
  until_('the server at the second file', function()
    return #vim.lsp.get_clients({ name = 'threatline', bufnr = 0 }) == 1
  end)
  asked('threatline/synced', { uri = vim.uri_from_bufnr(0), version = 0 })
  vim.lsp.codelens.refresh({ bufnr = 0 })
  until_('the lenses', function()
    return #vim.lsp.codelens.get(0) > 0
  end)
  seen.lenses = vim.tbl_map(function(lens)
    return lens.command.title
  end, vim.lsp.codelens.get(0))
  seen.symbols = vim.tbl_map(function(symbol)
    return symbol.name
  end, asked('textDocument/documentSymbol'))

  -- Findings of files that are not open; files that are renamed and deleted outside the editor.
  local function workspace_codes(path)
    local buffer = vim.fn.bufadd(path)
    return vim.tbl_map(function(diagnostic)
      return diagnostic.code
    end, vim.diagnostic.get(buffer))
  end
  until_('findings of a closed file', function()
    return vim.tbl_contains(workspace_codes(story.closed), story.rule)
  end)
  local moved = story.closed:gsub('%.py$', '_moved.py')
  vim.wait(1500) -- the watcher begins when the first reading is there
  vim.fn.rename(story.closed, moved)
  until_('the rename', function()
    return vim.tbl_contains(workspace_codes(moved), story.rule) and #workspace_codes(story.closed) == 0
  end)
  vim.fn.delete(moved)
  until_('the deletion', function()
    return #workspace_codes(moved) == 0
  end)
  seen.moved = true

  -- Accept a risk: two questions, and an entry in the design file.
  until_('a finding to accept', function()
    return has('command-without-timeout') or #codes() > 0
  end)
  local open = vim.diagnostic.get(0)[1]
  vim.api.nvim_win_set_cursor(0, { open.lnum + 1, open.col })
  local words = { 'team@example.org', 'Nobody but us can reach this program.' }
  vim.ui.input = function(_, answer)
    answer(table.remove(words, 1))
  end
  vim.cmd.ThreatlineAccept()
  local design
  until_('the entry', function()
    design = vim.fn.bufnr(story.root .. '/threatmodel.yaml')
    return design > 0 and vim.api.nvim_buf_is_loaded(design) and table.concat(vim.api.nvim_buf_get_lines(design, 0, -1, false), '\n'):find('team@example.org') ~= nil
  end)
  seen.accepted = open.code
  seen.design = table.concat(vim.api.nvim_buf_get_lines(design, 0, -1, false), '\n')
  -- The entry counts as soon as it is in the buffer, saved or not.
  until_('the acceptance', function()
    local same = vim.tbl_filter(function(diagnostic)
      return diagnostic.code == open.code and diagnostic.lnum == open.lnum
    end, vim.diagnostic.get(vim.fn.bufnr(story.agent)))
    return #same == 0
  end)

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
