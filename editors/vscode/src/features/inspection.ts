/** What runtimes make of an agent, in a document beside it. */

import * as vscode from 'vscode';
import { isShown } from '../server/documents';
import type { Session } from '../server/session';

/** The part of the answer to `agentls/inspect` that is shown here. */
interface Inspection {
    readonly text: string;
}

/** Milliseconds after the last change of a text before its inspection follows. */
const SILENCE = 300;
const SCHEME = 'agentls-inspection';

/** Show the inspection of the current document beside it. */
export async function inspect(): Promise<void> {
    const editor = vscode.window.activeTextEditor;
    if (editor) {
        const document = await vscode.workspace.openTextDocument(inspectionOf(editor.document.uri));
        const viewColumn = vscode.ViewColumn.Beside;
        await vscode.window.showTextDocument(document, { viewColumn, preserveFocus: true });
    }
}

function inspectionOf(uri: vscode.Uri): vscode.Uri {
    // Without the suffix, or VS Code would take the inspection for an agent.
    const name = uri.path.split('/').pop()?.replace(/\.md$/, '') || 'agent';
    return vscode.Uri.from({ scheme: SCHEME, path: `Inspection of ${name}`, query: uri.toString() });
}

export class Inspections implements vscode.Disposable, vscode.TextDocumentContentProvider {
    private readonly changed = new vscode.EventEmitter<vscode.Uri>();
    private readonly disposables: vscode.Disposable[];
    private timer: NodeJS.Timeout | undefined;
    readonly onDidChange = this.changed.event;

    constructor(private readonly session: Session) {
        this.disposables = [
            this.changed,
            session.onDidChange(() => this.update()),
            vscode.workspace.onDidChangeTextDocument(({ document }) => {
                if (isShown(document)) {
                    clearTimeout(this.timer);
                    this.timer = setTimeout(() => this.update(), SILENCE);
                }
            }),
            vscode.workspace.registerTextDocumentContentProvider(SCHEME, this),
        ];
    }

    dispose(): void {
        clearTimeout(this.timer);
        vscode.Disposable.from(...this.disposables).dispose();
    }

    async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
        const found = await this.inspect(vscode.Uri.parse(uri.query, true));
        return found?.text ?? 'This is not an open agent file.\n';
    }

    private update(): void {
        for (const { uri } of vscode.workspace.textDocuments) {
            if (uri.scheme === SCHEME) {
                this.changed.fire(uri);
            }
        }
    }

    private async inspect(uri: vscode.Uri): Promise<Inspection | null | undefined> {
        const textDocument = { uri: uri.toString() };
        try {
            return await this.session.client?.sendRequest('agentls/inspect', { textDocument });
        } catch {
            return undefined; // The server is stopping, or the document has been closed.
        }
    }
}
