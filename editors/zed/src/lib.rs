//! Starts `agentls server` for Markdown, with the settings of Zed.

use zed_extension_api::{self as zed, LanguageServerId, Result, Worktree};

struct Agentls;

impl zed::Extension for Agentls {
    fn new() -> Self {
        Agentls
    }

    fn language_server_command(
        &mut self,
        _: &LanguageServerId,
        worktree: &Worktree,
    ) -> Result<zed::Command> {
        let command = worktree
            .which("agentls")
            .ok_or("agentls is not on the PATH: install it, or set lsp.agentls.binary")?;
        Ok(zed::Command {
            command,
            args: vec!["server".to_string()],
            env: worktree.shell_env(),
        })
    }
}

zed::register_extension!(Agentls);
