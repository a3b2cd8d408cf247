/** Connects VS Code's commands and events with the session and the features. */

import * as vscode from 'vscode';
import { explain } from './features/explain';
import { Inspections, inspect } from './features/inspection';
import { showMap } from './features/map';
import { newAgent } from './features/newAgent';
import { showReferences } from './features/references';
import { StatusItem } from './features/status';
import { suggestWhileTyping } from './features/suggest';
import { Session } from './server/session';

let session: Session | undefined;

export function activate(context: vscode.ExtensionContext): void {
    const current = new Session(context);
    const command = vscode.commands.registerCommand;
    context.subscriptions.push(
        new Inspections(current),
        new StatusItem(current),
        suggestWhileTyping(current),
        command('agentls.inspect', inspect),
        command('agentls.explain', explain),
        command('agentls.newAgent', () => newAgent(current)),
        command('agentls.showMap', () => showMap(current)),
        command('agentls.showReferences', (uri, position) => showReferences(current, uri, position)),
        command('agentls.restart', () => current.restart()),
        command('agentls.showOutput', () => current.output.show()),
    );
    current.startIfNeeded();
    session = current;
}

export async function deactivate(): Promise<void> {
    await session?.stop();
}
