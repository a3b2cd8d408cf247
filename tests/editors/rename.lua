-- A person in Neovim renames the agent that the seventh asks first, and saves all files.
-- Run by test_neovim.py.
local function wait(what, done)
  assert(vim.wait(20000, done, 20), what)
end

local function main()
  local clients_of = vim.lsp.get_clients or vim.lsp.get_active_clients
  vim.cmd('edit .claude/agents/code-reviewer-7.md')
  local buffer = vim.api.nvim_get_current_buf()
  wait('no server', function()
    local client = clients_of()[1]
    return client and client.initialized and vim.lsp.buf_is_attached(buffer, client.id)
  end)
  local client = clients_of()[1]
  vim.fn.cursor(10, 8)
  vim.fn.confirm = function()
    return 2 -- No to words in doubt, which newer versions ask about.
  end
  vim.lsp.buf.rename('critic')
  wait('nothing is renamed', function()
    return vim.fn.filereadable('.claude/agents/critic.md') == 1
  end)
  vim.cmd('wall')
  client.stop(client)
  wait('the server does not end', function()
    return client.is_stopped(client)
  end)
end

local ok, problem = xpcall(main, debug.traceback)
if not ok then
  io.stdout:write('problem: ' .. vim.fn.json_encode(problem) .. '\n')
  vim.cmd('cquit 1')
end
vim.cmd('qall!')
