/** Formatting: of which documents, and where the cursor is afterwards. */

import * as vscode from 'vscode';
import {
    DocumentFormattingRequest,
    DocumentOnTypeFormattingRequest,
    DocumentRangeFormattingRequest,
    type LanguageClient,
    type Middleware,
} from 'vscode-languageclient/node';
import { AGENTS } from './documents';
import { isEnabled } from './settings';

/**
 * Register as a formatter of agent files only. The server is shown other Markdown and JSON too, and VS Code formats
 * nothing if a file has two formatters of which none is chosen.
 */
export function formatAgentFilesOnly(client: LanguageClient): void {
    for (const feature of [
        client.getFeature(DocumentFormattingRequest.method),
        client.getFeature(DocumentRangeFormattingRequest.method),
        client.getFeature(DocumentOnTypeFormattingRequest.method),
    ]) {
        const initialize = feature.initialize.bind(feature);
        feature.initialize = (capabilities) => {
            if (isEnabled('formatting')) {
                initialize(capabilities, AGENTS);
            }
        };
    }
}

/** Keeps the cursor where it is when the closing `---` is inserted at it; VS Code would move it below. */
export const provideOnTypeFormattingEdits: Middleware['provideOnTypeFormattingEdits'] = async (
    document,
    position,
    typed,
    options,
    token,
    next,
) => {
    const edits = isEnabled('formatting') ? await next(document, position, typed, options, token) : undefined;
    const below = edits?.find(
        ({ range, newText }) => range.start.isEqual(position) && /^\r?\n/.test(newText),
    );
    if (below) {
        const waiting = vscode.workspace.onDidChangeTextDocument(({ document: changed, contentChanges }) => {
            if (changed === document) {
                waiting.dispose();
                // VS Code inserts nothing if the user has typed on meanwhile.
                const isInserted = contentChanges.some(({ text }) => text === below.newText);
                const editor = vscode.window.activeTextEditor;
                if (isInserted && editor?.document === document) {
                    editor.selection = new vscode.Selection(position, position);
                }
            }
        });
    }
    return edits;
};
