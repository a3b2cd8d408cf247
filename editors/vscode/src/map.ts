/** The agent map: a page of the server, in a tab of its own. */

import * as vscode from 'vscode';
import type { Extension } from './extension';

/** The server's answer to `agentls/graph`. */
interface AgentMap {
    readonly title: string;
    readonly html: string;
}

/** What the page wants done. */
interface Wish {
    readonly open?: string;
    readonly line?: number;
    readonly refresh?: boolean;
}

/** Show the map of the project that the current file belongs to, or of all folders that are open. */
export async function showMap(extension: Extension): Promise<void> {
    const uri = vscode.window.activeTextEditor?.document.uri.toString();
    const ask = async () => {
        const client = await extension.running();
        return client?.sendRequest<AgentMap | null>('agentls/graph', uri ? { textDocument: { uri } } : {});
    };
    const location = vscode.ProgressLocation.Notification;
    const map = await vscode.window.withProgress({ location, title: 'Drawing the agent map' }, ask);
    if (!map) {
        if (extension.client) {
            void vscode.window.showInformationMessage('agentls: Open a folder with agents to see their map.');
        }
        return;
    }
    const options = { enableScripts: true, localResourceRoots: [], retainContextWhenHidden: true };
    const panel = vscode.window.createWebviewPanel(
        'agentls.map',
        map.title,
        vscode.ViewColumn.Active,
        options,
    );
    panel.webview.html = map.html;
    let shown = map.html;
    const refresh = async () => {
        const now = await ask().catch(() => undefined); // The server is being stopped.
        if (now && now.html !== shown) {
            panel.webview.html = shown = now.html;
        }
    };
    const saved = vscode.workspace.onDidSaveTextDocument(() => panel.visible && refresh());
    panel.onDidDispose(() => saved.dispose());
    panel.webview.onDidReceiveMessage(async ({ open, line, refresh: anew }: Wish) => {
        if (anew) {
            await refresh();
        } else if (open) {
            const at = new vscode.Position(Math.max(0, (line ?? 1) - 1), 0);
            const viewColumn =
                panel.viewColumn === vscode.ViewColumn.One ? vscode.ViewColumn.Two : vscode.ViewColumn.One;
            await vscode.window.showTextDocument(vscode.Uri.file(open), {
                viewColumn,
                selection: new vscode.Range(at, at),
            });
        }
    });
}
