/** Creates an agent from the skeleton of its format. */

import * as fs from 'node:fs';
import * as os from 'node:os';
import * as vscode from 'vscode';
import type { Session } from '../server/session';

/** A folder for agents, as in the answer to `agentls/folders`. */
interface Folder {
    readonly dialect: string;
    readonly title: string;
    readonly folder: string;
}

/** The answer to `agentls/newAgent`: the name of the file and its text, or why there can be none. */
interface NewAgent {
    readonly file: string;
    readonly snippet: string;
    readonly problem: string;
}

interface Location extends vscode.QuickPickItem {
    readonly uri: vscode.Uri;
    readonly dialect: string;
}

export async function newAgent(session: Session): Promise<void> {
    const client = await session.running();
    if (!client) {
        return;
    }
    const folders = await client.sendRequest<Folder[]>('agentls/folders', {});
    const location = await vscode.window.showQuickPick(locations(folders), {
        title: 'Select a location',
        matchOnDescription: true,
    });
    if (!location) {
        return;
    }
    const ask = (name: string) =>
        client.sendRequest<NewAgent>('agentls/newAgent', { dialect: location.dialect, name });
    const name = await vscode.window.showInputBox({
        title: 'New agent',
        prompt: 'Agent name',
        validateInput: async (value) => (value ? (await ask(value)).problem : ''),
    });
    if (!name) {
        return;
    }
    const created = await ask(name);
    const file = vscode.Uri.joinPath(location.uri, created.file);
    const edit = new vscode.WorkspaceEdit();
    edit.createFile(file, { ignoreIfExists: true });
    await vscode.workspace.applyEdit(edit);
    const document = await vscode.workspace.openTextDocument(file);
    const editor = await vscode.window.showTextDocument(document);
    if (document.getText()) {
        void vscode.window.showInformationMessage(`${created.file} already exists.`);
    } else {
        await editor.insertSnippet(new vscode.SnippetString(created.snippet));
    }
}

/** All folders for agents in the workspace and in the user's home, those that exist first. */
function locations(folders: readonly Folder[]): Location[] {
    const home = { name: 'your home folder, for all projects', uri: vscode.Uri.file(os.homedir()) };
    const roots = [...(vscode.workspace.workspaceFolders ?? []), home];
    const all = folders.flatMap(({ dialect, title, folder }) =>
        roots.map(({ name, uri }) => ({
            label: folder,
            description: `${title}, in ${name}`,
            uri: vscode.Uri.joinPath(uri, folder),
            dialect,
        })),
    );
    const exists = ({ uri }: Location) => fs.existsSync(uri.fsPath);
    const line = { label: '', kind: vscode.QuickPickItemKind.Separator, uri: home.uri, dialect: '' };
    return [...all.filter(exists), line, ...all.filter((location) => !exists(location))];
}
