/** Saves a file that an edit has changed without showing it. */

import * as vscode from 'vscode';

export async function save(uri: string): Promise<void> {
    const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(uri, true));
    await document.save();
}
