/** Shows the references to an agent, for the code lens above it. */

import * as vscode from 'vscode';
import { type Position, ReferencesRequest } from 'vscode-languageclient/node';
import type { Session } from '../server/session';

/** The server gives the file and the position of the name. It counts what is shown here: not the name itself, and no links. */
export async function showReferences({ client }: Session, uri: string, position: Position): Promise<void> {
    if (!client) {
        return;
    }
    const context = { includeDeclaration: false };
    const found = await client.sendRequest(ReferencesRequest.type, {
        textDocument: { uri },
        position,
        context,
    });
    const { asPosition, asReferences, asUri } = client.protocol2CodeConverter;
    const locations = await asReferences(found);
    await vscode.commands.executeCommand(
        'editor.action.showReferences',
        asUri(uri),
        asPosition(position),
        locations,
    );
}
