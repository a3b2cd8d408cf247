/** agentls in a thread of this process, where Python runs in WebAssembly, for machines without Python. */

import * as fs from 'node:fs';
import * as path from 'node:path';
import { MessageChannel, Worker } from 'node:worker_threads';
import type * as vscode from 'vscode';
import { type MessageTransports, PortMessageReader, PortMessageWriter } from 'vscode-languageclient/node';

/** What is run: the script of the thread, and the folder with the Python packages. */
export interface Thread {
    readonly title: string;
    readonly script: string;
    readonly library: string;
}

/** The thread in this package, which only the one for all platforms has. */
export function bundledThread(context: vscode.ExtensionContext): Thread | undefined {
    const [script, library] = [
        ['wasm', 'server.mjs'],
        ['server', 'lib'],
    ].map((names) => context.asAbsolutePath(path.join('dist', ...names)));
    return fs.existsSync(script) ? { title: 'Python in WebAssembly', script, library } : undefined;
}

/** A thread that runs, and the connection to it. */
export interface RunningThread extends MessageTransports {
    terminate(): Promise<unknown>;
}

export function startThread({ script, library }: Thread, output: vscode.LogOutputChannel): RunningThread {
    const { port1, port2 } = new MessageChannel();
    const worker = new Worker(script, {
        workerData: { port: port2, library },
        transferList: [port2],
        stderr: true,
    });
    worker.stderr.on('data', (text) => output.error(String(text).trimEnd()));
    worker.on('error', (error) => output.error(error));
    return {
        reader: new PortMessageReader(port1),
        writer: new PortMessageWriter(port1),
        terminate: () => worker.terminate(),
    };
}
