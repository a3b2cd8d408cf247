/** What a person can call for. */

import * as vscode from 'vscode';
import type { Extension } from './extension';
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
    const commands: Record<string, () => unknown> = {
        'agentls.restart': () => extension.restart(),
        'agentls.showOutput': () => extension.output.show(),
        'agentls.inspect': inspect,
        'agentls.explain': explain,
        'agentls.newAgent': () => newAgent(extension),
    };
    for (const [name, command] of Object.entries(commands)) {
        context.subscriptions.push(vscode.commands.registerCommand(name, command));
    }
}

async function inspect(): Promise<void> {
    const editor = vscode.window.activeTextEditor;
    if (editor) {
        const document = await vscode.workspace.openTextDocument(inspectionOf(editor.document.uri));
        await vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true });
    }
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

async function newAgent(extension: Extension): Promise<void> {
    const client = await extension.running();
    const roots = vscode.workspace.workspaceFolders ?? [];
    if (!client) {
        return;
    }
    if (!roots.length) {
        void vscode.window.showInformationMessage('Open a folder first: agents belong to a project.');
        return;
    }
    const folders = await client.sendRequest<Folder[]>('agentls/folders', {});
    const places = roots.flatMap((root) =>
        folders.map((folder) => ({ label: folder.folder, description: `${folder.title}, in ${root.name}`, root, folder })),
    );
    const place =
        places.length > 1 ? await vscode.window.showQuickPick(places, { title: 'Where does the agent go?' }) : places[0];
    if (!place) {
        return;
    }
    const ask = (name: string) =>
        client.sendRequest<NewAgent>('agentls/newAgent', { dialect: place.folder.dialect, name });
    const name = await vscode.window.showInputBox({
        title: 'New agent',
        prompt: 'The name of the agent',
        validateInput: async (value) => (value ? (await ask(value)).problem : ''),
    });
    if (!name) {
        return;
    }
    const created = await ask(name);
    const file = vscode.Uri.joinPath(place.root.uri, place.folder.folder, created.file);
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
