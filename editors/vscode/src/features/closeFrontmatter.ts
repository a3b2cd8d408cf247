/** Adds the closing `---` when a person has typed the opening one, below the cursor and what is typed meanwhile. */

import * as vscode from 'vscode';
import { DocumentOnTypeFormattingRequest } from 'vscode-languageclient/node';
import { isInFrontmatter, isReasonToStart } from '../server/documents';
import type { Session } from '../server/session';
import { isEnabled } from '../server/settings';

/** VS Code refuses an edit if a key was pressed on its way. Nobody presses as many keys in a row that fast. */
const ATTEMPTS = 20;

export function closeFrontmatter(session: Session): vscode.Disposable {
    return vscode.workspace.onDidChangeTextDocument(({ document, contentChanges, reason }) => {
        const [change, ...others] = contentChanges;
        const isLineBreak = /^\r?\n$/.test(change?.text) && !others.length && reason === undefined;
        const editor = vscode.window.activeTextEditor;
        if (
            isLineBreak &&
            change.range.start.line === 0 &&
            editor?.document === document &&
            isEnabled('formatting') &&
            isReasonToStart(document)
        ) {
            void close(session, editor);
        }
    });
}

/** Insert what the server adds after a line break at the end of the first line, and leave the cursor before it. */
async function close({ client }: Session, editor: vscode.TextEditor): Promise<void> {
    const { document } = editor;
    const { lineCount } = document;
    const found = await client
        ?.sendRequest(DocumentOnTypeFormattingRequest.type, {
            textDocument: { uri: document.uri.toString() },
            position: { line: 1, character: 0 },
            ch: '\n',
            options: { tabSize: 2, insertSpaces: true },
        })
        .catch(() => null);
    const [edit] = found ?? [];
    if (!edit) {
        return;
    }
    // An edit at the cursor takes it along, a snippet does not.
    const text = new vscode.SnippetString().appendTabstop(0).appendText(edit.newText);
    const options = { undoStopBefore: false, undoStopAfter: false };
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
        // The person may be some letters or lines further by now.
        const line = 1 + document.lineCount - lineCount;
        if (line < 1 || !isInFrontmatter(document, line)) {
            return;
        }
        if (await editor.insertSnippet(text, document.lineAt(line).range.end, options)) {
            return;
        }
    }
}
