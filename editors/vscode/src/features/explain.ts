/** Shows the page of a rule as a preview: of a given one, or of the one that reported the finding at the cursor. */

import * as vscode from 'vscode';

export async function explain(page = pageAtCursor()): Promise<void> {
    if (page) {
        await vscode.commands.executeCommand('markdown.showPreviewToSide', vscode.Uri.parse(page, true));
    } else if (vscode.window.activeTextEditor) {
        void vscode.window.showInformationMessage('agentls reports nothing at the cursor.');
    }
}

function pageAtCursor(): string | undefined {
    const editor = vscode.window.activeTextEditor;
    if (!editor) {
        return undefined;
    }
    const link = vscode.languages
        .getDiagnostics(editor.document.uri)
        .filter(({ source, range }) => source === 'agentls' && range.contains(editor.selection.active))
        .map(({ code }) => (typeof code === 'object' ? code.target : undefined))
        .find((target) => target);
    // It is the command that shows the page, with its address.
    return link && JSON.parse(link.query)[0];
}
