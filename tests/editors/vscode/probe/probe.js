// Runs beside agentls in the extension host, asks VS Code what a person would see, and writes it down.
// AGENTLS_PROBE is JSON: the name of a scenario, the file to write to, and what the scenario needs.

const fs = require('fs');
const path = require('path');
const vscode = require('vscode');

const PATIENCE = 60_000;

exports.activate = () => {
    const job = JSON.parse(process.env.AGENTLS_PROBE ?? 'null');
    if (job) {
        void run(job);
    }
};

/** Semantic tokens as words with their types and modifiers. */
function decoded(document, { tokenTypes, tokenModifiers }, data) {
    const found = [];
    let line = 0;
    let start = 0;
    for (let at = 0; at < data.length; at += 5) {
        start = data[at] ? data[at + 1] : start + data[at + 1];
        line += data[at];
        const word = document.getText(new vscode.Range(line, start, line, start + data[at + 2]));
        const modifiers = tokenModifiers.filter((_, bit) => (data[at + 4] >> bit) & 1);
        found.push([word, tokenTypes[data[at + 3]], ...modifiers].join(' '));
    }
    return found;
}

async function run(job) {
    const result = { version: vscode.version };
    try {
        await scenarios[job.scenario](job, result);
    } catch (error) {
        result.error = String(error.stack);
    }
    fs.writeFileSync(`${job.out}.new`, JSON.stringify(result, null, 1));
    fs.renameSync(`${job.out}.new`, job.out);
}

