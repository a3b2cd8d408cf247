/** What comes of the current agent, in the status bar and as a document beside it. */

import * as vscode from 'vscode';
import type { Extension } from './extension';
import { wants } from './middleware';

/** The server's answer to `agentls/inspect`. */
export interface Inspection {
    readonly text: string;
    readonly readings: readonly { readonly word: string; readonly good: boolean; readonly verdict: string }[];
}

const SILENCE = 300;
const SCHEME = 'agentls-inspection';

export class Status implements vscode.Disposable, vscode.TextDocumentContentProvider {
    private readonly item = vscode.window.createStatusBarItem(
        'agentls.reading',
        vscode.StatusBarAlignment.Right,
        100,
    );
    private readonly changed = new vscode.EventEmitter<vscode.Uri>();
    private readonly disposables: vscode.Disposable[];
    private timer: NodeJS.Timeout | undefined;
    readonly onDidChange = this.changed.event;

    constructor(private readonly extension: Extension) {
        this.item.name = 'agentls: Current Agent';
        this.disposables = [
            this.item,
            this.changed,
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
        this.disposables.forEach((disposable) => disposable.dispose());
    }

    /** There is no server, and `message` says why. */
    missing(message: string): void {
        this.item.text = '$(error) agentls';
        this.item.tooltip = `${message} Click for the output.`;
        this.item.command = 'agentls.showOutput';
        this.item.show();
    }

    /** Ask anew, for the current agent and for all inspections that are open. */
    update(): void {
        void this.show();
        vscode.workspace.textDocuments
            .filter(({ uri }) => uri.scheme === SCHEME)
            .forEach(({ uri }) => this.changed.fire(uri));
    }

    private async show(): Promise<void> {
        const document = vscode.window.activeTextEditor?.document;
        if (document?.uri.scheme === SCHEME) {
            return;
        }
        const found = document && (await this.inspect(document.uri));
        if (document !== vscode.window.activeTextEditor?.document) {
            return;
        }
        void vscode.commands.executeCommand('setContext', 'agentls.isAgent', Boolean(found));
        if (!this.extension.client) {
            return;
        }
        if (!found || !wants('status')) {
            this.item.hide();
            return;
        }
        const worst = found.readings.find((reading) => !reading.good) ?? found.readings[0];
        this.item.text = `${worst.good ? '$(check)' : '$(error)'} agent: ${worst.word}`;
        this.item.tooltip = found.readings.map((reading) => reading.verdict).join('\n');
        this.item.command = 'agentls.inspect';
        this.item.show();
    }

    private async inspect(uri: vscode.Uri): Promise<Inspection | undefined> {
        const textDocument = { uri: uri.toString() };
        try {
            const found = await this.extension.client?.sendRequest<Inspection | null>('agentls/inspect', {
                textDocument,
            });
            return found ?? undefined;
        } catch {
            return undefined; // It is being stopped, or has been closed since.
        }
    }

    async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
        const found = await this.inspect(vscode.Uri.parse(uri.query, true));
        return found?.text ?? 'This is not an open agent file.\n';
    }
}

/** The document that shows what comes of the one at `uri`. */
export function inspectionOf(uri: vscode.Uri): vscode.Uri {
    // Without its ending, or VS Code would take the page for an agent.
    const name = uri.path.split('/').pop()?.replace(/\.md$/, '') || 'agent';
    return vscode.Uri.from({ scheme: SCHEME, path: `Inspection of ${name}`, query: uri.toString() });
}
