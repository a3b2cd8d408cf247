-- agentls for Neovim 0.11 and later: see README.md beside this folder.

--- Where agent files lie. Buffers elsewhere start no server; put places of your own here as well.
local PLACES = { '/agents/' }

---@type vim.lsp.Config
return {
  cmd = { 'agentls', 'server' },
  filetypes = { 'markdown' },
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
