/** Formatting: of which documents, and what follows from a line break. */

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

/** Asks the server, but not for the closing `---`, which would move the cursor: `closeFrontmatter` adds it. */
export const provideOnTypeFormattingEdits: Middleware['provideOnTypeFormattingEdits'] = (
    document,
    position,
    typed,
    options,
    token,
    next,
) =>
    position.line > 1 && isEnabled('formatting')
        ? next(document, position, typed, options, token)
        : undefined;