const scenarios = {
    /** All that the extension offers, on one agent. */
    async everything(job, result) {
        const document = await open(job.agent);
        const before = document.getText();
        result.language = document.languageId;
        await until(() => ours(document).length, 'diagnostics');
        result.diagnostics = ours(document);
        result.others = vscode.languages
            .getDiagnostics(document.uri)
            .filter(({ source }) => source !== 'agentls')
            .map(({ message }) => message);

        const tool = find(document, 'Bahs');
        const after = document.positionAt(document.offsetAt(tool));
        const ask = (name, ...args) => question(`vscode.execute${name}Provider`, document.uri, ...args);
        const completion = async (at) =>
            (await ask('CompletionItem', at)).items.map(({ label, detail }) => [label.label ?? label, detail ?? '']);
        const hover = async () => (await ask('Hover', find(document, 'model:'))).flatMap((card) => card.contents.map(text));
        const symbols = async () => (await ask('DocumentSymbol')).map(({ name }) => name);
        if (result.language === 'chatagent') {
            // VS Code has answers of its own, and may be later than we are.
            await until(async () => (await hover()).length > 1, 'the hover of VS Code itself');
        }
        result.completion = await completion(after);
        await set('features.doubleCompletions', true);
        result.doubleCompletion = await completion(after);
        await set('features.doubleCompletions', undefined);
        result.hover = await hover();
        result.symbols = await symbols();

        await vscode.commands.executeCommand('agentls.inspect');
        const tabs = () => vscode.window.tabGroups.all.flatMap((group) => group.tabs.map(({ label }) => label));
        await until(() => tabs().includes('Inspection of reviewer.md'), 'the inspection');

        const editor = await vscode.window.showTextDocument(document, vscode.ViewColumn.One);
        editor.selection = new vscode.Selection(tool, tool);
        await vscode.commands.executeCommand('agentls.explain');
        await until(() => tabs().some((label) => label.includes('unknown-tool')), 'the page of the rule');
        result.tabs = tabs();

        await vscode.window.showTextDocument(document, vscode.ViewColumn.One);
        // VS Code now and then answers with nothing while an editor is still being shown.
        const range = new vscode.Range(tool, tool.translate(0, 4));
        const actions = await until(async () => {
            const found = await ask('CodeAction', range, 'quickfix', 50);
            return found.length && found;
        }, 'code actions');
        result.actions = actions.map(({ title }) => title);
        const fix = actions.find(({ edit, title }) => edit && title.includes('Bash'));
        await vscode.workspace.applyEdit(fix.edit);
        await until(() => !codes(document).includes('unknown-tool'), 'the end of the finding');
        result.fixed = document.lineAt(tool.line).text;
        await restore(document, before);
        await until(() => codes(document).includes('unknown-tool'), 'the finding, back again');

        await set('ignore', ['unknown-tool']);
        await until(() => !codes(document).includes('unknown-tool'), 'a finding ignored');
        await set('ignore', undefined);
        await until(() => codes(document).includes('unknown-tool'), 'the finding, no longer ignored');
        for (const feature of ['completion', 'hover', 'outline', 'diagnostics']) {
            await set(`features.${feature}`, false);
        }
        await until(() => !codes(document).length, 'no diagnostics');
        await append(document, '\n'); // VS Code keeps an outline until the text changes.
        result.off = { completion: await completion(after), hover: await hover(), symbols: await symbols() };
        for (const feature of ['completion', 'hover', 'outline', 'diagnostics']) {
            await set(`features.${feature}`, undefined);
        }
        await until(() => codes(document).length, 'diagnostics, switched on again');
        await restore(document, before);

        await vscode.commands.executeCommand('agentls.restart');
        await until(() => codes(document).length, 'diagnostics of the restarted server');

        const prose = await open(job.prose);
        await pause(1000);
        result.prose = ours(prose);
        if ((await vscode.languages.getLanguages()).includes('chatagent')) {
            const untitled = await vscode.workspace.openTextDocument({ language: 'chatagent', content: '---\nname: x\n---\n' });
            await vscode.window.showTextDocument(untitled, { preview: false });
            await until(() => codes(untitled).length, 'diagnostics of an agent that was never saved');
            result.untitled = codes(untitled);
            await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
        }
        await vscode.commands.executeCommand('workbench.action.closeAllEditors');
        const last = await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(job.agent), { preview: false });
        last.selection = new vscode.Selection(tool, tool);
        await until(() => ours(last.document).length, 'diagnostics after reopening');
    },

    /** The agent map, and where it leads. */
    async map(job, result) {
        await open(job.agent);
        await vscode.commands.executeCommand('agentls.showMap');
        const tabs = () => vscode.window.tabGroups.all.flatMap((group) => group.tabs.map(({ label }) => label));
        await until(() => tabs().some((label) => label.startsWith('Agent map of')), 'the map');
        result.tabs = tabs();
        await person(job, 'map');
        const editor = await until(() => {
            const shown = vscode.window.activeTextEditor;
            return shown?.document.fileName.endsWith('release-manager.md') && shown.selection.active.line && shown;
        }, 'the line that the map leads to');
        result.line = editor.document.lineAt(editor.selection.active.line).text;
    },

    /** The view Agents, the page of an inspection, and what both lead to. */
    async views(job, result) {
        const file = (name) => path.join(path.dirname(job.agent), name);
        await person(job, 'tree');
        fs.writeFileSync(file('late.md'), fs.readFileSync(job.agent, 'utf8').replace('name: reviewer', 'name: late'));
        fs.unlinkSync(file('gone.md'));
        await person(job, 'treeFollows');
        await person(job, 'treeInspects');
        const document = await open(job.agent);
        const tool = find(document, 'Bahs');
        const edit = new vscode.WorkspaceEdit();
        edit.replace(document.uri, new vscode.Range(tool, tool.translate(0, 4)), 'Bash');
        await vscode.workspace.applyEdit(edit);
        await person(job, 'pageFollows');
        await document.save();
        await person(job, 'pageLeads');
        result.lines = vscode.window.visibleTextEditors.map(({ document, selection }) =>
            `${path.basename(document.fileName)}:${selection.active.line + 1}`);
        await person(job, 'treeRenames');
        const renamed = () => (fs.existsSync(file('critic.md')) ? fs.readFileSync(file('critic.md'), 'utf8') : '');
        // VS Code moves the file first and saves its new text then.
        await until(() => renamed().includes('critic'), 'the file with the new name');
        result.renamed = renamed();
    },

    /** A file with settings, and what is shown in the text of an agent. */
    async presentation(job, result) {
        const settings = await open(job.settingsFile);
        await until(() => ours(settings).length, 'problems in the settings');
        result.settings = codes(settings);
        const words = async (marker) => {
            const found = await question('vscode.executeCompletionItemProvider', settings.uri, find(settings, marker));
            return found.items.map(({ label }) => label.label ?? label);
        };
        result.rules = await words('o-tools');
        const at = find(settings, 'ignroe');
        const fixes = await until(async () => {
            const found = await question('vscode.executeCodeActionProvider', settings.uri, new vscode.Range(at, at));
            return found.length && found;
        }, 'fixes of the settings');
        result.fixes = fixes.map(({ title }) => title);
        await person(job, 'settingsFile');

        // In the language of its own that VS Code has for agents, its own tokens may come first.
        const markdown = await open(job.nested);
        await until(() => ours(markdown).length, 'diagnostics of the agent in a folder');
        const legend = await question('vscode.provideDocumentSemanticTokensLegend', markdown.uri);
        const tokens = await question('vscode.provideDocumentSemanticTokens', markdown.uri);
        result.tokens = decoded(markdown, legend, tokens.data);

        const document = await open(job.agent);
        await until(() => ours(document).length, 'diagnostics');
        const uri = document.uri;
        const whole = new vscode.Range(0, 0, document.lineCount, 0);
        const hints = await question('vscode.executeInlayHintProvider', uri, whole);
        result.hints = hints.map(({ label }) => label);
        const colors = await question('vscode.executeDocumentColorProvider', uri);
        result.colors = colors.map(({ range }) => document.getText(range));
        const [selection] = await question('vscode.executeSelectionRangeProvider', uri, [find(document, 'Bahs')]);
        result.selections = [selection, selection.parent].map(({ range }) => document.getText(range));
        const calls = await question('vscode.prepareCallHierarchy', uri, find(document, 'reviewer'));
        result.calls = calls.map(({ name }) => name);
    },

    /** One agent, and whatever comes of it. */
    /** What is left in each file once a person has been through it with the keyboard. */
    async mending(job, result) {
        const severe = (document) =>
            ours(document)
                .filter(({ severity }) => severity !== 'Hint')
                .map(({ code, severity }) => `${severity} ${code}`);
        result.before = [];
        result.after = [];
        for (const file of job.broken) {
            const document = await vscode.workspace.openTextDocument(path.join(job.agents, file));
            await open(document.uri.fsPath);
            await until(() => ours(document).length, `diagnostics of ${file}`);
            result.before.push(severe(document));
            await vscode.commands.executeCommand('workbench.action.closeAllEditors');
            await person(job, `mend ${file}`);
            await pause(1000);
            result.after.push(severe(document));
        }
    },
    async glance(job, result) {
        const document = await open(job.agent);
        result.trusted = vscode.workspace.isTrusted;
        result.folders = vscode.workspace.workspaceFolders?.length ?? 0;
        const end = Date.now() + job.seconds * 1000;
        while (Date.now() < end && !ours(document).length) {
            await pause(50);
        }
        result.diagnostics = ours(document);
    },

    /** A server that does not start, then one that is killed again and again. */
    async crashes(job, result) {
        const document = await open(job.agent);
        await person(job, 'failing');
        await set('server.path', undefined);
        await until(() => codes(document).length, 'diagnostics, once the server starts');
        result.servers = [];
        for (let crash = 1; crash <= 5; crash++) {
            const server = await until(() => servers()[0], `server number ${crash}`);
            result.servers.push(server);
            await append(document, `Line ${crash},`);
            process.kill(server, 'SIGKILL');
            await append(document, ' typed on.\n');
            await until(() => !servers().includes(server), 'the end of the server');
            if (crash < 5) {
                await until(() => servers().length && codes(document).length, 'diagnostics after a crash');
            }
        }
        await person(job, 'crashed');
        result.left = [servers(), codes(document)];
        await person(job, 'restart');
        await until(() => servers().length && codes(document).length, 'diagnostics after the restart');
        await document.save();
    },

    /** Two roots, each set up in its own way; and what is none of our business. */
    async roots(job, result) {
        const prose = await open(job.prose);
        await until(() => vscode.extensions.getExtension('agentls.agentls')?.isActive, 'the extension');
        await pause(2000);
        await person(job, 'quiet');
        result.quiet = [ours(prose), servers()];

        const placed = await open(job.placed);
        await until(() => ours(placed).length, 'diagnostics in a place of its own');
        result.placed = [placed.languageId, ...codes(placed)];
        const agents = [];
        for (const agent of job.agents) {
            agents.push(await open(agent));
        }
        await until(() => agents.every((agent) => ours(agent).length), 'diagnostics in both roots');
        result.roots = agents.map((agent) => ours(agent).map(({ code, severity }) => `${severity} ${code}`));

        // The state of the last commit, beside the file. Before Git has opened the repository, its text is empty.
        const file = agents[0].uri;
        const extension = await vscode.extensions.getExtension('vscode.git').activate();
        // While Git itself is being looked for, to ask for its interface is an error.
        const git = await until(() => (extension.enabled ? extension.getAPI(1) : undefined), 'Git');
        await until(() => git.state === 'initialized', 'its repositories');
        const root = vscode.workspace.getWorkspaceFolder(file).uri;
        await until(async () => git.getRepository(root) ?? (await git.openRepository(root)), 'the repository');
        const committed = file.with({ scheme: 'git', query: JSON.stringify({ path: file.fsPath, ref: 'HEAD' }) });
        const old = await until(async () => {
            await vscode.commands.executeCommand('vscode.diff', committed, file, 'Changes');
            await pause(1000);
            const shown = vscode.workspace.textDocuments.find(({ uri }) => uri.scheme === 'git');
            if (shown?.getText().includes('Bahs')) {
                return shown;
            }
            await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
        }, 'the file as it was committed');
        const ask = (name, { uri }, ...args) => question(`vscode.execute${name}Provider`, uri, ...args);
        const hover = await ask('Hover', old, find(old, 'Bahs'));
        result.committed = [old.languageId, ours(old), hover.length];

        // Closed while questions are on their way.
        const closing = await open(job.agents[1]);
        const asking = Array.from({ length: 20 }, (_, line) => ask('Hover', closing, new vscode.Position(line % 9, 0)));
        await vscode.commands.executeCommand('workbench.action.closeAllEditors');
        await Promise.all(asking);
        const again = await open(job.agents[1]);
        await until(() => ours(again).length, 'diagnostics after closing');

        // Switched off, and on again.
        const folds = async () => (await ask('FoldingRange', again)).length;
        await set('features.folding', false);
        await set('features.status', false);
        await person(job, 'quiet');
        result.folds = [await folds()];
        await set('features.folding', undefined);
        await set('features.status', undefined);
        await person(job, 'status');
        result.folds.push(await folds());
        result.servers = servers().length;
    },

    /** What a person sees while typing frontmatter. */
    /** What formatting changes, and which files are none of its business. */
    async formatting(job, result) {
        const agent = await open(job.agent);
        await until(() => codes(agent).length, 'diagnostics');
        const fresh = await open(job.fresh);
        const format = (uri) => question('vscode.executeFormatDocumentProvider', uri, { tabSize: 4, insertSpaces: true });
        await person(job, 'lists');
        result.typed = fresh.getText();
        const [{ selection }] = vscode.window.visibleTextEditors;
        result.cursor = fresh.lineAt(selection.active.line).text;
        await set('features.formatting', false);
        await until(async () => !(await format(fresh.uri)), 'no formatter');
        await set('features.formatting', undefined);
        await until(() => format(fresh.uri), 'the formatter, back again');
        await vscode.commands.executeCommand('editor.action.formatDocument');
        await until(() => fresh.getText() !== result.typed, 'a formatted file');
        result.formatted = fresh.getText();
        const prose = await open(job.prose);
        result.prose = (await format(prose.uri)) ?? null;
        const json = await open(job.json);
        result.json = await format(json.uri);
        await open(job.agent);
        const refactorings = async (word, kind) => {
            const at = find(agent, word);
            const found = await question('vscode.executeCodeActionProvider', agent.uri, new vscode.Range(at, at), kind, 20);
            return found.filter(({ title }) => !title.startsWith('Extract to'));
        };
        await until(async () => (await refactorings('Bahs', 'refactor.rewrite')).length, 'refactorings');
        result.refactorings = (await refactorings('Bahs', 'refactor')).map(({ title }) => title);
        const [extract] = await refactorings('# Task', 'refactor.extract');
        await vscode.workspace.applyEdit(extract.edit);
        await saved();
        result.extracted = agent.getText();
    },

    async typing(job, result) {
        const document = await open(job.command);
        result.language = document.languageId;
        await until(() => vscode.extensions.getExtension('agentls.agentls')?.isActive && servers().length, 'the server');
        const suggested = async (step, line) => {
            const before = document.getText();
            await vscode.window.showTextDocument(document, { preview: false });
            await moveTo(line);
            await person(job, step);
            await restore(document, before);
        };
        await until(() => question('vscode.executeHoverProvider', document.uri, new vscode.Position(1, 2)).then(({ length }) => length), 'answers');
        await suggested('suggested', 2);
        await suggested('body', 5);
        const editors = () => vscode.workspace.getConfiguration('editor', { languageId: 'markdown' });
        const choose = (value) => editors().update('quickSuggestions', value, vscode.ConfigurationTarget.Global, true);
        await choose({ other: 'off' });
        await suggested('chosen', 2);
        await choose(undefined);
        void vscode.commands.executeCommand('agentls.restart');
        await suggested('starting', 2);

        // Errors that appear while a new agent is being written, and for how long the person had paused by then. An
        // event may arrive after the next key.
        const agent = await open(job.fresh);
        await vscode.commands.executeCommand('notifications.clearAll');
        const appeared = {};
        let times = [Date.now()];
        const listening = [
            vscode.workspace.onDidChangeTextDocument(({ document }) => {
                times = document === agent ? [...times.slice(-1), Date.now()] : times;
            }),
            vscode.languages.onDidChangeDiagnostics(() => {
                const [last, before] = [times.at(-1), times.at(0)];
                for (const code of errors(agent)) {
                    appeared[code] ??= Math.max(Date.now() - last, last - before);
                }
            }),
        ];
        await person(job, 'write');
        await until(() => Object.keys(appeared).length, 'the errors after a pause');
        vscode.Disposable.from(...listening).dispose();
        result.appeared = appeared;
        result.written = agent.getText();
        await restore(agent, '---\nname: fresh\ndescription: Reviews code. Use it after changes.\n\n---\n\nYou review.\n');
        await until(() => !codes(agent).length, 'an agent without errors');
        await moveTo(3);
        await person(job, 'leave');
        result.left = await until(() => codes(agent).length && codes(agent), 'the errors after leaving the line');
        await agent.save();
    },

    /** What VS Code and agentls say of a file, which is the first that is opened. */
    async said(job, result) {
        const document = await open(job.memory);
        await until(() => servers().length, 'the server, for a file of instructions');
        await vscode.window.showTextDocument(document);
        const agent = await open(job.agent);
        const others = () => vscode.languages.getDiagnostics(agent.uri).filter(({ source }) => source !== 'agentls');
        result.language = agent.languageId;
        await until(() => codes(agent).length && (agent.languageId === 'markdown' || others().length), 'all findings');
        await pause(1500);
        result.ours = codes(agent);
        result.others = others().map(({ message }) => message);
        result.symbols = (await question('vscode.executeDocumentSymbolProvider', agent.uri)).map(({ name }) => name);
        await vscode.commands.executeCommand('agentls.restart');
    },

    /** From a name to what it names, and to all that names it. */
    async names(job, result) {
        const document = await open(job.agent);
        const name = find(document, 'code-reviewer-1`').translate(0, 3);
        const ask = (what, ...args) => question(`vscode.execute${what}Provider`, ...args);
        const places = async (what) => {
            const found = (await ask(what, document.uri, name)) ?? [];
            return found.map((place) => `${path.basename((place.targetUri ?? place.uri).fsPath)}:${
                (place.targetSelectionRange ?? place.range).start.line + 1}`);
        };
        const names = async (query) => (await ask('WorkspaceSymbol', query)).map((symbol) => symbol.name);
        const links = async () => (await ask('Link', document.uri)).map(({ target }) => path.basename(target?.fsPath ?? ''));
        await until(async () => (await names('tidyx')).length >= job.agents, 'all names');
        result.definition = await places('Definition');
        result.references = await places('Reference');
        result.highlights = (await question('vscode.executeDocumentHighlights', document.uri, name)).length;
        result.hover = (await ask('Hover', document.uri, name)).flatMap((card) => card.contents.map(text)).join('\n');
        result.symbols = await names('rev49');
        result.links = await links();
        const lenses = async () => ((await ask('CodeLens', document.uri, 9)) ?? []).map(({ command }) => [command?.title, command?.command]);
        await until(async () => (await lenses()).length === 3, 'lenses');
        result.lenses = await lenses();
        const found = await ask('CompletionItem', document.uri, find(document, 'code-reviewer-1`'));
        result.offered = found.items.map(({ label }) => label.label ?? label).filter((label) => label.startsWith('code-reviewer'));
        for (const feature of ['definition', 'references', 'symbols', 'codeLens']) {
            await set(`features.${feature}`, false);
        }
        result.off = [await places('Definition'), await places('Reference'), await names('rev49'), await lenses()];
        for (const feature of ['definition', 'references', 'symbols', 'codeLens']) {
            await set(`features.${feature}`, undefined);
        }
        await open(path.join(path.dirname(job.agent), 'code-reviewer-1.md')); // Others refer to it.
    },

    /** An agent gets another name, from a word in another one. */
    async rename(job, result) {
        const document = await open(job.agent);
        const editor = await vscode.window.showTextDocument(document, { preview: false });
        const name = find(document, 'code-reviewer-1`').translate(0, 3);
        editor.selection = new vscode.Selection(name, name);
        await until(() => servers().length, 'the server');
        const ask = () => vscode.commands.executeCommand('vscode.prepareRename', document.uri, name);
        result.prepared = (await until(() => ask().catch(() => undefined), 'a name at the cursor')).placeholder;
        await person(job, 'rename');
        await until(() => fs.existsSync(job.renamed), 'the file with the new name');
        await saved();

        // A folder in the explorer takes the skill in it along.
        const folder = new vscode.WorkspaceEdit();
        folder.renameFile(vscode.Uri.file(job.skill), vscode.Uri.file(job.moved));
        const moving = vscode.workspace.applyEdit(folder);
        await person(job, 'agreed');
        await moving;
        await saved();
    },
};

