/** What a person has switched off, and what the server is told of the settings. */

import * as vscode from 'vscode';
import { vsdiag, type Middleware } from 'vscode-languageclient/node';

/** What the server need not know. */
const OURS = ['server', 'trace', 'features'];

/** Whether a feature is switched on. */
export function wants(feature: string): boolean {
    return vscode.workspace.getConfiguration('agentls.features').get(feature, true);
}

export const middleware: Middleware = {
    provideCompletionItem: async (document, position, context, token, next) => {
        // In the files beside the agents there is nothing to complete.
        if (
            asking.has(placeOf(document, position)) ||
            document.languageId.startsWith('json') ||
            !wants('completion')
        ) {
            return undefined;
        }
        const [ours, theirs] = await Promise.all([
            next(document, position, context, token),
            wants('doubleCompletions') || areAskedAlone(context)
                ? none
                : offeredWithoutUs(document, position, context),
        ]);
        const items = Array.isArray(ours) ? ours : (ours?.items ?? []);
        const missing = items.filter(({ label }) => !theirs.includes(nameOf(label)));
        if (theirs.length) {
            // What VS Code offers are the common ones; they come first.
            missing.forEach((item) => (item.sortText = `~${item.sortText ?? nameOf(item.label)}`));
        }
        return new vscode.CompletionList(missing, !Array.isArray(ours) && ours?.isIncomplete);
    },
    provideHover: (document, position, token, next) =>
        wants('hover') ? next(document, position, token) : undefined,
    provideDefinition: (document, position, token, next) =>
        wants('definition') ? next(document, position, token) : undefined,
    provideReferences: (document, position, options, token, next) =>
        wants('references') ? next(document, position, options, token) : undefined,
    prepareRename: (document, position, token, next) =>
        wants('rename') ? next(document, position, token) : undefined,
    provideRenameEdits: (document, position, name, token, next) =>
        wants('rename') ? next(document, position, name, token) : undefined,
    provideDocumentHighlights: (document, position, token, next) =>
        wants('highlight') ? next(document, position, token) : undefined,
    provideDocumentLinks: (document, token, next) => (wants('links') ? next(document, token) : undefined),
    provideWorkspaceSymbols: (query, token, next) => (wants('symbols') ? next(query, token) : undefined),
    provideDocumentSymbols: (document, token, next) => (wants('outline') ? next(document, token) : undefined),
    provideFoldingRanges: (document, context, token, next) =>
        wants('folding') ? next(document, context, token) : undefined,
    provideCodeLenses: (document, token, next) => (wants('codeLens') ? next(document, token) : []),
    provideCodeActions: (document, range, context, token, next) =>
        wants('diagnostics') ? next(document, range, context, token) : undefined,
    provideDiagnostics: (document, previous, token, next) =>
        wants('diagnostics')
            ? next(document, previous, token)
            : { kind: vsdiag.DocumentDiagnosticReportKind.full, items: [] },
    workspace: {
        willRenameFiles: async (event, next) => (wants('rename') ? next(event) : null),
        configuration: async (params, token, next) => {
            const answer = await next(params, token);
            return Array.isArray(answer) ? answer.map(withoutOurs) : answer;
        },
    },
};

const none: string[] = [];

/** The places for which VS Code is being asked what it has to offer, and all but us are to answer. */
const asking = new Set<string>();

function placeOf(document: vscode.TextDocument, { line, character }: vscode.Position): string {
    return `${line}:${character} ${document.uri}`;
}

/** Whether the list that is about to be shown has nothing from VS Code itself: of the characters that open a
 * list of ours, its own opens at this one only. */
function areAskedAlone({ triggerCharacter }: vscode.CompletionContext): boolean {
    return triggerCharacter !== undefined && triggerCharacter !== ':';
}

/** What is offered at a place by VS Code itself and by other extensions. */
async function offeredWithoutUs(
    document: vscode.TextDocument,
    position: vscode.Position,
    { triggerCharacter }: vscode.CompletionContext,
): Promise<string[]> {
    if (document.languageId === 'markdown') {
        return none; // Nobody else knows anything about agents there.
    }
    const place = placeOf(document, position);
    asking.add(place);
    try {
        const command = 'vscode.executeCompletionItemProvider';
        const found = await vscode.commands.executeCommand<vscode.CompletionList>(
            command,
            document.uri,
            position,
            triggerCharacter,
        );
        return found.items
            .filter(({ kind }) => kind !== vscode.CompletionItemKind.Text)
            .map(({ label }) => nameOf(label));
    } finally {
        asking.delete(place);
    }
}

function nameOf(label: string | vscode.CompletionItemLabel): string {
    return typeof label === 'string' ? label : label.label;
}

function withoutOurs(section: unknown): unknown {
    if (typeof section !== 'object' || section === null) {
        return section;
    }
    const known = Object.entries(section).filter(([name]) => !OURS.includes(name));
    // Those of files that are not open come without being asked for.
    return { ...Object.fromEntries(known), ...(wants('diagnostics') ? {} : { diagnostics: 'open' }) };
}
