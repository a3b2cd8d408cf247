/** What the runtimes make of the current agent file, in the status bar. */

import * as vscode from 'vscode';
import { isShown } from '../server/documents';
import type { Session } from '../server/session';
import { isEnabled } from '../server/settings';

/** The part of the answer to `agentls/inspect` that is shown here. */
interface Inspection {
    /** What the file is, such as `skill`. */
    readonly noun: string;
    readonly readings: readonly Reading[];
}

/** What a runtime does with the file. */
interface Reading {
    readonly runtime: string;
    readonly words: string;
    readonly level: Level;
    readonly verdict: string;
}

type Level = 'works' | 'impaired' | 'broken';

const LEVELS: readonly Level[] = ['works', 'impaired', 'broken'];
const ICONS: Record<Level, string> = { works: '$(check)', impaired: '$(warning)', broken: '$(error)' };

/** Milliseconds after the last change of a text before its status follows. */
const SILENCE = 500;

const IN_WEBASSEMBLY = 'agentls runs in WebAssembly, since Python 3.10 or newer was not found.';

/** The commands that the tooltip links to, with their titles. */
const LINKS = {
    'agentls.inspect': 'Inspect',
    'agentls.showOutput': 'Show Output',
    'agentls.restart': 'Restart Server',
} as const;

export class StatusItem implements vscode.Disposable {
    private readonly item = vscode.window.createStatusBarItem(
        'agentls.reading',
        vscode.StatusBarAlignment.Right,
        100,
    );
    private readonly disposables: vscode.Disposable[];
    private timer: NodeJS.Timeout | undefined;

    constructor(private readonly session: Session) {
        this.item.name = 'agentls: Current Agent File';
        this.disposables = [
            this.item,
            session.onDidChange(() => this.update()),
            vscode.window.onDidChangeActiveTextEditor(() => this.update()),
            vscode.workspace.onDidChangeTextDocument(({ document }) => {
                if (isShown(document)) {
                    clearTimeout(this.timer);
                    this.timer = setTimeout(() => this.update(), SILENCE);
                }
            }),
        ];
    }

    dispose(): void {
        clearTimeout(this.timer);
        vscode.Disposable.from(...this.disposables).dispose();
    }

    private async update(): Promise<void> {
        const { client, failure } = this.session;
        const document = currentDocument();
        const found = document && (await this.inspect(document));
        if (document !== currentDocument()) {
            return;
        }
        void vscode.commands.executeCommand('setContext', 'agentls.isAgent', Boolean(found));
        if (failure) {
            this.show(
                'broken',
                'agentls',
                [['broken', failure.message]],
                ['agentls.showOutput', 'agentls.restart'],
            );
        } else if (found?.readings.length && isEnabled('status')) {
            this.showInspection(found);
        } else if (client) {
            this.item.hide();
        }
    }

    private showInspection({ noun, readings }: Inspection): void {
        // The runtime of this editor comes first among equals.
        const rank = ({ level }: Reading) => LEVELS.indexOf(level);
        const worst = readings.reduce((found, reading) => (rank(reading) > rank(found) ? reading : found));
        const isOfAll = readings.every(({ words }) => words === worst.words);
        const text = `${noun}: ${worst.words}${isOfAll ? '' : ` (${worst.runtime})`}`;
        const rows = readings.map(({ level, verdict }) => [level, verdict] as const);
        this.show(worst.level, text, rows, ['agentls.inspect', 'agentls.showOutput', 'agentls.restart']);
    }

    /** Show a text, with rows in the tooltip and links to commands below them, the first of which a click runs. */
    private show(
        level: Level,
        text: string,
        rows: readonly (readonly [Level, string])[],
        commands: readonly (keyof typeof LINKS)[],
    ): void {
        const tooltip = new vscode.MarkdownString('', true);
        tooltip.isTrusted = { enabledCommands: commands };
        for (const [level, about] of rows) {
            tooltip.appendMarkdown(`${ICONS[level]} `).appendText(about).appendMarkdown('\n\n');
        }
        if (this.session.isInWebAssembly) {
            tooltip.appendMarkdown(`$(info) ${IN_WEBASSEMBLY}\n\n`);
        }
        tooltip.appendMarkdown(commands.map((name) => `[${LINKS[name]}](command:${name})`).join(' | '));
        this.item.text = `${ICONS[level]} ${text}`;
        this.item.tooltip = tooltip;
        this.item.command = commands[0];
        this.item.backgroundColor =
            level === 'broken' ? new vscode.ThemeColor('statusBarItem.errorBackground') : undefined;
        this.item.show();
    }

    private async inspect({ uri }: vscode.TextDocument): Promise<Inspection | null | undefined> {
        const textDocument = { uri: uri.toString() };
        try {
            return await this.session.client?.sendRequest('agentls/inspect', { textDocument });
        } catch {
            return undefined; // The server is stopping, or the document has been closed.
        }
    }
}

/** The document that a person works on: while a page or the output has the focus, one that is visible beside it. */
function currentDocument(): vscode.TextDocument | undefined {
    const { activeTextEditor, visibleTextEditors } = vscode.window;
    const isWork = ({ document }: vscode.TextEditor) => ['file', 'untitled'].includes(document.uri.scheme);
    const editor =
        activeTextEditor && isWork(activeTextEditor) ? activeTextEditor : visibleTextEditors.find(isWork);
    return editor && isShown(editor.document) ? editor.document : undefined;
}