/** Put the cursor at the start of a line, and wait until the editor has it there. */
async function moveTo(line) {
    const at = new vscode.Position(line, 0);
    vscode.window.activeTextEditor.selection = new vscode.Selection(at, at);
    await pause(300);
}

async function saved() {
    await until(async () => {
        await vscode.workspace.saveAll();
        return !vscode.workspace.textDocuments.some(({ isDirty }) => isDirty);
    }, 'all files to be saved');
}

/** Have a person take a step, and wait for that. */
async function person(job, step) {
    const question = path.join(path.dirname(job.out), 'step');
    fs.writeFileSync(`${question}.new`, step);
    fs.renameSync(`${question}.new`, question);
    await until(() => !fs.existsSync(question), `a person's ${step}`);
}

/** The processes of the servers that run. */
function servers() {
    const children = fs.readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8');
    return children.split(' ').filter(Boolean).map(Number).filter((child) => {
        const command = fs.readFileSync(`/proc/${child}/cmdline`, 'utf8').split('\0');
        return command.includes('server') && command.some((part) => part.includes('agentls'));
    });
}

async function open(path) {
    const document = await vscode.workspace.openTextDocument(path);
    await vscode.window.showTextDocument(document, { preview: false });
    return document;
}

function ours(document) {
    return vscode.languages
        .getDiagnostics(document.uri)
        .filter(({ source }) => source === 'agentls')
        .map(({ code, message, severity, range }) => ({
            code: code.value ?? code,
            page: decodeURIComponent(String(code.target ?? '')),
            message,
            severity: vscode.DiagnosticSeverity[severity],
            at: [range.start.line, range.start.character],
        }));
}

