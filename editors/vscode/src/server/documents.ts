/** The documents that the server is shown, and those that are a reason to start it. */

import * as fs from 'node:fs';
import * as path from 'node:path';
import * as vscode from 'vscode';
import type { DocumentSelector } from 'vscode-languageclient/node';
import { activationEvents } from '../../package.json';
import { AGENT_FILES, CONFIG_FILES } from './patterns';

// Which language VS Code assigns to an agent file depends on its version and on the path. YAML and plain
// Markdown are mostly something else, so for them the path decides.
const LANGUAGES = activationEvents
    .filter((event) => event.startsWith('onLanguage:'))
    .map((event) => event.replace('onLanguage:', ''))
    .filter((language) => language !== 'yaml' && language !== 'markdown');

/** Agent files, as far as their paths and languages tell. */
export const AGENTS = [...LANGUAGES.flatMap(savedOrNot), ...AGENT_FILES.map(onDisk)];

/**
 * Files with settings of agentls, and with the user's own dialects. The second one has those of other tools too, so it is
 * no reason to start.
 */
const SETTINGS = onDisk('**/agentls.toml');
const PYPROJECT = onDisk('**/pyproject.toml');
const DIALECTS = onDisk('**/*.dialect.yaml');

const shown = [
    ...AGENTS,
    ...savedOrNot('markdown'),
    ...CONFIG_FILES.map(onDisk),
    SETTINGS,
    PYPROJECT,
    DIALECTS,
];

/** All Markdown, since settings can name further places; the server tells which of it is an agent file. */
export const SHOWN: DocumentSelector = shown;

/** Whether the server is shown `document`. */
export function isShown(document: vscode.TextDocument): boolean {
    return vscode.languages.match(shown, document) > 0;
}

/** Whether the server has something to say about `document`, as far as can be told without asking it. */
export function isReasonToStart(document: vscode.TextDocument): boolean {
    return vscode.languages.match([...AGENTS, SETTINGS], document) > 0 || isConfigured(document);
}

/** Whether a line is below an opening `---` in the first line, and not below a closing one. */
export function isInFrontmatter(document: vscode.TextDocument, line: number): boolean {
    const isFence = (at: number) => /^\uFEFF?---\s*$/.test(document.lineAt(at).text);
    if (line === 0 || !isFence(0)) {
        return false;
    }
    for (let at = 1; at <= line; at++) {
        if (isFence(at)) {
            return false;
        }
    }
    return true;
}

function savedOrNot(language: string) {
    return ['file', 'untitled'].map((scheme) => ({ scheme, language }));
}

function onDisk(pattern: string) {
    return { scheme: 'file', pattern };
}

/** Whether settings apply to a Markdown file, which may make it an agent file. */
function isConfigured({ uri, languageId }: vscode.TextDocument): boolean {
    if (uri.scheme !== 'file' || languageId !== 'markdown') {
        return false;
    }
    const places = vscode.workspace.getConfiguration('agentls').get('places', {});
    return Object.keys(places).length > 0 || parentsOf(uri.fsPath).some(hasSettings);
}

function parentsOf(file: string): string[] {
    const parent = path.dirname(file);
    return parent === file ? [] : [parent, ...parentsOf(parent)];
}

function hasSettings(folder: string): boolean {
    try {
        return (
            fs.existsSync(path.join(folder, 'agentls.toml')) ||
            fs.readFileSync(path.join(folder, 'pyproject.toml'), 'utf8').includes('[tool.agentls')
        );
    } catch {
        return false;
    }
}
