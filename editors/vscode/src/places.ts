/** Markdown outside of the usual folders, which the settings may have made agent files. */

import * as fs from 'node:fs';
import * as path from 'node:path';
import * as vscode from 'vscode';

/** Whether somebody has set up agentls where `document` lies, so that the server should be asked about it. */
export function isSetUpFor({ uri, languageId }: vscode.TextDocument): boolean {
    if (uri.scheme !== 'file' || languageId !== 'markdown') {
        return false;
    }
    const places = vscode.workspace.getConfiguration('agentls').get('places', {});
    return Object.keys(places).length > 0 || parentsOf(uri.fsPath).some(isSetUp);
}

function parentsOf(file: string): string[] {
    const parent = path.dirname(file);
    return parent === file ? [] : [parent, ...parentsOf(parent)];
}

function isSetUp(folder: string): boolean {
    try {
        return (
            fs.existsSync(path.join(folder, 'agentls.toml')) ||
            fs.readFileSync(path.join(folder, 'pyproject.toml'), 'utf8').includes('[tool.agentls')
        );
    } catch {
        return false;
    }
}
