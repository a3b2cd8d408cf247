-- agentls for Neovim 0.11 and later: see README.md in the parent folder.

--- Paths of agent files contain one of these. Other buffers start no server; add places of your own here.
local PLACES = {
  '/agents/', '/skills/', '/commands/', '/prompts/', '/rules/', '/instructions/',
  '/CLAUDE.md', '/AGENTS.md', '/GEMINI.md', '/agentls.toml',
}

---@type vim.lsp.Config
return {
  cmd = { 'agentls', 'server' },
  filetypes = { 'markdown', 'toml' },
  root_dir = function(buffer, start)
    local path = vim.fs.normalize(vim.api.nvim_buf_get_name(buffer))
    for _, place in ipairs(PLACES) do
      if path:find(place, 1, true) then
        start(vim.fs.root(buffer, { 'agentls.toml', '.git' }))
        return
      end
    end
  end,
  settings = { agentls = vim.empty_dict() },
}
