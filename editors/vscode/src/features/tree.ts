/** The view Agents: what the project has, by runtime and place, each file with what comes of it. */

import * as vscode from 'vscode';
import type { Session } from '../server/session';

/** The answer to `agentls/tree`: the projects with their groups. */
interface Project {
    readonly root: string;
    readonly name: string;
    readonly groups: readonly Group[];
}

/** Files of one kind in one place, of which `rejected` are not loaded; or what one file defines, such as MCP servers. */
interface Group {
    readonly id: string;
    readonly runtime: string;
    readonly title: string;
    readonly kind: string;
    readonly folder: string;
    readonly files: number;
    readonly rejected: number;
}

/** A row of the answer to `agentls/treeFiles`. An entry of a file has its position there. */
interface File {
    readonly path: string;
    readonly uri: string;
    readonly name: string;
    readonly detail: string;
    readonly description: string;
    readonly loads: boolean;
    readonly position: Position | null;
}

/** A row of the answer to `agentls/verdicts`. `name` is the position that a rename starts from. */
interface Verdict {
    readonly path: string;
    readonly level: 'works' | 'impaired' | 'broken';
    readonly words: string;
    readonly verdicts: readonly string[];
    readonly problems: readonly string[];
    readonly name: Position | null;
}

interface Position {
    readonly line: number;
    readonly character: number;
}

type Node =
    | { readonly type: 'project'; readonly project: Project }
    | { readonly type: 'runtime'; readonly project: Project; readonly title: string }
    | { readonly type: 'group'; readonly project: Project; readonly group: Group }
    | FileNode;

interface FileNode {
    readonly type: 'file';
    readonly file: File;
}

/** Files whose verdicts are asked for at once. */
const BATCH = 40;

/** Up to this many files are asked for again after any change; of more, only those that were changed. */
const MANY = 300;

/** Groups with more files than this are closed at first. */
const OPEN = 20;

const PROBLEMS_SHOWN = 5;

const ICONS: Record<Verdict['level'] | 'unknown', vscode.ThemeIcon> = {
    works: new vscode.ThemeIcon('pass', new vscode.ThemeColor('testing.iconPassed')),
    impaired: new vscode.ThemeIcon('warning', new vscode.ThemeColor('list.warningForeground')),
    broken: new vscode.ThemeIcon('error', new vscode.ThemeColor('list.errorForeground')),
    unknown: new vscode.ThemeIcon('circle-outline'),
};

export class AgentTree implements vscode.TreeDataProvider<Node>, vscode.Disposable {
    private readonly changed = new vscode.EventEmitter<Node | Node[] | undefined>();
    readonly onDidChangeTreeData = this.changed.event;
    private readonly view: vscode.TreeView<Node>;
    private readonly disposables: vscode.Disposable[];
    private readonly files = new Map<string, FileNode>();
    private readonly verdicts = new Map<string, Verdict>();
    private readonly waiting = new Set<string>();
    private isAsking = false;
    private client: Session['client'];

    constructor(private readonly session: Session) {
        this.view = vscode.window.createTreeView('agentls.agents', { treeDataProvider: this });
        this.disposables = [
            this.view,
            this.changed,
            session.onDidChange(() => this.follow()),
            vscode.languages.onDidChangeDiagnostics(({ uris }) => this.checkAgain(uris)),
        ];
    }

    dispose(): void {
        vscode.Disposable.from(...this.disposables).dispose();
    }

    /** Ask for everything again. */
    refresh(): void {
        this.files.clear();
        this.verdicts.clear();
        this.changed.fire(undefined);
    }

    async getChildren(node?: Node): Promise<Node[]> {
        if (!node) {
            const projects = await this.projects();
            return projects.length === 1
                ? runtimesOf(projects[0])
                : projects.map((project) => ({ type: 'project', project }));
        }
        switch (node.type) {
            case 'project':
                return runtimesOf(node.project);
            case 'runtime':
                return node.project.groups
                    .filter(({ runtime }) => runtime === node.title)
                    .map((group) => ({ type: 'group', project: node.project, group }));
            case 'group':
                return this.filesOf(node.project, node.group);
            case 'file':
                return [];
        }
    }

    getTreeItem(node: Node): vscode.TreeItem {
        switch (node.type) {
            case 'project':
                return parent(node.project.root, node.project.name, true);
            case 'runtime':
                return parent(`${node.project.root}:${node.title}`, node.title, true);
            case 'group':
                return groupItem(node.project, node.group);
            case 'file':
                return node.file.position
                    ? entryItem(node.file, node.file.position)
                    : fileItem(node.file, this.verdicts.get(node.file.path));
        }
    }

    /** The file of a node, by default of the selected one. */
    uriOf(node = this.view.selection[0]): vscode.Uri | undefined {
        return node?.type === 'file' ? vscode.Uri.parse(node.file.uri, true) : undefined;
    }

    /** Rename what a node defines, in all files; or its file, if that gives it its name. */
    async rename(node = this.view.selection[0]): Promise<void> {
        const uri = this.uriOf(node);
        if (node?.type !== 'file' || !uri) {
            return;
        }
        const [verdict] = await this.ask<Verdict[]>('verdicts', { paths: [node.file.path] });
        const name = node.file.position ?? verdict?.name;
        if (name) {
            const { line, character } = name;
            const selection = new vscode.Range(line, character, line, character);
            await vscode.window.showTextDocument(uri, { selection });
            await vscode.commands.executeCommand('editor.action.rename');
        } else {
            await vscode.commands.executeCommand('revealInExplorer', uri);
            await vscode.commands.executeCommand('renameFile');
        }
    }

