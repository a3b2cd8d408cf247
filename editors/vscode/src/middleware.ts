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
    provideCompletionItem: (document, position, context, token, next) =>
        wants('completion') ? next(document, position, context, token) : undefined,
    provideHover: (document, position, token, next) =>
        wants('hover') ? next(document, position, token) : undefined,
    provideDocumentSymbols: (document, token, next) => (wants('outline') ? next(document, token) : undefined),
    provideFoldingRanges: (document, context, token, next) =>
        wants('folding') ? next(document, context, token) : undefined,
    provideCodeActions: (document, range, context, token, next) =>
        wants('diagnostics') ? next(document, range, context, token) : undefined,
    provideDiagnostics: (document, previous, token, next) =>
        wants('diagnostics') ? next(document, previous, token) : { kind: vsdiag.DocumentDiagnosticReportKind.full, items: [] },
    workspace: {
        configuration: async (params, token, next) => {
            const answer = await next(params, token);
            return Array.isArray(answer) ? answer.map(withoutOurs) : answer;
        },
    },
};

function withoutOurs(section: unknown): unknown {
    if (typeof section !== 'object' || section === null) {
        return section;
    }
    return Object.fromEntries(Object.entries(section).filter(([name]) => !OURS.includes(name)));
}
