// agentls in OpenCode: after each tool that writes a file, what agentls says about the file is added to the result of the
// tool, so that the model reads it in its next request. OpenCode 1 calls `server`, OpenCode 2 `setup`.

import { spawn } from "node:child_process"

const WRITERS = new Set(["write", "edit", "multiedit", "patch", "apply_patch"])

/**
 * Returns what agentls says about the files that a tool has written, "" if there is nothing to say. It never fails,
 * because OpenCode would take that for a failure of the tool.
 */
function ask(tool, args, cwd) {
  return new Promise((resolve) => {
    const agentls = spawn("agentls", ["hook"], { cwd, stdio: ["pipe", "ignore", "pipe"] })
    let said = ""
    agentls.stderr.setEncoding("utf8").on("data", (text) => {
      said += text
    })
    agentls.on("error", () => resolve("")) // It is not installed.
    agentls.on("close", (code) => resolve(code === 2 ? said.trimEnd() : ""))
    agentls.stdin.on("error", () => {}) // It has ended before it read everything.
    agentls.stdin.end(JSON.stringify({ hook_event_name: "tool.execute.after", tool, args, cwd }))
  })
}

/** Returns the content of a result of OpenCode 2 with a text after it. */
function append(content, text) {
  return typeof content === "string" ? `${content}\n\n${text}` : [...(content ?? []), { type: "text", text }]
}

export default {
  id: "agentls",

  server: async ({ directory }) => ({
    "tool.execute.after": async ({ tool, args }, result) => {
      const said = WRITERS.has(tool) ? await ask(tool, args, directory) : ""
      if (said) result.output += `\n\n${said}`
    },
  }),

  setup: async (ctx) => {
    await ctx.tool.hook("execute.after", async (event) => {
      if (event.status !== "completed" || !WRITERS.has(event.tool)) return
      const session = await ctx.session.get({ sessionID: event.sessionID })
      const said = await ask(event.tool, event.input, session.location.directory)
      if (said) event.result = { ...event.result, content: append(event.result.content, said) }
    })
  },
}
