/** Opens the page of the rule that reported the finding at the cursor. */

import * as vscode from 'vscode';

export async function explain(): Promise<void> {
    const editor = vscode.window.activeTextEditor;
    if (!editor) {
        return;
    }
    const page = vscode.languages
        .getDiagnostics(editor.document.uri)
        .filter(({ source, range }) => source === 'agentls' && range.contains(editor.selection.active))
        .map(({ code }) => (typeof code === 'object' ? code.target : undefined))
        .find((target) => target);
    if (page) {
        await vscode.commands.executeCommand('markdown.showPreviewToSide', page);
    } else {
        void vscode.window.showInformationMessage('agentls reports nothing at the cursor.');
    }
}
