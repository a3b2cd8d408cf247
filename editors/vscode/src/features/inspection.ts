/** What the runtimes make of an agent file, as a page beside it that follows as the file changes. */

import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import type { Session } from '../server/session';

/** Milliseconds after the last change of a text before its page follows. */
const SILENCE = 300;

/** The pages that are open, each for one file. */
export class InspectionPages implements vscode.Disposable {
    private readonly pages = new Map<string, InspectionPage>();
    private readonly changed: vscode.Disposable;

    constructor(private readonly session: Session) {
        this.changed = session.onDidChange(() => {
            for (const page of this.pages.values()) {
                page.update();
            }
        });
    }

    dispose(): void {
        this.changed.dispose();
    }

    /** Show the page of a file, by default of the current one. */
    show(uri = vscode.window.activeTextEditor?.document.uri): void {
        if (!uri) {
            return;
        }
        const page = this.pages.get(uri.toString());
        if (page) {
            page.reveal();
        } else {
            const closed = () => this.pages.delete(uri.toString());
            this.pages.set(uri.toString(), new InspectionPage(this.session, uri, closed));
        }
    }
}

class InspectionPage {
    private readonly panel: vscode.WebviewPanel;
    private timer: NodeJS.Timeout | undefined;

    constructor(
        private readonly session: Session,
        private readonly uri: vscode.Uri,
        closed: () => void,
    ) {
        const title = `Inspection of ${uri.path.split('/').pop()}`;
        const where = { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true };
        const options = { enableScripts: true, localResourceRoots: [], retainContextWhenHidden: true };
        this.panel = vscode.window.createWebviewPanel('agentls.inspection', title, where, options);
        const edited = vscode.workspace.onDidChangeTextDocument(({ document }) => {
            if (document.uri.toString() === uri.toString()) {
                clearTimeout(this.timer);
                this.timer = setTimeout(() => this.update(), SILENCE);
            }
        });
        this.panel.webview.onDidReceiveMessage((line: number) => this.open(line));
        this.panel.onDidDispose(() => {
            clearTimeout(this.timer);
            edited.dispose();
            closed();
        });
        this.panel.webview.html = frame(randomBytes(16).toString('base64'));
        this.update();
    }

    reveal(): void {
        this.panel.reveal(undefined, true);
    }

    /** Show what the server says now. Without an answer the last one stays. */
    async update(): Promise<void> {
        const textDocument = { uri: this.uri.toString() };
        try {
            const client = await this.session.running();
            const found = await client?.sendRequest<{ html: string } | null>('agentls/inspect', {
                textDocument,
            });
            await this.panel.webview.postMessage(found?.html ?? '<p>This is not an agent file.</p>');
        } catch (error) {
            this.session.output.debug(`the inspection: ${error}`); // The server is stopping, or the page was closed.
        }
    }

    /** Go to a line of the file, in the editor that shows it. */
    private async open(number: number): Promise<void> {
        const shown = vscode.window.visibleTextEditors.find(
            ({ document }) => document.uri.toString() === this.uri.toString(),
        );
        const line = Math.max(0, number - 1);
        const selection = new vscode.Range(line, 0, line, 0);
        const viewColumn = shown?.viewColumn ?? vscode.ViewColumn.One;
        await vscode.window.showTextDocument(this.uri, { viewColumn, selection });
    }
}

/** A page that shows the messages that it is sent, and sends the lines that are clicked. */
function frame(nonce: string): string {
    return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy"
    content="default-src 'none'; style-src 'nonce-${nonce}'; script-src 'nonce-${nonce}'">
<style nonce="${nonce}">${STYLE}</style>
</head>
<body>
<main></main>
<script nonce="${nonce}">${SCRIPT}</script>
</body>
</html>`;
}

const STYLE = `
body { padding: 0.5em 1.5em 2em; line-height: 1.5; }
main { max-width: 60em; }
h1 { font-size: 1.5em; font-weight: 600; margin: 0.5em 0; }
h1 a { color: inherit; }
h2 { font-size: 1.1em; font-weight: 600; margin: 0; }
article {
    border: 1px solid var(--vscode-panel-border, var(--vscode-contrastBorder)); border-radius: 4px;
    margin: 1em 0; padding: 0.8em 1.2em; overflow-wrap: anywhere;
}
article > p { margin: 0.4em 0 0; }
a { color: var(--vscode-textLink-foreground); text-decoration: none; }
a:hover { color: var(--vscode-textLink-activeForeground); text-decoration: underline; }
table { border-collapse: collapse; margin-top: 0.6em; }
th, td { padding: 0.15em 1em 0.15em 0; text-align: left; vertical-align: top; }
th { color: var(--vscode-descriptionForeground); font-weight: normal; white-space: nowrap; }
ul { margin: 0.4em 0; padding-left: 2.4em; }
code { font-family: var(--vscode-editor-font-family); color: var(--vscode-textPreformat-foreground);
    background: var(--vscode-textPreformat-background); border-radius: 3px; padding: 0 0.25em; }
h2.good::before, p.good::before, h2.bad::before, p.bad::before { display: inline-block; width: 1.4em; }
.good::before { content: '\\2713'; color: var(--vscode-testing-iconPassed); }
.bad::before { content: '\\2717'; color: var(--vscode-errorForeground); }
td.bad { color: var(--vscode-errorForeground); }
td.bad::before { content: none; }
.muted { color: var(--vscode-descriptionForeground); }
`;

const SCRIPT = `
const vscode = acquireVsCodeApi();
const main = document.querySelector('main');
window.addEventListener('message', ({ data }) => { main.innerHTML = data; });
main.addEventListener('click', (event) => {
    const link = event.target.closest('a[data-line]');
    if (link) {
        event.preventDefault();
        vscode.postMessage(Number(link.dataset.line));
    }
});
`;
