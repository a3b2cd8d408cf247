/** The one server of a window: when it starts, starts again after a crash, and stops. */

import * as vscode from 'vscode';
import { Client } from './client';
import { isReasonToStart } from './documents';
import { find, type Program } from './find';
import { machineSetting } from './settings';
import { bundledThread, type Thread } from './thread';

const INSTALLING = 'https://www.python.org/downloads/';

/** Milliseconds after the last change of a setting before the server restarts. */
const SETTLING = 300;

/** After this many crashes within this many minutes the server is not started again. */
const CRASHES = 5;
const MINUTES = 3;

/** Why there is no server, and what can be done about it. */
interface Failure {
    readonly message: string;
    readonly choices: Record<string, () => unknown>;
}

export class Session {
    readonly output = vscode.window.createOutputChannel('agentls', { log: true });
    private readonly changed = new vscode.EventEmitter<void>();
    /** The server has started or failed, or its settings have changed: answers may differ now. */
    readonly onDidChange = this.changed.event;

    /** The running server, if there is one. */
    client: Client | undefined;
    failure: Failure | undefined;
    /** Whether the server runs in WebAssembly, for want of a Python on this machine. */
    isInWebAssembly = false;
    private starting: Promise<void> | undefined;
    private pending: NodeJS.Timeout | undefined;
    private crashes: number[] = [];

    constructor(private readonly context: vscode.ExtensionContext) {
        context.subscriptions.push(
            this.output,
            this.changed,
            vscode.workspace.onDidOpenTextDocument((document) => this.startFor(document)),
            vscode.workspace.onDidSaveTextDocument(() => this.startIfNeeded()),
            vscode.workspace.onDidChangeConfiguration((event) => this.configure(event)),
            vscode.workspace.onDidGrantWorkspaceTrust(() => this.failure && this.restart()),
            this.output.onDidChangeLogLevel(() => void this.client?.sendSettings()),
        );
    }

    /** Start the server if one of the open documents is a reason to. */
    startIfNeeded(): void {
        for (const document of vscode.workspace.textDocuments) {
            this.startFor(document);
        }
    }

    private startFor(document: vscode.TextDocument): void {
        if (!this.starting && isReasonToStart(document)) {
            void this.start();
        }
    }

    /** The running client, started if necessary. If there is no server, a message says why. */
    async running(): Promise<Client | undefined> {
        if (this.failure) {
            void this.report(this.failure);
        }
        await this.start();
        return this.client;
    }

    private start(): Promise<void> {
        this.starting ??= this.launch();
        return this.starting;
    }

    async restart(): Promise<void> {
        this.crashes = [];
        await this.stop();
        await this.start();
        if (this.client) {
            void vscode.window.showInformationMessage('agentls restarted.');
        }
    }

    async stop(): Promise<void> {
        clearTimeout(this.pending);
        await this.starting;
        const client = this.client;
        this.client = this.starting = this.failure = undefined;
        await client?.dispose().catch((error) => this.output.error(`stopping: ${error}`));
    }

    private async launch(): Promise<void> {
        const found = await find(this.context);
        const thread = bundledThread(this.context);
        if ('program' in found) {
            this.output.info(`agentls ${found.version}, ${found.program.title}`);
            await this.run(found.program);
        } else if (thread && !machineSetting('path')) {
            const { version } = this.context.extension.packageJSON;
            this.output.info(`agentls ${version}, ${thread.title}; tried before: ${found.tried.join('; ')}`);
            await this.run(thread);
        } else {
            const tried = found.tried.join('; ');
            this.output.error(`no server: ${tried}`);
            this.fail(`agentls needs Python 3.10 or newer, or an installed agentls. Tried: ${tried}.`, {
                'Open Setting': () =>
                    vscode.commands.executeCommand('workbench.action.openSettings', 'agentls.server'),
                'Show Output': () => this.output.show(),
                'How to Install Python': () => vscode.env.openExternal(vscode.Uri.parse(INSTALLING)),
            });
        }
    }

    private async run(server: Program | Thread): Promise<void> {
        this.isInWebAssembly = !('command' in server);
        const client = new Client(server, this.context.extensionPath, this.output, () => {
            if (client === this.client) {
                this.recover();
            }
        });
        try {
            await client.start();
        } catch (error) {
            this.output.error(`the server did not start: ${error}`);
            this.failToRun(`agentls did not start (${server.title}). See the output for details.`);
            return;
        }
        this.client = client;
        this.changed.fire();
    }

    /** Start the server again after a crash, unless it keeps crashing. */
    private recover(): void {
        const now = Date.now();
        this.crashes = [...this.crashes.filter((crash) => now - crash < MINUTES * 60_000), now];
        this.client = undefined;
        if (this.crashes.length < CRASHES) {
            this.starting = this.launch();
        } else {
            this.failToRun(
                `agentls crashed ${CRASHES} times within ${MINUTES} minutes and was not restarted.`,
            );
        }
    }

    private failToRun(message: string): void {
        this.fail(message, {
            'Restart Server': () => this.restart(),
            'Show Output': () => this.output.show(),
        });
    }

    private fail(message: string, choices: Failure['choices']): void {
        this.failure = { message, choices };
        void this.report(this.failure);
        this.changed.fire();
    }

    private async report({ message, choices }: Failure): Promise<void> {
        const choice = await vscode.window.showErrorMessage(message, ...Object.keys(choices));
        await (choice && choices[choice]());
    }

    private configure(event: vscode.ConfigurationChangeEvent): void {
        const restarts = ['agentls.server', 'agentls.features.formatting'];
        if (this.starting && restarts.some((setting) => event.affectsConfiguration(setting))) {
            // The client tells the server of the change as well, so the server must not stop at once.
            clearTimeout(this.pending);
            this.pending = setTimeout(() => void this.restart(), SETTLING);
        }
        if (event.affectsConfiguration('agentls.places')) {
            this.startIfNeeded();
        }
        if (event.affectsConfiguration('agentls.features')) {
            this.client?.refresh();
        }
        if (event.affectsConfiguration('agentls')) {
            this.changed.fire();
        }
    }
}
