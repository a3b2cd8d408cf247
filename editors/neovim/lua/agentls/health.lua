-- `:checkhealth agentls`: whether the server is installed, its version, and whether it runs. For Neovim 0.7 and later.

local M = {}

local health = vim.health or require('health') -- A separate module in 0.7.
local start = health.start or health.report_start -- The short names are new in 0.10.
local ok = health.ok or health.report_ok
local info = health.info or health.report_info
local warn = health.warn or health.report_warn
local error = health.error or health.report_error

local INSTALL = {
  'Install agentls so that `agentls --version` works in the shell from which you start Neovim',
  'Or set `cmd` to its full path: { "/path/to/agentls", "server" }',
}

--- The configured command; `nil` if there is none.
local function command()
  if not vim.lsp.enable then
    if vim.fn.exists('#agentls#FileType') == 1 then
      ok('Set up by `require("agentls").setup()`')
    else
      warn('Not set up', { "Add require('agentls').setup() to your init.lua" })
    end
    return require('agentls').options.cmd
  end
  local config = vim.lsp.config.agentls
  if not config or not config.cmd then
    error('lsp/agentls.lua not found in `runtimepath`', { 'Copy it to ' .. vim.fn.stdpath('config') .. '/lsp/' })
    return nil
  end
  if vim.lsp.is_enabled and not vim.lsp.is_enabled('agentls') then -- 0.11 has no such function.
    warn('Not enabled', { "Add vim.lsp.enable('agentls') to your init.lua" })
  end
  return config.cmd
end

--- Report the path and the version of the program.
local function program(cmd)
  local path = vim.fn.exepath(cmd[1])
  if path == '' then
    error('Program `' .. cmd[1] .. '` not found', INSTALL)
    return
  end
  local ask = vim.list_extend({}, cmd, 1, #cmd - 1)
  table.insert(ask, '--version')
  local answer = vim.trim(vim.fn.system(ask))
  if vim.v.shell_error == 0 then
    ok(answer .. ' in ' .. path)
  else
    error('`' .. table.concat(ask, ' ') .. '` fails: ' .. answer, INSTALL)
  end
end

function M.check()
  start('agentls')
  local cmd = command()
  if type(cmd) == 'table' then
    program(cmd)
  end
  local running = 0
  for _, client in ipairs((vim.lsp.get_clients or vim.lsp.get_active_clients)()) do
    if client.name == 'agentls' then
      running = running + 1
      ok('Running for ' .. (client.config.root_dir or 'files outside of a project'))
    end
  end
  if running == 0 then
    info('Not running. The server starts when the first Markdown file below a folder `agents` is opened.')
  end
end

return M
