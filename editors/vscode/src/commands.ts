/** What a person can call for. */

import * as fs from 'node:fs';
import * as os from 'node:os';
import * as vscode from 'vscode';
import type { Extension } from './extension';
import { showMap } from './map';
import { inspectionOf } from './status';

interface Folder {
    readonly dialect: string;
    readonly title: string;
    readonly folder: string;
}

interface NewAgent {
    readonly file: string;
    readonly snippet: string;
    readonly problem: string;
}

export function registerCommands(extension: Extension, context: vscode.ExtensionContext): void {
    const commands: Record<string, (...given: any[]) => unknown> = {
        'agentls.restart': () => extension.restart(),
        'agentls.showOutput': () => extension.output.show(),
        'agentls.inspect': inspect,
        'agentls.explain': explain,
        'agentls.newAgent': () => newAgent(extension),
        'agentls.showMap': () => showMap(extension),
        'agentls.showReferences': showReferences,
    };
    for (const [name, command] of Object.entries(commands)) {
        context.subscriptions.push(vscode.commands.registerCommand(name, command));
    }
}

async function inspect(): Promise<void> {
    const editor = vscode.window.activeTextEditor;
    if (editor) {
        const document = await vscode.workspace.openTextDocument(inspectionOf(editor.document.uri));
        await vscode.window.showTextDocument(document, {
            viewColumn: vscode.ViewColumn.Beside,
            preserveFocus: true,
        });
    }
}

/** What stands above an agent leads to all places that name it; the server tells where the agent's name stands. */
async function showReferences(file: string, { line, character }: vscode.Position): Promise<void> {
    const [uri, at] = [vscode.Uri.parse(file, true), new vscode.Position(line, character)];
    const found = await vscode.commands.executeCommand<vscode.Location[]>(
        'vscode.executeReferenceProvider',
        uri,
        at,
    );
    await vscode.commands.executeCommand('editor.action.showReferences', uri, at, found);
}

async function explain(): Promise<void> {
    const editor = vscode.window.activeTextEditor;
    if (!editor) {
        return;
    }
    const page = vscode.languages
        .getDiagnostics(editor.document.uri)
        .filter(({ source, range }) => source === 'agentls' && range.contains(editor.selection.active))
        .map(({ code }) => (typeof code === 'object' ? code.target : undefined))
        .find((target) => target);
    if (page) {
        await vscode.commands.executeCommand('markdown.showPreviewToSide', page);
    } else {
        void vscode.window.showInformationMessage('agentls has found nothing at the cursor.');
    }
}

interface Place extends vscode.QuickPickItem {
    readonly uri: vscode.Uri;
    readonly folder?: Folder;
}

/** All places for an agent, those first that are there already. */
function placesOf(folders: readonly Folder[]): Place[] {
    const home = { name: 'your home folder, for all projects', uri: vscode.Uri.file(os.homedir()) };
    const roots = [...(vscode.workspace.workspaceFolders ?? []), home];
    const places = folders.flatMap((folder) =>
        roots.map(({ name, uri }) => ({
            label: folder.folder,
            description: `${folder.title}, in ${name}`,
            uri: vscode.Uri.joinPath(uri, folder.folder),
            folder,
        })),
    );
    const isThere = ({ uri }: Place) => fs.existsSync(uri.fsPath);
    const line = { label: '', kind: vscode.QuickPickItemKind.Separator, uri: home.uri };
    return [...places.filter(isThere), line, ...places.filter((place) => !isThere(place))];
}

async function newAgent(extension: Extension): Promise<void> {
    const client = await extension.running();
    if (!client) {
        return;
    }
    const folders = await client.sendRequest<Folder[]>('agentls/folders', {});
    const place = await vscode.window.showQuickPick(placesOf(folders), {
        title: 'Where does the agent go?',
        matchOnDescription: true,
    });
    if (!place?.folder) {
        return;
    }
    const ask = (name: string) =>
        client.sendRequest<NewAgent>('agentls/newAgent', { dialect: place.folder?.dialect, name });
    const name = await vscode.window.showInputBox({
        title: 'New agent',
        prompt: 'The name of the agent',
        validateInput: async (value) => (value ? (await ask(value)).problem : ''),
    });
    if (!name) {
        return;
    }
    const created = await ask(name);
    const file = vscode.Uri.joinPath(place.uri, created.file);
    const edit = new vscode.WorkspaceEdit();
    edit.createFile(file, { ignoreIfExists: true });
    await vscode.workspace.applyEdit(edit);
    const document = await vscode.workspace.openTextDocument(file);
    const editor = await vscode.window.showTextDocument(document);
    if (document.getText()) {
        void vscode.window.showInformationMessage(`There is already an agent in ${created.file}.`);
    } else {
        await editor.insertSnippet(new vscode.SnippetString(created.snippet));
    }
}
