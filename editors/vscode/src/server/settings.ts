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
