/** What runtimes make of the current agent: a word in the status bar, and a document beside the agent. */

import * as vscode from 'vscode';
import type { Session } from '../server/session';
import { isEnabled } from '../server/settings';

/** The answer to `agentls/inspect`. */
interface Inspection {
    readonly text: string;
    readonly readings: readonly { readonly word: string; readonly good: boolean; readonly verdict: string }[];
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
    private readonly item = vscode.window.createStatusBarItem(
        'agentls.reading',
        vscode.StatusBarAlignment.Right,
        100,
    );
    private readonly changed = new vscode.EventEmitter<vscode.Uri>();
    private readonly disposables: vscode.Disposable[];
    private timer: NodeJS.Timeout | undefined;
    readonly onDidChange = this.changed.event;

    constructor(private readonly session: Session) {
        this.item.name = 'agentls: Current Agent';
        this.disposables = [
            this.item,
            this.changed,
            session.onDidChange(() => this.update()),
            vscode.window.onDidChangeActiveTextEditor(() => this.update()),
            vscode.workspace.onDidChangeTextDocument(({ document }) => {
                if (document.uri.scheme !== SCHEME) {
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

    /** Update the status bar and all inspections that are open. */
    private update(): void {
        void this.updateItem();
        for (const { uri } of vscode.workspace.textDocuments) {
            if (uri.scheme === SCHEME) {
                this.changed.fire(uri);
            }
        }
    }

    private async updateItem(): Promise<void> {
        const document = vscode.window.activeTextEditor?.document;
        if (document?.uri.scheme === SCHEME && !this.session.failure) {
            return; // The inspected agent stays in the status bar.
        }
        const found = document && (await this.inspect(document.uri));
        if (document !== vscode.window.activeTextEditor?.document) {
            return;
        }
        void vscode.commands.executeCommand('setContext', 'agentls.isAgent', Boolean(found));
        const { client, failure } = this.session;
        if (failure) {
            this.show('$(error) agentls', `${failure.message} Click for the output.`, 'showOutput');
        } else if (found && isEnabled('status')) {
            const worst = found.readings.find((reading) => !reading.good) ?? found.readings[0];
            const text = `${worst.good ? '$(check)' : '$(error)'} agent: ${worst.word}`;
            this.show(text, found.readings.map((reading) => reading.verdict).join('\n'), 'inspect');
        } else if (client) {
            this.item.hide();
        }
    }

    private show(text: string, tooltip: string, command: string): void {
        this.item.text = text;
        this.item.tooltip = tooltip;
        this.item.command = `agentls.${command}`;
        this.item.show();
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
