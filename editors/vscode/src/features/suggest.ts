/** Asks for suggestions while a person types frontmatter, where VS Code does not by default, as in Markdown. */

import * as vscode from 'vscode';
import { CompletionRequest } from 'vscode-languageclient/node';
import { isInFrontmatter, isReasonToStart } from '../server/documents';
import type { Session } from '../server/session';
import { isEnabled, isQuietByDefault } from '../server/settings';

/** A character that a key has put into the document of the active editor, and the position after it. */
interface Typed {
    readonly document: vscode.TextDocument;
    readonly character: string;
    readonly end: vscode.Position;
}

export function suggestWhileTyping(session: Session): vscode.Disposable {
    let last: Typed | undefined;
    let unanswered: Typed | undefined; // Typed before there was a server.
    return vscode.Disposable.from(
        vscode.workspace.onDidChangeTextDocument((event) => {
            const typed = typedBy(event);
            if (typed && startsWord(typed) && isToBeAsked(typed) && !hasAsked(session, last, typed)) {
                unanswered = session.client ? undefined : typed;
                void suggest(session, typed);
            }
            last = typed;
        }),
        session.onDidChange(() => {
            if (session.client && unanswered) {
                void suggest(session, unanswered);
                unanswered = undefined;
            }
        }),
    );
}

function typedBy({ document, contentChanges }: vscode.TextDocumentChangeEvent): Typed | undefined {
    const [change, ...others] = contentChanges;
    const isTyped = change?.text.length === 1 && !others.length;
    return isTyped && document === vscode.window.activeTextEditor?.document
        ? { document, character: change.text, end: change.range.start.translate(0, 1) }
        : undefined;
}

function startsWord({ document, character, end }: Typed): boolean {
    return /\w/.test(character) && !/\w/.test(document.lineAt(end).text.charAt(end.character - 2));
}

/** Whether suggestions belong here, and VS Code itself does not ask for them. */
function isToBeAsked({ document, end }: Typed): boolean {
    return (
        isEnabled('completion') &&
        isReasonToStart(document) &&
        isInFrontmatter(document, end.line) &&
        isQuietByDefault(document)
    );
}

/** Whether VS Code has asked at the character before, because it is one at which the server wants to be asked. */
function hasAsked({ client }: Session, before: Typed | undefined, { document, end }: Typed): boolean {
    const characters = client?.initializeResult?.capabilities.completionProvider?.triggerCharacters;
    return (
        before?.document === document &&
        before.end.isEqual(end.translate(0, -1)) &&
        Boolean(characters?.includes(before.character))
    );
}

/** Have VS Code ask all providers if the server has something to suggest and the word is still being typed. */
async function suggest({ client }: Session, { document, end }: Typed): Promise<void> {
    if (!client) {
        return;
    }
    const params = client.code2ProtocolConverter.asTextDocumentPositionParams(document, end);
    const found = await client.sendRequest(CompletionRequest.type, params).catch(() => null);
    const items = Array.isArray(found) ? found : found?.items;
    const editor = vscode.window.activeTextEditor;
    if (items?.length && editor?.document === document && isTypedOn(editor, end)) {
        await vscode.commands.executeCommand('editor.action.triggerSuggest', { auto: true });
    }
}

function isTypedOn({ document, selection }: vscode.TextEditor, start: vscode.Position): boolean {
    const { active, isEmpty } = selection;
    const between = new vscode.Range(start, active);
    return isEmpty && between.isSingleLine && /^[\w-]*$/.test(document.getText(between));
}
