/** Settings that this client reads itself. */

import * as vscode from 'vscode';

/** Whether a feature is enabled in `agentls.features`. */
export function isEnabled(feature: string): boolean {
    return vscode.workspace.getConfiguration('agentls.features').get(feature, true);
}

/** A setting of `agentls.server`, which only counts where a person has made it for this machine. */
export function machineSetting(name: string): string {
    const setting = vscode.workspace.getConfiguration('agentls.server').inspect<string>(name);
    const value = setting?.globalValue ?? setting?.defaultValue ?? '';
    return typeof value === 'string' ? value.trim() : '';
}

/** The values of `editor.quickSuggestions`. */
type QuickSuggestions = boolean | { readonly other?: boolean | string };

/** Whether VS Code shows no suggestions while a person types into a document, and nobody but VS Code has set that. */
export function isQuietByDefault(document: vscode.TextDocument): boolean {
    const editor = vscode.workspace.getConfiguration('editor', document);
    const found = editor.inspect<QuickSuggestions>('quickSuggestions');
    const ofLanguage =
        found?.workspaceFolderLanguageValue ?? found?.workspaceLanguageValue ?? found?.globalLanguageValue;
    const ofAll = found?.workspaceFolderValue ?? found?.workspaceValue ?? found?.globalValue;
    return ofLanguage === undefined && isOff(found?.defaultLanguageValue) && !isOff(ofAll);
}

function isOff(value: QuickSuggestions | undefined): boolean {
    const other = typeof value === 'object' ? value.other : value;
    return other === false || other === 'off';
}
