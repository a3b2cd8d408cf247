/** The connection to a running server. */

import * as vscode from 'vscode';
import {
    CloseAction,
    CodeLensRequest,
    DocumentDiagnosticRequest,
    ErrorAction,
    LanguageClient,
    type StaticFeature,
} from 'vscode-languageclient/node';
import { SHOWN } from './documents';
import type { Server } from './find';
import { middleware } from './middleware';

export class Client extends LanguageClient {
    /** `server` runs in `folder`; `onClosed` is called when the connection ends, however it ends. */
    constructor(
        server: Server,
        folder: string,
        outputChannel: vscode.LogOutputChannel,
        onClosed: () => void,
    ) {
        const run = { command: server.command, args: [...server.args, 'server'], options: { cwd: folder } };
        super('agentls', 'agentls', run, {
            documentSelector: SHOWN,
            outputChannel,
            middleware,
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
    }

    /** Log an error without showing it: one message from the session is enough. */
    override error(message: string, data?: unknown): void {
        super.error(message, data, false);
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

/** Tells the server which commands a code lens can run. */
const commands: StaticFeature = {
    fillClientCapabilities: (capabilities) => {
        capabilities.experimental = { commands: ['agentls.showReferences', 'agentls.inspect'] };
    },
    initialize: () => undefined,
    getState: () => ({ kind: 'static' }),
    clear: () => undefined,
};
