/** The extension: starts the server when an agent file is there, again when it crashes, and stops it. */

import * as vscode from 'vscode';
import {
    CloseAction,
    CodeLensRequest,
    DocumentDiagnosticRequest,
    ErrorAction,
    LanguageClient,
    type StaticFeature,
} from 'vscode-languageclient/node';
import { registerCommands } from './commands';
import { middleware } from './middleware';
import { isSetUpFor } from './places';
import { find, type Server } from './server';
import { Status } from './status';

// The languages that VS Code has given these files, depending on its version and their place.
const LANGUAGES = ['chatagent', 'prompt', 'instructions', 'skill', 'markdown'];
const SELECTOR = [
    ...LANGUAGES.flatMap((language) => [
        { scheme: 'file', language },
        { scheme: 'untitled', language },
    ]),
    { scheme: 'file', language: 'yaml', pattern: '**/.*/agents/*' },
];

// The files beside the agents, which name them. They are shown to a server that runs, and are no reason to start it.
const BESIDE = {
    scheme: 'file',
    pattern:
        '**/{.mcp,mcp,mcp-config,settings,settings.local,plugin,marketplace,hooks,opencode,kilo}.{json,jsonc}',
};

// Documents that are reason enough to start the server: products keep their agents in a folder `agents`, or in
// some folder of a hidden one. Once it runs, it is shown all Markdown, and tells by itself what is an agent file.
const REASONS: vscode.DocumentSelector = [
    ...SELECTOR.filter(({ language }) => language !== 'markdown'),
    { scheme: 'file', language: 'markdown', pattern: '**/agents/**' },
    { scheme: 'file', language: 'markdown', pattern: '**/.*/*/**' },
    { scheme: 'file', language: 'markdown', pattern: '**/SKILL.md' },
];

/** The commands that what stands above an agent may lead to, which the server is told of. */
const commands: StaticFeature = {
    fillClientCapabilities: (capabilities) => {
        capabilities.experimental = { commands: ['agentls.showReferences', 'agentls.inspect'] };
    },
    initialize: () => undefined,
    getState: () => ({ kind: 'static' }),
    clear: () => undefined,
};

const INSTALLING = 'https://www.python.org/downloads/';

const SETTLING = 300;

/** So many crashes within so many minutes are too many. */
const CRASHES = 5;
const MINUTES = 3;

/** A client that writes to the output what goes wrong: one message from the extension is enough. */
class Client extends LanguageClient {
    override error(message: string, data?: unknown): void {
        super.error(message, data, false);
    }
}

export class Extension {
    readonly output = vscode.window.createOutputChannel('agentls', { log: true });
    readonly status = new Status(this);
    client: LanguageClient | undefined;
    private starting: Promise<void> | undefined;
    private pending: NodeJS.Timeout | undefined;
    private crashes: number[] = [];
    private complain: (() => Promise<void>) | undefined;

    constructor(private readonly context: vscode.ExtensionContext) {
        context.subscriptions.push(
            this.output,
            this.status,
            vscode.workspace.onDidOpenTextDocument((document) => this.see(document)),
            vscode.workspace.onDidSaveTextDocument(() => this.look()),
            vscode.workspace.onDidChangeConfiguration((event) => this.configure(event)),
            vscode.workspace.onDidGrantWorkspaceTrust(() => this.starting && !this.client && this.restart()),
        );
        registerCommands(this, context);
    }

    /** Start the server if one of the open documents asks for it. */
    look(): void {
        vscode.workspace.textDocuments.forEach((document) => this.see(document));
    }

    private see(document: vscode.TextDocument): void {
        if (!this.starting && (vscode.languages.match(REASONS, document) || isSetUpFor(document))) {
            void this.start();
        }
    }

    /** The running client, started if need be; `undefined` if there is no server, which a message then says. */
    async running(): Promise<LanguageClient | undefined> {
        if (this.starting && !this.client) {
            void this.complain?.();
        }
        await this.start();
        return this.client;
    }

    private start(): Promise<void> {
        return (this.starting ??= this.launch());
    }

    async restart(): Promise<void> {
        this.crashes = [];
        await this.stop();
        await this.start();
    }

