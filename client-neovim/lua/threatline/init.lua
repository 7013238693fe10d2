local M = {}

local function say(message, level)
  vim.notify('threatline: ' .. message, level or vim.log.levels.WARN)
end

---@return vim.lsp.Client?
local function client()
  local found = vim.lsp.get_clients({ name = 'threatline', bufnr = 0 })[1] or vim.lsp.get_clients({ name = 'threatline' })[1]
  if not found then
    say('the server is not running here; see :checkhealth threatline')
  end
  return found
end

---Ask the server; `use` gets the answer, and an error is shown.
local function ask(method, params, use)
  local server = client()
  if not server then
    return
  end
  server:request(method, params, function(err, result)
    if err then
      say(err.message, vim.log.levels.ERROR)
    elseif result and use then
      use(result)
    end
  end)
end

---The fingerprint of the finding on the cursor's line, the worst one if there are several.
local function fingerprint()
  local line = vim.api.nvim_win_get_cursor(0)[1] - 1
  local found = vim.tbl_filter(function(diagnostic)
    return diagnostic.source == 'threatline'
  end, vim.diagnostic.get(0, { lnum = line }))
  table.sort(found, function(a, b)
    return a.severity < b.severity
  end)
  return vim.tbl_get(found[1] or {}, 'user_data', 'lsp', 'data', 'fingerprint')
end

---Show the system map as a page in the browser.
function M.map()
  local uri = vim.uri_from_bufnr(0)
  ask('workspace/executeCommand', { command = 'threatline.showMap', arguments = { { uri = vim.bo.buftype == '' and uri or nil } } })
end

---Explain the finding on this line, or an id of a rule, a control or a framework, in a floating window.
---@param id string?
function M.explain(id)
  local params = { id = id }
  if not id or id == '' then
    params = { fingerprint = fingerprint() }
    if not params.fingerprint then
      say('no finding on this line')
      return
    end
  end
  M.explain_(params)
end

---Explain a finding in a floating window.
---@param print_ string
function M.explain_finding(print_)
  M.explain_({ fingerprint = print_ })
end

---@private
function M.explain_(params)
  ask('threatline/explain', params, function(answer)
    local markdown = answer.markdown and answer.markdown ~= ''
    local lines = vim.split(markdown and answer.markdown or answer.text, '\n', { trimempty = true })
    vim.lsp.util.open_floating_preview(lines, markdown and 'markdown' or 'text', { focus_id = 'threatline', border = 'rounded', max_width = 100 })
  end)
end

---List the steps of a finding's path in the quickfix list.
function M.flow(given)
  local params = vim.tbl_extend('force', given, { quiet = true })
  ask('workspace/executeCommand', { command = 'threatline.showFlow', arguments = { params } }, function(answer)
    local server = client()
    local items = {}
    for _, step in ipairs(answer.steps) do
      local found = vim.lsp.util.locations_to_items({ step.location }, server and server.offset_encoding or 'utf-8')[1]
      if found then
        found.text = step.role .. ': ' .. step.note
        table.insert(items, found)
      end
    end
    vim.fn.setqflist({}, ' ', { title = 'Flow of ' .. answer.rule, items = items })
    vim.cmd('botright copen')
  end)
end

---Accept the risk of the finding on this line.
function M.accept_here()
  local server, print_ = client(), fingerprint()
  if server and not print_ then
    say('no finding on this line')
  elseif server then
    M.accept({ arguments = { { uri = vim.uri_from_bufnr(0), fingerprint = print_ } } }, { client_id = server.id })
  end
end

---Ask for the owner and the reason of an acceptance, and have the server write it.
function M.accept(command, context)
  local given = vim.deepcopy((command.arguments or {})[1] or {})
  local server = vim.lsp.get_client_by_id(context.client_id)
  vim.ui.input({ prompt = 'Owner of the risk: ' }, function(owner)
    if not server or not owner then
      return
    end
    vim.ui.input({ prompt = 'Reason (20 characters or more): ' }, function(reason)
      if reason then
        given.owner, given.reason = owner, reason
        server:request('workspace/executeCommand', { command = 'threatline.acceptRisk', arguments = { given } })
      end
    end)
  end)
end

return M
