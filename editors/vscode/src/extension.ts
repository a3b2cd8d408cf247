/** Connects VS Code's commands and events with the session and the features. */

import * as vscode from 'vscode';
import { checkTasks } from './features/checkTasks';
import { closeFrontmatter } from './features/closeFrontmatter';
import { explain } from './features/explain';
import { InspectionPages } from './features/inspection';
import { showMap } from './features/map';
import { KINDS, newFile, offerInExplorer } from './features/newFile';
import { showReferences } from './features/references';
import { save } from './features/save';
import { StatusItem } from './features/status';
import { suggestWhileTyping } from './features/suggest';
import { AgentTree } from './features/tree';
import { Session } from './server/session';

const WALKTHROUGH = 'workbench.action.openWalkthrough';
const START = 'agentls.agentls#start';

let session: Session | undefined;

export function activate(context: vscode.ExtensionContext): void {
    const current = new Session(context);
    const command = vscode.commands.registerCommand;
    const tree = new AgentTree(current);
    const pages = new InspectionPages(current);
    context.subscriptions.push(
        tree,
        new StatusItem(current),
        suggestWhileTyping(current),
        closeFrontmatter(current),
        pages,
        current.onDidChange(() => offerInExplorer(current)),
        command('agentls.inspect', () => pages.show()),
        command('agentls.tree.inspect', (node) => pages.show(tree.uriOf(node))),
        command('agentls.explain', (page) => explain(typeof page === 'string' ? page : undefined)),
        command('agentls.save', save),
        command('agentls.newAgent', (folder) => newFile(current, KINDS.agent, folderOf(folder))),
        command('agentls.newSkill', (folder) => newFile(current, KINDS.skill, folderOf(folder))),
        command('agentls.newCommand', (folder) => newFile(current, KINDS.command, folderOf(folder))),
        command('agentls.newInstructions', (folder) =>
            newFile(current, KINDS.instructions, folderOf(folder)),
        ),
        command('agentls.showMap', () => showMap(current)),
        command('agentls.showReferences', (uri, position) => showReferences(current, uri, position)),
        command('agentls.tree.refresh', () => tree.refresh()),
        command('agentls.tree.rename', (node) => tree.rename(node)),
        command('agentls.tree.reveal', (node) => tree.reveal(node)),
        command('agentls.getStarted', () => vscode.commands.executeCommand(WALKTHROUGH, START, false)),
        vscode.tasks.registerTaskProvider('agentls', checkTasks(context)),
        command('agentls.restart', () => current.restart()),
        command('agentls.showOutput', () => current.output.show()),
    );
    current.startIfNeeded();
    session = current;
}

export async function deactivate(): Promise<void> {
    await session?.stop();
}

/** The folder in the explorer that a command was chosen for; other menus give arguments of their own. */
function folderOf(argument: unknown): vscode.Uri | undefined {
    return argument instanceof vscode.Uri ? argument : undefined;
}