    async stop(): Promise<void> {
        clearTimeout(this.pending);
        await this.starting;
        const client = this.client;
        this.client = this.starting = this.complain = undefined;
        await client?.dispose().catch((error) => this.output.error(`stopping: ${error}`));
    }

    private async launch(): Promise<void> {
        const found = await find(this.context);
        if ('tried' in found) {
            found.tried.forEach((line) => this.output.error(line));
            const needs =
                'agentls needs Python 3.10 or newer, or the program agentls, and none of these works';
            this.fail(`${needs}: ${found.tried.join('; ')}.`, {
                'Open Setting': () =>
                    vscode.commands.executeCommand('workbench.action.openSettings', 'agentls.server'),
                'Show Output': () => this.output.show(),
                'How to Install Python': () => vscode.env.openExternal(vscode.Uri.parse(INSTALLING)),
            });
            return;
        }
        this.output.info(`agentls ${found.version}, ${found.server.title}`);
        const client = this.clientOf(found.server);
        try {
            await client.start();
        } catch (error) {
            this.output.error(`the server did not start: ${error}`);
            this.failToRun(`agentls does not start (${found.server.title}). The output says why.`);
            return;
        }
        this.client = client;
        this.status.update();
    }

    private clientOf({ command, args }: Server): LanguageClient {
        const run = { command, args: [...args, 'server'], options: { cwd: this.context.extensionPath } };
        const client = new Client('agentls', 'agentls', run, {
            documentSelector: [...SELECTOR, BESIDE],
            outputChannel: this.output,
            middleware,
            initializationFailedHandler: () => false,
            errorHandler: {
                error: () => ({ action: ErrorAction.Continue, handled: true }),
                closed: () => {
                    if (client === this.client) {
                        this.recover();
                    }
                    return {
                        action: CloseAction.DoNotRestart,
                        handled: true,
                        message: 'The server has ended.',
                    };
                },
            },
        });
        client.registerFeature(commands);
        return client;
    }

    /** Start the server again after a crash, unless it crashes all the time. */
    private recover(): void {
        const now = Date.now();
        this.crashes = [...this.crashes.filter((crash) => now - crash < MINUTES * 60_000), now];
        this.client = undefined;
        if (this.crashes.length < CRASHES) {
            this.starting = this.launch();
        } else {
            this.failToRun(
                `agentls has crashed ${CRASHES} times within ${MINUTES} minutes, and is not started again.`,
            );
        }
    }

    private failToRun(message: string): void {
        this.fail(message, {
            'Restart Server': () => this.restart(),
            'Show Output': () => this.output.show(),
        });
    }

    /** Say why there is no server, at once and whenever one is asked for, and what can be done. */
    private fail(message: string, choices: Record<string, () => unknown>): void {
        this.status.missing(message);
        this.complain = async () => {
            const choice = await vscode.window.showErrorMessage(message, ...Object.keys(choices));
            await (choice && choices[choice]());
        };
        void this.complain();
    }

    private configure(event: vscode.ConfigurationChangeEvent): void {
        if (this.starting && event.affectsConfiguration('agentls.server')) {
            // The client tells the server of the change as well, and must not find it gone.
            clearTimeout(this.pending);
            this.pending = setTimeout(() => void this.restart(), SETTLING);
        } else if (event.affectsConfiguration('agentls')) {
            this.status.update();
        }
        if (event.affectsConfiguration('agentls.places')) {
            this.look();
        }
        if (event.affectsConfiguration('agentls.features.diagnostics')) {
            this.askForDiagnostics();
        }
        if (event.affectsConfiguration('agentls.features.codeLens')) {
            this.askForLenses();
        }
    }

    private askForLenses(): void {
        const feature = this.client?.getFeature(CodeLensRequest.method);
        for (const document of vscode.workspace.textDocuments) {
            feature?.getProvider(document)?.onDidChangeCodeLensEmitter.fire();
        }
    }

    private askForDiagnostics(): void {
        const feature = this.client?.getFeature(DocumentDiagnosticRequest.method);
        for (const document of vscode.workspace.textDocuments) {
            feature?.getProvider(document)?.onDidChangeDiagnosticsEmitter.fire();
        }
    }
}

let extension: Extension | undefined;

export function activate(context: vscode.ExtensionContext): void {
    extension = new Extension(context);
    extension.look();
}

export async function deactivate(): Promise<void> {
    await extension?.stop();
}
