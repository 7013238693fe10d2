-- Commands; everything else is the server's. Nothing is loaded before it is used.
if vim.g.loaded_threatline then
  return
end
vim.g.loaded_threatline = true

vim.api.nvim_create_user_command('ThreatlineMap', function()
  require('threatline').map()
end, { desc = 'Show the system map of this workspace in the browser' })

vim.api.nvim_create_user_command('ThreatlineExplain', function(call)
  require('threatline').explain(call.args)
end, { nargs = '?', desc = 'Explain the finding on this line, or a rule, control or framework id' })

vim.api.nvim_create_user_command('ThreatlineAccept', function()
  require('threatline').accept_here()
end, { desc = 'Accept the risk of the finding on this line, in threatmodel.yaml' })

-- Runs before the server's own command: an acceptance needs words that only its owner has.
vim.lsp.commands['threatline.acceptRisk'] = function(command, context)
  require('threatline').accept(command, context)
end

vim.lsp.commands['threatline.explain'] = function(command)
  require('threatline').explain_finding(command.arguments[1].fingerprint)
end

vim.lsp.commands['threatline.showFlow'] = function(command)
  require('threatline').flow(command.arguments[1])
end
