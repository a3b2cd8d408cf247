/** The task that checks all agent files of a workspace folder, with the findings under Problems. */

import * as vscode from 'vscode';
import { find } from '../server/find';

export function checkTasks(context: vscode.ExtensionContext): vscode.TaskProvider {
    return {
        provideTasks: async () => {
            const folders = vscode.workspace.workspaceFolders ?? [];
            const tasks = await Promise.all(
                folders.map((folder) => task(context, { type: 'agentls' }, folder)),
            );
            return tasks.filter((found) => found !== undefined);
        },
        resolveTask: ({ definition, scope }) =>
            typeof scope === 'object' ? task(context, definition, scope) : undefined,
    };
}

/** The task in a folder, nothing if there is no agentls to run. */
async function task(
    context: vscode.ExtensionContext,
    definition: vscode.TaskDefinition,
    folder: vscode.WorkspaceFolder,
): Promise<vscode.Task | undefined> {
    const found = await find(context);
    if ('tried' in found) {
        return undefined;
    }
    const { command, args } = found.program;
    const paths: string[] = definition.paths ?? ['.'];
    const check = [...args, 'check', '--output-format', 'concise', ...paths];
    const run = new vscode.ProcessExecution(command, check, { cwd: folder.uri.fsPath });
    const result = new vscode.Task(definition, folder, 'check', 'agentls', run, '$agentls');
    result.presentationOptions = { reveal: vscode.TaskRevealKind.Silent };
    return result;
}
