-- agentls for Neovim 0.7 to 0.10: see README.md two folders up.

local M = {}

local PLACES = {
  '/agents/', '/skills/', '/commands/', '/prompts/', '/rules/', '/instructions/',
  '/CLAUDE.md', '/AGENTS.md', '/GEMINI.md', '/agentls.toml',
}

--- The options with their defaults.
M.options = {
  cmd = { 'agentls', 'server' },
  -- Paths of agent files contain one of these. Other buffers start no server.
  places = PLACES,
  -- The settings of the server: `debounce`, `logLevel`, and those of the rules.
  settings = {},
  on_attach = nil,
}

-- One client for each project, by its root; "" for files outside all projects.
local clients = {}

local function is_agent(path, places)
  for _, place in ipairs(places) do
    if path:find(place, 1, true) then
      return true
    end
  end
  return false
end

--- The nearest parent folder of `path` with a configuration or a repository.
local function root_of(path)
  local folder = vim.fn.fnamemodify(path, ':h')
  while true do
    for _, marker in ipairs({ 'agentls.toml', '.git' }) do
      if vim.loop.fs_stat(folder .. '/' .. marker) then
        return folder
      end
    end
    local parent = vim.fn.fnamemodify(folder, ':h')
    if parent == folder then
      return nil
    end
    folder = parent
  end
end

local function attach(buffer, options)
  local path = vim.api.nvim_buf_get_name(buffer):gsub('\\', '/')
  if not is_agent(path, options.places) then
    return
  end
  local root = root_of(path)
  local key = root or ''
  local running = clients[key] and vim.lsp.get_client_by_id(clients[key])
  if not running and vim.fn.executable(options.cmd[1]) == 0 then
    vim.notify_once('agentls: program `' .. options.cmd[1] .. '` not found; see :checkhealth agentls', vim.log.levels.WARN)
    return
  end
  if not running or running.is_stopped() then
    clients[key] = vim.lsp.start_client({
      name = 'agentls',
      cmd = options.cmd,
      root_dir = root,
      init_options = options.settings,
      settings = { agentls = options.settings },
      on_attach = options.on_attach,
    })
  end
  if clients[key] then
    vim.lsp.buf_attach_client(buffer, clients[key])
  end
end

--- Start agentls for every agent file that is opened. `overrides` replaces defaults of `M.options`.
function M.setup(overrides)
  local options = vim.tbl_extend('force', M.options, overrides or {})
  M.options = options
  if vim.tbl_isempty(options.settings) then
    options.settings = vim.empty_dict()
  end
  vim.api.nvim_create_autocmd('FileType', {
    pattern = { 'markdown', 'toml' },
    group = vim.api.nvim_create_augroup('agentls', { clear = true }),
    callback = function(event)
      attach(event.buf, options)
    end,
  })
end

--- Send a request, and return its result once it is there.
local function ask(client, method, params, buffer)
  params.textDocument = params.textDocument or { uri = vim.uri_from_bufnr(buffer) }
  local answer
  if vim.fn.has('nvim-0.11') == 1 then
    answer = client:request_sync(method, params, 2000, buffer)
  else
    answer = client.request_sync(method, params, 2000, buffer)
  end
  return answer and answer.result
end

local function fix(client, buffer)
  local start = { line = 0, character = 0 }
  local params = {
    range = { start = start, ['end'] = start },
    context = { diagnostics = {}, only = { 'source.fixAll.agentls' } },
  }
  for _, action in ipairs(ask(client, 'textDocument/codeAction', params, buffer) or {}) do
    local resolved = action.edit and action or ask(client, 'codeAction/resolve', action, buffer)
    if resolved and resolved.edit then
      vim.lsp.util.apply_workspace_edit(resolved.edit, client.offset_encoding)
    end
  end
end

local function format(client, buffer)
  local params = { options = { tabSize = 2, insertSpaces = true } }
  local edits = ask(client, 'textDocument/formatting', params, buffer)
  if edits then
    vim.lsp.util.apply_text_edits(edits, buffer, client.offset_encoding)
  end
end

--- Before an agent file is written, apply all safe fixes (`wanted.fix`), then format it (`wanted.format`).
function M.on_save(wanted)
  vim.api.nvim_create_autocmd('BufWritePre', {
    group = vim.api.nvim_create_augroup('agentls.save', { clear = true }),
    callback = function(event)
      local clients_of = vim.lsp.get_clients and function()
        return vim.lsp.get_clients({ bufnr = event.buf })
      end or function()
        return vim.lsp.buf_get_clients(event.buf)
      end
      for _, client in pairs(clients_of()) do
        if client.name == 'agentls' then
          if wanted.fix then
            fix(client, event.buf)
          end
          if wanted.format then
            format(client, event.buf)
          end
        end
      end
    end,
  })
end

return M
