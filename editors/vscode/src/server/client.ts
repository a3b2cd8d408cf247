/** The connection to a running server. */

import * as vscode from 'vscode';
import {
    CloseAction,
    CodeLensRequest,
    DiagnosticCollectionSource,
    DidChangeConfigurationNotification,
    DocumentDiagnosticRequest,
    ErrorAction,
    LanguageClient,
    type LanguageClientOptions,
    type ServerOptions,
    type StaticFeature,
} from 'vscode-languageclient/node';
import { OpenDiagnostics } from './diagnostics';
import { SHOWN } from './documents';
import type { Program } from './find';
import { formatAgentFilesOnly } from './formatting';
import { middleware } from './middleware';
import { type RunningThread, startThread, type Thread } from './thread';

export class Client extends LanguageClient {
    private thread: RunningThread | undefined;

    /** A program runs in `folder`; `onClosed` is called when the connection ends, however it ends. */
    constructor(
        server: Program | Thread,
        folder: string,
        outputChannel: vscode.LogOutputChannel,
        onClosed: () => void,
    ) {
        const run: ServerOptions =
            'command' in server
                ? { command: server.command, args: [...server.args, 'server'], options: { cwd: folder } }
                : async () => {
                      this.thread = startThread(server, outputChannel);
                      return this.thread;
                  };
        super('agentls', 'agentls', run, {
            documentSelector: SHOWN,
            outputChannel,
            middleware: middleware(outputChannel),
            diagnosticCollectionProvider: collections,
            initializationFailedHandler: () => false,
            errorHandler: {
                error: () => ({ action: ErrorAction.Continue, handled: true }),
                closed: () => {
                    onClosed();
                    return {
                        action: CloseAction.DoNotRestart,
                        handled: true,
                        message: 'The server has exited.',
                    };
                },
            },
        });
        this.registerFeature(commands);
        formatAgentFilesOnly(this);
    }

    /** A thread that does not end by itself, since it is busy, would keep its memory. */
    override async dispose(timeout?: number): Promise<void> {
        await super.dispose(timeout).finally(() => this.thread?.terminate());
    }

    /** Log an error without showing it: one message from the session is enough. */
    override error(message: string, data?: unknown): void {
        super.error(message, data, false);
    }

    /** Have the server ask for its settings again. */
    async sendSettings(): Promise<void> {
        await this.sendNotification(DidChangeConfigurationNotification.type, { settings: null });
    }

    /** Ask again for what VS Code keeps until it is told of a change. */
    refresh(): void {
        const diagnostics = this.getFeature(DocumentDiagnosticRequest.method);
        const lenses = this.getFeature(CodeLensRequest.method);
        for (const document of vscode.workspace.textDocuments) {
            diagnostics.getProvider(document)?.onDidChangeDiagnosticsEmitter.fire();
            lenses.getProvider(document)?.onDidChangeCodeLensEmitter.fire();
        }
    }
}

/** VS Code pulls the diagnostics of open documents; those of other files are pushed. */
const collections: LanguageClientOptions['diagnosticCollectionProvider'] = {
    create: (name = 'agentls', source) =>
        source === DiagnosticCollectionSource.pull
            ? new OpenDiagnostics(name)
            : vscode.languages.createDiagnosticCollection(name),
    dispose: (collection) => collection.dispose(),
};

/** Tells the server which commands it can run, which runtime this editor is, and that it has a tree. */
const commands: StaticFeature = {
    fillClientCapabilities: (capabilities) => {
        capabilities.experimental = {
            commands: ['agentls.showReferences', 'agentls.inspect', 'agentls.explain', 'agentls.save'],
            runtime: 'vscode',
            agentTree: true,
        };
    },
    initialize: () => undefined,
    getState: () => ({ kind: 'static' }),
    clear: () => undefined,
};