    /** Show a file in the explorer. */
    async reveal(node = this.view.selection[0]): Promise<void> {
        const uri = this.uriOf(node);
        if (uri) {
            await vscode.commands.executeCommand('revealInExplorer', uri);
        }
    }

    private async projects(): Promise<Project[]> {
        // The session has told about a failure; the view offers what can be done.
        const client = this.session.failure ? undefined : await this.session.running();
        void vscode.commands.executeCommand('setContext', 'agentls.hasFailed', !client);
        const projects = await this.ask<Project[]>('tree', {});
        return projects.filter(({ groups }) => groups.length);
    }

    private async filesOf(project: Project, group: Group): Promise<Node[]> {
        const files = await this.ask<File[]>('treeFiles', { root: project.root, group: group.id });
        const nodes = files.map((file): FileNode => ({ type: 'file', file }));
        const whole = nodes.filter(({ file }) => !file.position);
        for (const node of whole) {
            this.files.set(node.file.path, node);
        }
        this.check(whole.map(({ file }) => file.path).filter((path) => !this.verdicts.has(path)));
        return nodes;
    }

    private async ask<Answer>(method: string, params: object): Promise<Answer | never[]> {
        try {
            return (await this.session.client?.sendRequest<Answer>(`agentls/${method}`, params)) ?? [];
        } catch {
            return []; // The server is stopping; the view is filled again when it has started.
        }
    }

    /** The server has started or failed, or its settings have changed. */
    private follow(): void {
        const { client } = this.session;
        if (client && client !== this.client) {
            client.onNotification('agentls/didChangeTree', ({ paths }: { paths: string[] }) => {
                const outdated = this.files.size > MANY ? paths : [...this.files.keys()];
                this.check(outdated.filter((path) => this.files.has(path)));
                this.changed.fire(undefined);
            });
        }
        this.client = client;
        this.refresh();
    }

    /** VS Code has other diagnostics for some files. */
    private checkAgain(uris: readonly vscode.Uri[]): void {
        const shown = new Set(uris.map(String));
        const nodes = [...this.files.values()].filter(({ file }) => shown.has(file.uri));
        this.check(nodes.map(({ file }) => file.path));
    }

    /** Ask for the verdicts on files, some at a time, and show them. */
    private async check(paths: readonly string[]): Promise<void> {
        for (const path of paths) {
            this.waiting.add(path);
        }
        if (this.isAsking) {
            return;
        }
        this.isAsking = true;
        while (this.waiting.size) {
            const batch = [...this.waiting].slice(0, BATCH);
            for (const path of batch) {
                this.waiting.delete(path);
            }
            const found = await this.ask<Verdict[]>('verdicts', { paths: batch });
            for (const verdict of found) {
                this.verdicts.set(verdict.path, verdict);
            }
            const nodes = found.map(({ path }) => this.files.get(path)).filter((node) => node !== undefined);
            if (nodes.length) {
                this.changed.fire(nodes);
            }
        }
        this.isAsking = false;
    }
}

function runtimesOf(project: Project): Node[] {
    const titles = [...new Set(project.groups.map(({ runtime }) => runtime))];
    return titles.map((title) => ({ type: 'runtime', project, title }));
}

function parent(id: string, label: string, isOpen: boolean): vscode.TreeItem {
    const { Expanded, Collapsed } = vscode.TreeItemCollapsibleState;
    const item = new vscode.TreeItem(label, isOpen ? Expanded : Collapsed);
    item.id = id;
    return item;
}

function groupItem(project: Project, group: Group): vscode.TreeItem {
    const item = parent(`${project.root}:${group.id}`, group.title, group.files <= OPEN);
    const rejected = group.rejected ? `, ${group.rejected} not loaded` : '';
    item.description = [`${group.files}${rejected}`, group.folder].filter(Boolean).join(' · ');
    item.tooltip = group.folder;
    return item;
}

/** An entry of a file, about which there is no verdict. */
function entryItem({ path, uri, name, description }: File, { line, character }: Position): vscode.TreeItem {
    const item = new vscode.TreeItem(name);
    const selection = new vscode.Range(line, character, line, character);
    item.id = `${path}:${line}:${character}`;
    item.iconPath = new vscode.ThemeIcon('symbol-property');
    item.description = description;
    item.tooltip = description;
    item.contextValue = 'entry';
    item.command = {
        command: 'vscode.open',
        title: 'Open',
        arguments: [vscode.Uri.parse(uri, true), { selection }],
    };
    return item;
}

function fileItem(file: File, verdict: Verdict | undefined): vscode.TreeItem {
    const uri = vscode.Uri.parse(file.uri, true);
    const item = new vscode.TreeItem(file.name);
    const problems = verdict?.problems ?? [];
    const level = verdict?.level ?? (file.loads ? 'unknown' : 'broken');
    const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
    const words = level === 'broken' ? (verdict?.words ?? 'not loaded') : problems.length ? count : '';
    item.id = file.path;
    item.iconPath = ICONS[level];
    item.description = [file.detail, words].filter(Boolean).join(' · ');
    item.tooltip = [file.description, ...(verdict?.verdicts ?? []), ...problems.slice(0, PROBLEMS_SHOWN)]
        .filter(Boolean)
        .join('\n\n');
    item.contextValue = 'file';
    item.command = { command: 'vscode.open', title: 'Open', arguments: [uri] };
    return item;
}
