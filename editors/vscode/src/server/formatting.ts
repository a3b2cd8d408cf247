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

/** Inserts the closing `---` below the cursor by itself: of a format edit at the cursor, VS Code moves it to the end. */
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
    const editor = vscode.window.activeTextEditor;
    if (below && editor?.document === document) {
        // VS Code inserts nothing if the user has typed on meanwhile.
        await editor.insertSnippet(new vscode.SnippetString('$0').appendText(below.newText), position);
        return [];
    }
    return edits;
};
