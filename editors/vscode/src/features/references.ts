/** Shows the references to an agent, for the code lens above its name. */

import * as vscode from 'vscode';

/** The server gives the file and the position of the name, which arrive as JSON. */
export async function showReferences(file: string, { line, character }: vscode.Position): Promise<void> {
    const [uri, at] = [vscode.Uri.parse(file, true), new vscode.Position(line, character)];
    const command = 'vscode.executeReferenceProvider';
    const found = await vscode.commands.executeCommand<vscode.Location[]>(command, uri, at);
    await vscode.commands.executeCommand('editor.action.showReferences', uri, at, found);
}
