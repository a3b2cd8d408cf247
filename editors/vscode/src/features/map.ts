/** The agent map: a page that the server renders, in a tab. */

import * as vscode from 'vscode';
import type { Session } from '../server/session';

/** The answer to `agentls/graph`. */
interface AgentMap {
    readonly title: string;
    readonly html: string;
}

/** A message from the page: open a file at a line, or render the map again. */
interface Message {
    readonly open?: string;
    readonly line?: number;
    readonly refresh?: boolean;
}

/** Show the map of the project of the current file, or of all workspace folders. */
export async function showMap(session: Session): Promise<void> {
    const uri = vscode.window.activeTextEditor?.document.uri.toString();
    const ask = async () => {
        const client = await session.running();
        return client?.sendRequest<AgentMap | null>('agentls/graph', uri ? { textDocument: { uri } } : {});
    };
    const location = vscode.ProgressLocation.Notification;
    const map = await vscode.window.withProgress({ location, title: 'Rendering the agent map' }, ask);
    if (map) {
        show(map, ask);
    } else if (session.client) {
        void vscode.window.showInformationMessage('agentls: open a folder with agents to see their map.');
    }
}

function show(map: AgentMap, ask: () => Promise<AgentMap | null | undefined>): void {
    const options = { enableScripts: true, localResourceRoots: [], retainContextWhenHidden: true };
    const column = vscode.ViewColumn.Active;
    const panel = vscode.window.createWebviewPanel('agentls.map', map.title, column, options);
    panel.webview.html = map.html;
    let shown = map.html;
    const refresh = async () => {
        const now = await ask().catch(() => undefined); // The server is stopping.
        if (now && now.html !== shown) {
            panel.webview.html = shown = now.html;
        }
    };
    const saved = vscode.workspace.onDidSaveTextDocument(() => panel.visible && refresh());
    panel.onDidDispose(() => saved.dispose());
    panel.webview.onDidReceiveMessage(async (message: Message) => {
        if (message.refresh) {
            await refresh();
        } else if (message.open) {
            const viewColumn =
                panel.viewColumn === vscode.ViewColumn.One ? vscode.ViewColumn.Two : vscode.ViewColumn.One;
            const line = Math.max(0, (message.line ?? 1) - 1);
            const selection = new vscode.Range(line, 0, line, 0);
            await vscode.window.showTextDocument(vscode.Uri.file(message.open), { viewColumn, selection });
        }
    });
}
