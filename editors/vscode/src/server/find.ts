/** Finds a program that runs agentls: the first candidate that answers `--version`. */

import { execFile } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { machineSetting } from './settings';

/** A program that runs agentls; `args` come before its own arguments. */
export interface Program {
    readonly title: string;
    readonly command: string;
    readonly args: readonly string[];
}

/** A program that runs and its version, or the candidates that failed, each with its reason. */
export type Found =
    | { readonly program: Program; readonly version: string }
    | { readonly tried: readonly string[] };

/** Milliseconds for a candidate to answer. */
const PATIENCE = 15_000;

export async function find(context: vscode.ExtensionContext): Promise<Found> {
    const tried: string[] = [];
    for await (const program of candidates(context)) {
        try {
            const version = await ask(program, context.extensionPath);
            return { program, version };
        } catch (error) {
            tried.push(`${program.title}: ${error instanceof Error ? error.message : error}`);
        }
    }
    return { tried };
}

async function* candidates(context: vscode.ExtensionContext): AsyncGenerator<Program> {
    const chosen = machineSetting('path');
    if (chosen) {
        // No fallback: whoever sets a program wants that one, or the reason why it does not run.
        yield { title: `the setting agentls.server.path (${chosen})`, command: chosen, args: [] };
        return;
    }
    const bundled = context.asAbsolutePath(path.join('dist', 'server', 'main.py'));
    if (fs.existsSync(bundled)) {
        for await (const [title, command, ...args] of pythons()) {
            // Isolated, so that neither the workspace nor the environment can add modules.
            yield { title: `the bundled server with ${title}`, command, args: [...args, '-I', bundled] };
        }
    }
    yield { title: 'agentls on the PATH', command: 'agentls', args: [] };
}

/** Candidate interpreters: title, command and arguments. */
async function* pythons(): AsyncGenerator<[string, string, ...string[]]> {
    const chosen = machineSetting('python');
    if (chosen) {
        yield [`the setting agentls.server.python (${chosen})`, chosen];
        return;
    }
    const selected = await selectedPython();
    if (selected) {
        yield [`the Python extension's ${selected}`, selected];
    }
    yield ['python3 on the PATH', 'python3'];
    yield ['python on the PATH', 'python'];
    if (process.platform === 'win32') {
        yield ['the Python launcher', 'py', '-3'];
    }
}

/** The interpreter selected in the Python extension. A workspace can select one, so it must be trusted. */
async function selectedPython(): Promise<string | undefined> {
    const extension = vscode.extensions.getExtension('ms-python.python');
    if (!extension || !vscode.workspace.isTrusted) {
        return undefined;
    }
    try {
        const { environments } = await extension.activate();
        const active = environments.getActiveEnvironmentPath(vscode.workspace.workspaceFolders?.[0]?.uri);
        const resolved = await environments.resolveEnvironment(active);
        return resolved?.executable.uri?.fsPath;
    } catch {
        return undefined;
    }
}

function ask(program: Program, folder: string): Promise<string> {
    return new Promise((resolve, reject) => {
        // Not in the workspace: some systems search the current folder for programs first.
        const options = { cwd: folder, timeout: PATIENCE, windowsHide: true };
        execFile(program.command, [...program.args, '--version'], options, (error, stdout, stderr) => {
            const version = /^agentls (\S+)/m.exec(stdout)?.[1];
            if (!error && version) {
                resolve(version);
            } else {
                reject(new Error(reason(error, stderr)));
            }
        });
    });
}

function reason(error: (Error & { code?: unknown; killed?: boolean }) | null, stderr: string): string {
    if (error?.code === 'ENOENT') {
        return 'not found';
    }
    if (error?.killed) {
        return `no answer within ${PATIENCE / 1000} seconds`;
    }
    return stderr.trim().split('\n').pop() || error?.message || 'this is not agentls';
}
