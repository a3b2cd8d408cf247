/** Which of the server's findings about an open document VS Code shows: not yet those that typing causes, and none twice. */

import * as vscode from 'vscode';

/** Milliseconds without a change after which a person has stopped typing. */
const PAUSE = 500;

/** The lowest severity that VS Code underlines. A lesser finding of others does not replace one of ours. */
const VISIBLE = vscode.DiagnosticSeverity.Information;

type Found = readonly vscode.Diagnostic[];

/** Where a person is typing: the document, and the line once the cursor has followed the change; and what waits for a pause. */
interface Typed {
    readonly key: string;
    readonly line?: number;
    readonly pause: NodeJS.Timeout;
}

/** The findings of the server, of which VS Code is given those to show. */
export class OpenDiagnostics implements vscode.DiagnosticCollection {
    private readonly shown: vscode.DiagnosticCollection;
    private readonly found = new Map<string, Found>();
    private readonly disposables: vscode.Disposable[];
    private typed: Typed | undefined;

    constructor(readonly name: string) {
        this.shown = vscode.languages.createDiagnosticCollection(name);
        this.disposables = [
            this.shown,
            vscode.workspace.onDidChangeTextDocument((event) => this.hold(event)),
            vscode.window.onDidChangeTextEditorSelection((event) => this.follow(event)),
            vscode.languages.onDidChangeDiagnostics(({ uris }) => {
                uris.forEach(this.show, this);
            }),
        ];
    }

    set(target: vscode.Uri | readonly (readonly [vscode.Uri, Found | undefined])[], found?: Found): void {
        for (const [uri, diagnostics] of target instanceof vscode.Uri ? [[target, found] as const] : target) {
            this.found.set(uri.toString(), diagnostics ?? []);
            this.show(uri);
        }
    }

    delete(uri: vscode.Uri): void {
        this.found.delete(uri.toString());
        this.shown.delete(uri);
    }

    clear(): void {
        this.found.clear();
        this.shown.clear();
    }

    get(uri: vscode.Uri): Found | undefined {
        return this.shown.get(uri);
    }

    has(uri: vscode.Uri): boolean {
        return this.shown.has(uri);
    }

    forEach(...args: Parameters<vscode.DiagnosticCollection['forEach']>): void {
        this.shown.forEach(...args);
    }

    [Symbol.iterator](): Iterator<[vscode.Uri, Found]> {
        return this.shown[Symbol.iterator]();
    }

    dispose(): void {
        clearTimeout(this.typed?.pause);
        vscode.Disposable.from(...this.disposables).dispose();
    }

    /** Hold new findings back, since the text has changed. */
    private hold({ document, contentChanges }: vscode.TextDocumentChangeEvent): void {
        const key = document.uri.toString();
        if (!contentChanges.length || !this.found.has(key)) {
            return;
        }
        clearTimeout(this.typed?.pause);
        this.typed = { key, pause: setTimeout(() => this.release(), PAUSE) };
    }

    /** Show what was held back if a person has left the line, and the cursor has not only followed the change. */
    private follow({ textEditor, selections, kind }: vscode.TextEditorSelectionChangeEvent): void {
        if (textEditor.document.uri.toString() !== this.typed?.key) {
            return;
        }
        const line = selections[0].active.line;
        const { Keyboard, Mouse } = vscode.TextEditorSelectionChangeKind;
        if (this.typed.line === undefined || (kind !== Keyboard && kind !== Mouse)) {
            this.typed = { ...this.typed, line };
        } else if (line !== this.typed.line) {
            this.release();
        }
    }

    /** Show what was held back. */
    private release(): void {
        const key = this.typed?.key;
        clearTimeout(this.typed?.pause);
        this.typed = undefined;
        if (key) {
            this.show(vscode.Uri.parse(key, true));
        }
    }

    /** Give VS Code the findings to show now. */
    private show(uri: vscode.Uri): void {
        const key = uri.toString();
        const found = this.found.get(key);
        if (!found) {
            return;
        }
        const before = this.shown.get(uri) ?? [];
        const known = new Set(before.map(identify));
        const isHeld = this.typed?.key === key;
        const others = vscode.languages.getDiagnostics(uri).filter(({ source }) => source !== 'agentls');
        const now = found.filter(
            (each) => !(isHeld && !known.has(identify(each))) && !others.some((other) => isSame(each, other)),
        );
        if (now.length !== before.length || now.some((each, at) => each !== before[at])) {
            this.shown.set(uri, now);
        }
    }
}

function identify({ code, message }: vscode.Diagnostic): string {
    return `${typeof code === 'object' ? code.value : code} ${message}`;
}

/**
 * Whether `other`, which is not ours, says what our finding says: about the same word, at the same place and not less
 * severe. An error of ours is always shown, since it says that a runtime does not load the file.
 */
function isSame(ours: vscode.Diagnostic, other: vscode.Diagnostic): boolean {
    // VS Code marks a value with its quotes, and a key with its value.
    const distance = ours.range.start.character - other.range.start.character;
    return (
        ours.severity !== vscode.DiagnosticSeverity.Error &&
        other.severity <= Math.min(ours.severity, VISIBLE) &&
        other.range.start.line === ours.range.start.line &&
        other.range.contains(ours.range) &&
        distance <= 1 &&
        wordsIn(ours.message).some((word) => other.message.includes(word))
    );
}

/** The names and values that one of our messages is about. */
function wordsIn(message: string): string[] {
    return [...message.matchAll(/`([^`]+)`/g)].flatMap(([, word]) => word.split('.').slice(-1));
}
