-- What a person does in Neovim, one step a line of output: `name: JSON`. Run by test_neovim.py.
local function say(name, value)
  io.stdout:write(name .. ': ' .. vim.fn.json_encode(value) .. '\n')
end

local function wait(what, done)
  assert(vim.wait(20000, done, 20), what)
end

local function main()
  local clients_of = vim.lsp.get_clients or vim.lsp.get_active_clients
  vim.cmd('edit README.md')
  say('elsewhere', #clients_of())
  vim.cmd('edit .claude/agents/reviewer.md')
  local buffer = vim.api.nvim_get_current_buf()
  wait('no diagnostics', function()
    return #vim.diagnostic.get(buffer) > 0
  end)
  local clients = clients_of()
  say('clients', vim.tbl_map(function(client)
    return client.name
  end, clients))
  local client = clients[1]
  say('root', client.config.root_dir)
  say('diagnostics', vim.tbl_map(function(found)
    return { found.source, found.code, found.lnum, found.col, found.message }
  end, vim.diagnostic.get(buffer)))

  local function ask(method, params)
    params.textDocument = { uri = vim.uri_from_bufnr(buffer) }
    local answers = assert(vim.lsp.buf_request_sync(buffer, method, params, 20000), method)
    local answer = answers[client.id]
    assert(answer and not answer.error, method .. vim.inspect(answer))
    return answer.result
  end

  local here = { line = 3, character = 13 }
  local items = ask('textDocument/completion', { position = here }).items
  say('completion', vim.tbl_map(function(item)
    return item.label
  end, items))
  say('hover', ask('textDocument/hover', { position = { line = 0, character = 1 } }).contents.value)
  local symbols = ask('textDocument/documentSymbol', {})
  say('outline', vim.tbl_map(function(symbol)
    return symbol.name
  end, symbols))

  local range = { start = here, ['end'] = here }
  local actions = ask('textDocument/codeAction', { range = range, context = { diagnostics = {} } })
  say('actions', vim.tbl_map(function(action)
    return action.title
  end, actions))
  local action = actions[1]
  if not action.edit then
    local answers = vim.lsp.buf_request_sync(buffer, 'codeAction/resolve', action, 20000)
    action = answers[client.id].result
  end
  vim.lsp.util.apply_workspace_edit(action.edit, client.offset_encoding)
  say('fixed', vim.api.nvim_buf_get_lines(buffer, 3, 4, false))
  wait('the diagnostic stays', function()
    return #vim.diagnostic.get(buffer) == 0
  end)

  vim.api.nvim_win_set_cursor(0, { 4, 6 })
  vim.bo[buffer].omnifunc = 'v:lua.vim.lsp.omnifunc'
  vim.cmd('normal! A, Gr')
  wait('the typed word is not reported', function()
    return #vim.diagnostic.get(buffer) == 1
  end)
  vim.cmd('luafile ' .. vim.env.AGENTLS_ON_SAVE)
  vim.api.nvim_buf_set_lines(buffer, 1, 4, false, {
    'name:   reviewer', 'description: Reviews code. Use it after every change.', 'tools: Read, Read, Glob',
  })
  vim.cmd('write')
  say('saved', vim.api.nvim_buf_get_lines(buffer, 1, 4, false))
  say('written', vim.fn.readfile(vim.api.nvim_buf_get_name(buffer)))
  vim.cmd('checkhealth agentls')
  say('health', vim.api.nvim_buf_get_lines(0, 0, -1, false))
  client.stop(client)
  wait('the server does not end', function()
    return client.is_stopped(client)
  end)
end

local ok, problem = xpcall(main, debug.traceback)
if not ok then
  say('problem', problem)
  vim.cmd('cquit 1')
end
vim.cmd('qall!')
