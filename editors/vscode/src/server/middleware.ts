/** Disables features by setting, merges completions with those of VS Code, and filters settings for the server. */

import * as vscode from 'vscode';
import { type Middleware, vsdiag } from 'vscode-languageclient/node';
import { provideOnTypeFormattingEdits } from './formatting';
import { isEnabled } from './settings';

/** Sections of the settings that only this client reads. */
const OURS = ['server', 'trace', 'features'];

/** What happens on the way between VS Code and the server, which logs at the level of `output`. */
export function middleware(output: vscode.LogOutputChannel): Middleware {
    return {
        ...requests,
        workspace: {
            ...requests.workspace,
            configuration: async (params, token, next) => {
                const answer = await next(params, token);
                return Array.isArray(answer)
                    ? answer.map((section) => forServer(section, output.logLevel))
                    : answer;
            },
        },
    };
}

const requests: Middleware = {
    provideCompletionItem: async (document, position, context, token, next) => {
        // Configuration files are shown to the server for the names in them; it completes nothing there.
        if (
            asking.has(placeOf(document, position)) ||
            document.languageId.startsWith('json') ||
            !isEnabled('completion')
        ) {
            return undefined;
        }
        const [ours, theirs] = await Promise.all([
            next(document, position, context, token),
            isEnabled('doubleCompletions') || areAskedAlone(context)
                ? none
                : offeredByOthers(document, position, context),
        ]);
        const items = Array.isArray(ours) ? ours : (ours?.items ?? []);
        const missing = items.filter(({ label }) => !theirs.includes(nameOf(label)));
        if (theirs.length) {
            // VS Code offers the common words; they come first.
            for (const item of missing) {
                item.sortText = `~${item.sortText ?? nameOf(item.label)}`;
            }
        }
        return new vscode.CompletionList(missing, !Array.isArray(ours) && ours?.isIncomplete);
    },
    provideHover: ifEnabled('hover', undefined),
    provideDefinition: ifEnabled('definition', undefined),
    provideReferences: ifEnabled('references', undefined),
    prepareRename: ifEnabled('rename', undefined),
    provideRenameEdits: ifEnabled('rename', undefined),
    provideDocumentHighlights: ifEnabled('highlight', undefined),
    provideDocumentLinks: ifEnabled('links', undefined),
    provideWorkspaceSymbols: ifEnabled('symbols', undefined),
    provideDocumentSymbols: async (document, token, next) => {
        // As a tree, which this client can show.
        const tree = isEnabled('outline') ? await next(document, token) : undefined;
        const symbols = tree as vscode.DocumentSymbol[] | null | undefined;
        return isOutlined(document) ? symbols?.filter(({ kind }) => kind === FRONTMATTER) : symbols;
    },
    provideDocumentSemanticTokens: ifEnabled('semanticTokens', undefined),
    provideDocumentRangeSemanticTokens: ifEnabled('semanticTokens', undefined),
    provideFoldingRanges: ifEnabled('folding', undefined),
    provideDocumentFormattingEdits: ifEnabled('formatting', undefined),
    provideDocumentRangeFormattingEdits: ifEnabled('formatting', undefined),
    provideOnTypeFormattingEdits,
    provideCodeLenses: ifEnabled('codeLens', []),
    provideCodeActions: ifEnabled('diagnostics', undefined),
    provideDiagnostics: ifEnabled('diagnostics', {
        kind: vsdiag.DocumentDiagnosticReportKind.full,
        items: [],
    }),
    workspace: {
        willRenameFiles: ifEnabled('rename', Promise.resolve(null)),
    },
};

/** A middleware that asks the server while the feature is enabled, and answers `otherwise` while it is not. */
function ifEnabled<Question extends unknown[], Answer>(feature: string, otherwise: NoInfer<Answer>) {
    return (...given: [...Question, (...question: Question) => Answer]): Answer => {
        const next = given.pop() as (...question: Question) => Answer;
        return isEnabled(feature) ? next(...(given as unknown[] as Question)) : otherwise;
    };
}

const none: string[] = [];

/** Where VS Code is being asked for the completions of everybody else, so that we answer nothing. */
const asking = new Set<string>();

function placeOf(document: vscode.TextDocument, { line, character }: vscode.Position): string {
    return `${line}:${character} ${document.uri}`;
}

/** Whether VS Code itself completes nothing here: of our trigger characters, only `:` is one of its own. */
function areAskedAlone({ triggerCharacter }: vscode.CompletionContext): boolean {
    return triggerCharacter !== undefined && triggerCharacter !== ':';
}

/** The labels that VS Code itself and other extensions complete at `position`. */
async function offeredByOthers(
    document: vscode.TextDocument,
    position: vscode.Position,
    { triggerCharacter }: vscode.CompletionContext,
): Promise<string[]> {
    if (document.languageId === 'markdown') {
        return none; // VS Code knows agents only by a language of their own.
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

/** The kind of the symbol in an outline that has the keys. */
const FRONTMATTER = vscode.SymbolKind.Namespace;

/** Whether the Markdown extension of VS Code outlines a document: it lists the headings, and nothing of the frontmatter. */
function isOutlined({ languageId }: vscode.TextDocument): boolean {
    const markdown = vscode.extensions.getExtension('vscode.markdown-language-features');
    const events: readonly string[] = markdown?.packageJSON.activationEvents ?? [];
    return events.includes(`onLanguage:${languageId}`);
}

/** A section of the settings as the server is to see it. */
function forServer(section: unknown, level: vscode.LogLevel): unknown {
    if (typeof section !== 'object' || section === null) {
        return section;
    }
    const known = Object.entries(section).filter(([name]) => !OURS.includes(name));
    // The server pushes the diagnostics of files that are not open, so the middleware cannot withhold them.
    const pushed = isEnabled('diagnostics') ? {} : { diagnostics: 'open' };
    return { ...Object.fromEntries(known), ...pushed, logLevel: LOG_LEVELS[level] };
}

/** The levels of the server for those of an output channel. */
const LOG_LEVELS: Record<vscode.LogLevel, string> = {
    [vscode.LogLevel.Off]: 'error',
    [vscode.LogLevel.Trace]: 'debug',
    [vscode.LogLevel.Debug]: 'debug',
    [vscode.LogLevel.Info]: 'info',
    [vscode.LogLevel.Warning]: 'warning',
    [vscode.LogLevel.Error]: 'error',
};
