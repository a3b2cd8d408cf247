/** Creates an agent, a skill, a command or instructions from the template of the format. */

import * as path from 'node:path';
import * as vscode from 'vscode';
import type { Session } from '../server/session';

/** What can be created: the kind that the server knows, and how a person calls it. */
export const KINDS = {
    agent: { kind: 'agent', noun: 'Agent' },
    skill: { kind: 'skill', noun: 'Skill' },
    command: { kind: 'command', noun: 'Command' },
    instructions: { kind: 'text', noun: 'Instructions' },
};

type Kind = (typeof KINDS)[keyof typeof KINDS];

/** A row of the answer to `agentls/folders`. */
interface Folder {
    readonly dialect: string;
    readonly title: string;
    readonly folder: string;
    readonly file: string;
    readonly use: 'used' | 'read' | 'other';
    readonly subfolders: readonly string[];
    readonly uri: string;
    readonly root: string;
    readonly isHome: boolean;
}

/** A row of the answer to `agentls/models`. */
interface Model {
    readonly name: string;
    readonly summary: string;
}

/** The answer to `agentls/newAgent`: the file below its folder and its text, or why it cannot be there. */
interface NewFile {
    readonly file: string;
    readonly snippet: string;
    readonly problem: string;
}

interface Location extends vscode.QuickPickItem {
    readonly uri?: vscode.Uri;
    readonly place?: Folder;
}

/** Ask where the new file belongs, unless it was asked for in a folder, then its name and its model, and open it. */
export async function newFile(session: Session, { kind, noun }: Kind, clicked?: vscode.Uri): Promise<void> {
    const client = await session.running();
    if (!client) {
        return;
    }
    const title = `New ${noun}`;
    const folders = await client.sendRequest<Folder[]>('agentls/folders', { kind });
    if (!folders.length) {
        void vscode.window.showInformationMessage('agentls: open a folder to create files in it.');
        return;
    }
    const location = choiceIn(folders, clicked) ?? (await pickLocation(title, folders));
    if (!location?.uri || !location.place) {
        return;
    }
    const { dialect, file } = location.place;
    const folder = location.uri.fsPath;
    const ask = (name: string, model = '') =>
        client.sendRequest<NewFile>('agentls/newAgent', { dialect, folder, name, model, file });
    const name = file || (await askName(title, noun, async (name) => (await ask(name)).problem));
    if (!name) {
        return;
    }
    const model = await pickModel(title, await client.sendRequest<Model[]>('agentls/models', { dialect }));
    if (model === undefined) {
        return;
    }
    const created = await ask(name, model);
    if (created.problem) {
        void vscode.window.showErrorMessage(created.problem);
    } else {
        await open(vscode.Uri.joinPath(location.uri, created.file), created.snippet);
    }
}

/** Tell VS Code in which folders of the explorer to offer which kinds of files, besides those that have them anywhere. */
export async function offerInExplorer(session: Session): Promise<void> {
    for (const { kind } of Object.values(KINDS)) {
        const folders = await session.client
            ?.sendRequest<Folder[]>('agentls/folders', { kind })
            .catch(() => undefined); // The server is stopping.
        const locations = folders?.filter(({ file }) => !file).flatMap((place) => locationsIn(place, false));
        const paths = locations?.map(({ uri }) => uri?.fsPath) ?? [];
        await vscode.commands.executeCommand('setContext', `agentls.folders.${kind}`, paths);
    }
}

/** The place that a folder of the explorer belongs to, if it is one. */
function choiceIn(folders: readonly Folder[], clicked: vscode.Uri | undefined): Location | undefined {
    if (!clicked) {
        return undefined;
    }
    const usable = folders.filter(({ folder, file }) => folder && !file);
    const isAbove = ({ uri }: Folder) => `${clicked}/`.startsWith(`${vscode.Uri.parse(uri, true)}/`);
    const isLike = ({ folder }: Folder) => `${clicked.path}/`.includes(`/${folder}/`);
    const place = usable.find(isAbove) ?? usable.find(isLike);
    return place && { label: place.folder, uri: clicked, place };
}

function pickLocation(title: string, folders: readonly Folder[]): Thenable<Location | undefined> {
    const locations = folders.flatMap((place) => locationsIn(place, severalRoots(folders)));
    const section = (label: string, ...uses: Folder['use'][]): Location[] => {
        const rows = locations.filter(({ place }) => place && uses.includes(place.use));
        return rows.length ? [{ label, kind: vscode.QuickPickItemKind.Separator }, ...rows] : [];
    };
    const items = [
        ...section('in this project', 'used'),
        ...section('read by the runtimes of this project', 'read'),
        ...section('other runtimes', 'other'),
    ];
    return vscode.window.showQuickPick(items, {
        title,
        placeHolder: 'Select a location',
        matchOnDescription: true,
    });
}

function severalRoots(folders: readonly Folder[]): boolean {
    return new Set(folders.filter(({ isHome }) => !isHome).map(({ root }) => root)).size > 1;
}

/** A place and its subfolders. */
function locationsIn(place: Folder, withRoot: boolean): Location[] {
    const uri = vscode.Uri.parse(place.uri, true);
    const root = place.isHome ? ', in your home folder' : withRoot ? `, in ${place.root}` : '';
    return ['', ...place.subfolders].map((subfolder) => ({
        label: path.posix.join(place.folder, subfolder, place.file),
        description: `${place.title}${root}`,
        uri: vscode.Uri.joinPath(uri, subfolder),
        place,
    }));
}

function askName(title: string, noun: string, problem: (name: string) => Promise<string>) {
    return vscode.window.showInputBox({
        title,
        prompt: `${noun} name`,
        placeHolder: 'code-reviewer',
        validateInput: (value) => (value ? problem(value) : ''),
    });
}

/** The name of the model, '' for that of the session, or nothing if the question is cancelled. */
async function pickModel(title: string, models: readonly Model[]): Promise<string | undefined> {
    if (!models.length) {
        return '';
    }
    const unset = { label: 'Default model', detail: 'Use the default of the template.', name: '' };
    const items = models.map(({ name, summary }) => ({ label: name, detail: summary, name }));
    const options = { title, placeHolder: 'Select a model', matchOnDetail: true };
    return (await vscode.window.showQuickPick([unset, ...items], options))?.name;
}

/** Create a file and open it with the cursor in the first field to fill in. */
async function open(file: vscode.Uri, snippet: string): Promise<void> {
    const edit = new vscode.WorkspaceEdit();
    edit.createFile(file);
    await vscode.workspace.applyEdit(edit);
    const editor = await vscode.window.showTextDocument(file);
    await editor.insertSnippet(new vscode.SnippetString(snippet));
}