const errors = (document) => ours(document).flatMap(({ code, severity }) => (severity === 'Error' ? code : []));
const codes = (document) => ours(document).map(({ code }) => code);
const text = (content) => (typeof content === 'string' ? content : content.value);
const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const find = (document, word) => document.positionAt(document.getText().indexOf(word));
const set = (name, value) =>
    vscode.workspace.getConfiguration('agentls').update(name, value, vscode.ConfigurationTarget.Global);

/** Ask VS Code something, again if it takes the question back, as it does now and then when an editor is shown. */
async function question(command, ...args) {
    for (let times = 1; ; times++) {
        try {
            return await vscode.commands.executeCommand(command, ...args);
        } catch (error) {
            if (times === 5 || !String(error).includes('Canceled')) {
                throw error;
            }
            await pause(200);
        }
    }
}

async function append(document, text) {
    const edit = new vscode.WorkspaceEdit();
    edit.insert(document.uri, document.lineAt(document.lineCount - 1).range.end, text);
    await vscode.workspace.applyEdit(edit);
}

// Not by `undo`, which goes to whatever has the focus by then.
async function restore(document, text) {
    const edit = new vscode.WorkspaceEdit();
    edit.replace(document.uri, new vscode.Range(0, 0, document.lineCount, 0), text);
    await vscode.workspace.applyEdit(edit);
    await document.save();
}

async function until(condition, what) {
    const end = Date.now() + PATIENCE;
    while (Date.now() < end) {
        const value = await condition();
        if (value) {
            return value;
        }
        await pause(50);
    }
    throw new Error(`waited in vain for ${what}`);
}
