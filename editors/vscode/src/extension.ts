/** The extension: starts the server when an agent file is there, and stops it. */

import * as vscode from 'vscode';
import { DocumentDiagnosticRequest, LanguageClient } from 'vscode-languageclient/node';
import { registerCommands } from './commands';
import { middleware } from './middleware';
import { find } from './server';
import { Status } from './status';

// The languages that VS Code has given these files, depending on its version and their place.
const LANGUAGES = ['chatagent', 'prompt', 'instructions', 'skill', 'markdown'];
const SELECTOR = LANGUAGES.flatMap((language) => [
    { scheme: 'file', language },
    { scheme: 'untitled', language },
]);

// Documents that are reason enough to start the server. Once it runs, it is shown all Markdown,
// and tells by itself what is an agent file.
const REASONS: vscode.DocumentSelector = [
    ...SELECTOR.filter(({ language }) => language !== 'markdown'),
    { scheme: 'file', language: 'markdown', pattern: '**/agents/**/*.md' },
];

const INSTALLING = 'https://www.python.org/downloads/';

const SETTLING = 300;

export class Extension {
    readonly output = vscode.window.createOutputChannel('agentls', { log: true });
    readonly status = new Status(this);
    client: LanguageClient | undefined;
    private starting: Promise<void> | undefined;
    private pending: NodeJS.Timeout | undefined;

    constructor(private readonly context: vscode.ExtensionContext) {
        context.subscriptions.push(
            this.output,
            this.status,
            vscode.workspace.onDidOpenTextDocument((document) => this.see(document)),
            vscode.workspace.onDidChangeConfiguration((event) => this.configure(event)),
            vscode.workspace.onDidGrantWorkspaceTrust(() => this.starting && !this.client && this.restart()),
        );
        registerCommands(this, context);
    }

    /** Start the server if `document` asks for it. */
    see(document: vscode.TextDocument): void {
        if (!this.starting && vscode.languages.match(REASONS, document)) {
            void this.start();
        }
    }

    /** The running client, started if need be; `undefined` if there is no server. */
    async running(): Promise<LanguageClient | undefined> {
        await this.start();
        return this.client;
    }

    private start(): Promise<void> {
        return (this.starting ??= this.launch());
    }

    async restart(): Promise<void> {
        await this.stop();
        await this.start();
    }

    async stop(): Promise<void> {
        clearTimeout(this.pending);
        await this.starting;
        const client = this.client;
        this.client = this.starting = undefined;
        await client?.dispose().catch((error) => this.output.error(`stopping: ${error}`));
    }

    private async launch(): Promise<void> {
        const found = await find(this.context);
        if ('tried' in found) {
            found.tried.forEach((line) => this.output.error(line));
            this.status.missing();
            void this.complain(found.tried);
            return;
        }
        const { title, command, args } = found.server;
        this.output.info(`agentls ${found.version}, ${title}`);
        const run = { command, args: [...args, 'server'], options: { cwd: this.context.extensionPath } };
        this.client = new LanguageClient('agentls', 'agentls', run, {
            documentSelector: SELECTOR,
            outputChannel: this.output,
            middleware,
        });
        try {
            await this.client.start();
        } catch (error) {
            this.output.error(`the server did not start: ${error}`);
            this.client = undefined;
            this.status.missing();
            void this.complain([`${title}: it did not start`]);
            return;
        }
        this.status.update();
    }

    private async complain(tried: readonly string[]): Promise<void> {
        const choice = await vscode.window.showErrorMessage(
            `agentls needs Python 3.10 or newer, or the program agentls, and none of these works: ${tried.join('; ')}.`,
            'Open Setting',
            'Show Output',
            'How to Install Python',
        );
        if (choice === 'Open Setting') {
            await vscode.commands.executeCommand('workbench.action.openSettings', 'agentls.server');
        } else if (choice === 'Show Output') {
            this.output.show();
        } else if (choice) {
            await vscode.env.openExternal(vscode.Uri.parse(INSTALLING));
        }
    }

    private configure(event: vscode.ConfigurationChangeEvent): void {
        if (this.starting && event.affectsConfiguration('agentls.server')) {
            // The client tells the server of the change as well, and must not find it gone.
            clearTimeout(this.pending);
            this.pending = setTimeout(() => void this.restart(), SETTLING);
        } else if (event.affectsConfiguration('agentls')) {
            this.status.update();
        }
        if (event.affectsConfiguration('agentls.features.diagnostics')) {
            this.askForDiagnostics();
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
    const started = (extension = new Extension(context));
    vscode.workspace.textDocuments.forEach((document) => started.see(document));
}

export async function deactivate(): Promise<void> {
    await extension?.stop();
}
