-- agentls for Neovim 0.7 to 0.10: see README.md two folders up.

local M = {}

--- The options with their defaults.
M.options = {
  cmd = { 'agentls', 'server' },
  -- Paths of agent files contain one of these. Other buffers start no server.
  places = { '/agents/' },
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
    pattern = 'markdown',
    group = vim.api.nvim_create_augroup('agentls', { clear = true }),
    callback = function(event)
      attach(event.buf, options)
    end,
  })
end

return M
