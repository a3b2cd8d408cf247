/** Adds the closing `---` below the opening one when a person has typed that, also if VS Code formats nothing on typing. */

import * as vscode from 'vscode';
import { DocumentOnTypeFormattingRequest } from 'vscode-languageclient/node';
import { isReasonToStart } from '../server/documents';
import type { Session } from '../server/session';
import { isEnabled } from '../server/settings';

export function closeFrontmatter(session: Session): vscode.Disposable {
    return vscode.workspace.onDidChangeTextDocument(({ document, contentChanges, reason }) => {
        const [change, ...others] = contentChanges;
        const isLineBreak = /^\r?\n$/.test(change?.text) && !others.length && reason === undefined;
        const editor = vscode.window.activeTextEditor;
        if (
            isLineBreak &&
            change.range.start.line === 0 &&
            editor?.document === document &&
            isWanted(document)
        ) {
            void close(session, editor);
        }
    });
}

/** Whether to ask the server, which VS Code does itself if it formats on typing. */
function isWanted(document: vscode.TextDocument): boolean {
    const formats = vscode.workspace.getConfiguration('editor', document).get('formatOnType', false);
    return !formats && isEnabled('formatting') && isReasonToStart(document);
}

/** Insert what the server adds after a line break at the end of the first line, and leave the cursor before it. */
async function close({ client }: Session, editor: vscode.TextEditor): Promise<void> {
    const { document } = editor;
    const { version } = document;
    const found = await client
        ?.sendRequest(DocumentOnTypeFormattingRequest.type, {
            textDocument: { uri: document.uri.toString() },
            position: { line: 1, character: 0 },
            ch: '\n',
            options: { tabSize: 2, insertSpaces: true },
        })
        .catch(() => null);
    const [edit] = found ?? [];
    if (client && edit && document.version === version) {
        // Any other edit would take the cursor along.
        const text = new vscode.SnippetString().appendTabstop(0).appendText(edit.newText);
        const options = { undoStopBefore: false, undoStopAfter: false };
        await editor.insertSnippet(text, client.protocol2CodeConverter.asRange(edit.range), options);
    }
}
