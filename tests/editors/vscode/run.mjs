// One session of VS Code in a browser: node run.mjs JOB.json
//
// The job names the folder to write to, the one with the VS Code to run (and its Node.js), what to open in it, the
// extension, and the scenario that the probe plays. In between and after it, a person takes some of the steps below.
// What the probe saw stands in result.json, what a person saw in steps.json and in pictures.

import { execFile, spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { promisify } from 'node:util';
import { chromium } from 'playwright-core';

const job = JSON.parse(fs.readFileSync(process.argv[2], 'utf8'));
const here = import.meta.dirname;
const PATIENCE = 60_000;
const DEADLINE = Date.now() + 240_000; // Then the session is given up, and what it has started is stopped.
const inside = (...parts) => path.join(job.folder, ...parts);
const result = inside('result.json');

const KEYS = {
    'ctrl+alt+1': 'workbench.actions.view.problems',
    'ctrl+alt+2': 'agentls.newAgent',
    'ctrl+alt+3': 'agentls.inspect',
    'ctrl+alt+4': 'outline.focus',
    'ctrl+alt+5': 'editor.action.showHover',
    'ctrl+alt+6': 'notifications.clearAll',
    'ctrl+alt+7': 'editor.action.marker.next',
};

const toasts = (page) => page.locator('.notification-toast');

const popup = (page) => page.locator('.suggest-widget.visible');

/** The words at the top of the list, once it is there and holds one of the most common. */
async function offered(page) {
    await popup(page).getByText('Bash', { exact: true }).first().waitFor();
    return (await popup(page).locator('.monaco-list-row .label-name').allInnerTexts()).join('\n');
}

/** The words that appear while `mo` is being typed; if `expected` is missing, whatever there is after a second. */
async function suggestions(page, expected) {
    await page.keyboard.type('mo', { delay: 100 });
    if (expected) {
        await popup(page).getByText(expected, { exact: true }).first().waitFor();
    } else {
        await new Promise((resolve) => setTimeout(resolve, 1000));
    }
    await page.screenshot({ path: inside('suggestions.png') });
    const labels = (await popup(page).locator('.monaco-list-row .label-name').allInnerTexts()).join('\n');
    await page.keyboard.press('Escape');
    return labels;
}

async function closed(page) {
    await page.keyboard.press('Escape');
    await popup(page).waitFor({ state: 'hidden' });
}

const TREE = '.tree-explorer-viewlet-tree-view';

const treeRow = (page, text) => page.locator(`${TREE} .monaco-list-row`, { hasText: text }).first();

/**
 * Choose an entry from the menu of a row. VS Code ignores a click just after a menu has opened, and closes the menu if the
 * row changes meanwhile.
 */
async function chooseFor(page, row, entry) {
    const found = page.locator('.context-view .action-label', { hasText: entry }).first();
    const soon = { timeout: 3000 };
    await until(async () => {
        try {
            await treeRow(page, row).click({ button: 'right', ...soon });
            await found.waitFor(soon);
            await new Promise((resolve) => setTimeout(resolve, 500));
            await found.click(soon);
            await found.waitFor({ state: 'detached', ...soon });
            return true;
        } catch {
            await page.keyboard.press('Escape');
            return false;
        }
    }, `${entry} in the menu of ${row}`);
}

/** The element with `text` in one of the web views, whichever it is. */
async function inWebview(page, selector, text) {
    let found;
    await until(async () => {
        for (const frame of page.frames()) {
            found = frame.locator(selector, { hasText: text }).first();
            if (await found.isVisible().catch(() => false)) {
                return true;
            }
        }
    }, `${text} in a page`);
    return found;
}

/** All messages that are shown, once the one with `text` is there, and the status item says it as well. */
async function complaint(page, text) {
    await toasts(page).filter({ hasText: text }).waitFor();
    await page.locator('.statusbar-item', { hasText: 'agentls' }).waitFor();
    return (await toasts(page).allInnerTexts()).join('\n');
}

const steps = {
    /** Look around in the agent map, and go from there to a line of a file. */
    async map(page) {
        const map = page.frameLocator('iframe.webview').frameLocator('iframe#active-frame');
        const entry = map.locator('#list').getByText('release-manager', { exact: true });
        await entry.waitFor();
        await entry.click();
        const card = map.locator('#card');
        await card.getByText('Prepares a release').waitFor();
        await new Promise((resolve) => setTimeout(resolve, 1000)); // It glides to its place.
        await page.screenshot({ path: inside('card.png') });
        const words = await card.innerText();
        await card.locator('a', { hasText: /^8$/ }).click();
        await page.locator('.tab', { hasText: 'release-manager.md' }).waitFor();
        return words;
    },
    /** The problems in a file with settings are marked. */
    async settingsFile(page) {
        await page.locator('.squiggly-warning').first().waitFor();
        return 'there';
    },
    /** Hints, colours and marks stand in the text of an agent. */
    async presentation(page) {
        await page.locator('.view-line', { hasText: '→' }).first().waitFor();
        await page.locator('.colorpicker-color-decoration').first().waitFor();
        return page.locator('.view-lines').first().innerText();
    },
    async problems(page) {
        await page.keyboard.press('Control+Alt+1');
        const panel = page.locator('.markers-panel');
        await panel.getByText('Unknown tool').first().waitFor();
        return panel.innerText();
    },
    async squiggle(page) {
        await page.locator('.squiggly-warning, .squiggly-error').first().waitFor();
        return 'there';
    },
    async status(page) {
        const item = page.locator('.statusbar-item', { hasText: 'agent:' });
        await item.first().waitFor();
        return item.first().innerText();
    },
    /** The tooltip of the status item. */
    async reason(page) {
        await page.locator('.statusbar-item', { hasText: 'agent:' }).first().hover();
        const tooltip = page.locator('.monaco-hover:visible', { hasText: 'Restart Server' });
        await tooltip.waitFor();
        return tooltip.innerText();
    },
    missing: (page) => complaint(page, 'Python 3.10'),
    failing: (page) => complaint(page, 'did not start'),
    crashed: (page) => complaint(page, 'crashed 5 times'),
    async restart(page) {
        await toasts(page).filter({ hasText: 'crashed 5 times' }).getByText('Restart Server').click();
        return 'clicked';
    },
    /** What a restart reports, and the tooltip of the status item. */
    async restarted(page) {
        const message = toasts(page).filter({ hasText: 'agentls restarted' });
        await message.waitFor();
        const words = await message.innerText();
        await page.locator('.statusbar-item', { hasText: 'agent:' }).first().hover();
        const tooltip = page.locator('.monaco-hover:visible', { hasText: 'Restart Server' });
        await tooltip.waitFor();
        return `${words}\n${await tooltip.innerText()}`;
    },
    /** Nothing of agentls is to be seen. */
    async quiet(page) {
        await page.locator('.statusbar-item', { hasText: /agent: |agentls/ }).first().waitFor({ state: 'hidden' });
        return (await toasts(page).allInnerTexts()).join('\n');
    },
    async completion(page) {
        await page.locator('.view-line', { hasText: 'tools:' }).first().click();
        await page.keyboard.press('End');
        await page.keyboard.type(', ');
        return offered(page);
    },
    /** What is suggested while a person types two letters, or nothing. */
    suggested: (page) => suggestions(page, 'model'),
    starting: (page) => suggestions(page, 'model'),
    body: (page) => suggestions(page),
    chosen: (page) => suggestions(page),
    /** With the fence and the list marks that follow from line breaks. */
    async lists(page) {
        const enter = async (text) => {
            await page.keyboard.press('Enter');
            await page.locator('.view-line', { hasText: text }).last().waitFor();
            await new Promise((resolve) => setTimeout(resolve, 300)); // The cursor follows.
        };
        await page.keyboard.type('---');
        await page.keyboard.press('Enter');
        await page.keyboard.type('color:  red\ntools:\n- Read', { delay: 60 });
        await enter(/^-\s$/);
        await page.keyboard.type('Bash', { delay: 60 });
        await enter(/^-\s$/);
        await page.keyboard.press('Enter');
        await page.locator('.view-line', { hasText: /^-\s$/ }).waitFor({ state: 'detached' });
        await new Promise((resolve) => setTimeout(resolve, 300));
        await page.keyboard.type('name: fresh', { delay: 60 });
        return 'typed';
    },
    /** A closing fence comes with the opening one; the rest is typed without a pause. */
    async write(page) {
        await page.keyboard.type('---\nname: fresh\ndescription: Reviews code\nmo', { delay: 60 });
        await page.locator('.view-line', { hasText: /^---$/ }).nth(1).waitFor();
        await page.screenshot({ path: inside('fences.png') });
        return 'typed';
    },
    async leave(page) {
        await page.keyboard.type('oops', { delay: 60 });
        await page.keyboard.press('ArrowDown');
        return 'left';
    },
    async completionOnRequest(page) {
        await closed(page);
        await page.keyboard.press('Control+Space');
        const labels = await offered(page);
        await closed(page);
        await page.keyboard.press('Backspace');
        await page.keyboard.press('Backspace');
        await page.keyboard.press('Control+S');
        await page.locator('.tab.dirty').waitFor({ state: 'detached' });
        return labels;
    },
    async hover(page) {
        await page.keyboard.press('Control+Alt+5');
        const card = page.locator('.monaco-hover:visible');
        await card.getByText('Unknown tool').first().waitFor();
        return card.first().innerText();
    },
    async inspection(page) {
        await page.locator('.statusbar-item', { hasText: 'agent:' }).first().click();
        return (await inWebview(page, 'main', 'Claude Code')).innerText();
    },
    /** The view Agents, opened for the first time. */
    async tree(page) {
        await page.locator('.activitybar [aria-label^="Agents"]').first().click();
        await treeRow(page, 'broken').waitFor();
        await treeRow(page, '1 problem').waitFor();
        return (await page.locator(`${TREE} .monaco-list-row`).allInnerTexts()).join('\n');
    },
    async treeFollows(page) {
        await treeRow(page, 'late').waitFor();
        await treeRow(page, 'gone').waitFor({ state: 'detached' });
        return 'followed';
    },
    async treeInspects(page) {
        await chooseFor(page, 'reviewer', 'Inspect');
        return (await inWebview(page, 'main', 'Bahs')).innerText();
    },
    async pageFollows(page) {
        return (await inWebview(page, 'main', 'Bash')).innerText();
    },
    async pageLeads(page) {
        await chooseFor(page, 'broken', 'Inspect');
        await (await inWebview(page, 'article a', 'line 4')).click();
        await page.locator('.tab[data-resource-name="broken.md"]').waitFor();
        await page.locator('.statusbar-item', { hasText: 'Ln 4' }).waitFor();
        return (await inWebview(page, 'main', 'does not load')).innerText();
    },
    async treeRenames(page) {
        await treeRow(page, 'reviewer').click();
        await page.keyboard.press('F2');
        const input = page.locator('.rename-box input');
        await input.waitFor();
        await input.fill('critic');
        await page.keyboard.press('Enter');
        return 'renamed';
    },
    async outline(page) {
        await page.locator('.view-line', { hasText: 'name:' }).first().click(); // The hover goes.
        await page.keyboard.press('Control+Alt+4');
        const pane = page.locator('.outline-pane');
        await pane.getByText('description').first().waitFor();
        return pane.innerText();
    },
    /** Above the agent stands who names it; a click shows the places. */
    async lens(page) {
        const lens = page.locator('.codelens-decoration', { hasText: 'references' }).first();
        await lens.waitFor();
        const words = await lens.innerText();
        await lens.getByText('references').click();
        await page.locator('.reference-zone-widget').waitFor();
        return words;
    },
    async rename(page) {
        await page.keyboard.press('F2');
        const input = page.locator('.rename-box input');
        await input.waitFor();
        const offered = await input.inputValue();
        await input.fill('critic');
        await page.keyboard.press('Enter');
        // Words in doubt are shown beforehand, and left out unless they are ticked.
        const apply = page.locator('.panel .monaco-button', { hasText: 'Apply' }).first();
        await apply.waitFor();
        await page.screenshot({ path: inside('preview.png') });
        await apply.click();
        return offered;
    },
    /** Open a file by its name, and go from problem to problem, each with its first quick fix; how many it took. */
    async mend(page, file) {
        await page.keyboard.press('Control+P');
        await page.locator('.quick-input-box input').first().fill(file);
        await page.locator('.quick-input-list .monaco-list-row.focused', { hasText: file }).waitFor();
        await page.keyboard.press('Enter');
        await page.locator('.tab.active', { hasText: file }).waitFor();
        const problem = page.locator('.zone-widget .marker-widget, .zone-widget.peekview-widget').first();
        const settled = () => new Promise((resolve) => setTimeout(resolve, 1500));
        let fixes = 0;
        for (let tries = 0; ; ) {
            await settled();
            await page.keyboard.press('Control+Alt+7');
            const found = await problem.waitFor({ timeout: 2000 }).then(() => true, () => false);
            if (!found || fixes === 10) {
                await page.keyboard.press('Control+S');
                await page.locator('.tab.active.dirty').waitFor({ state: 'detached' });
                return String(fixes);
            }
            await page.screenshot({ path: inside(`${file}-problem-${fixes}.png`) });
            await page.keyboard.press('Escape');
            await page.keyboard.press('Control+.');
            const menu = page.locator('.action-widget').first();
            const offered = await menu.waitFor({ timeout: 5000 }).then(() => true, () => false);
            if (!offered && tries++ < 5) {
                // On a busy machine, VS Code goes to a problem that the last fix has mended already.
                continue;
            }
            await menu.waitFor();
            await page.screenshot({ path: inside(`${file}-fixes-${fixes}.png`) });
            await page.keyboard.press('Enter');
            await menu.waitFor({ state: 'hidden' });
            fixes++;
        }
    },
    async agreed(page) {
        const dialog = page.locator('.monaco-dialog-box');
        await dialog.waitFor();
        const question = await dialog.innerText();
        await dialog.getByText('OK', { exact: true }).click();
        return question;
    },
    async newAgent(page) {
        await page.keyboard.press('Control+Alt+2');
        await page.locator('.quick-input-list').getByText('.claude/agents').first().waitFor();
        await page.screenshot({ path: inside('places.png') });
        await page.keyboard.press('Enter');
        await page.locator('.quick-input-title', { hasText: 'New agent' }).waitFor();
        const input = page.locator('.quick-input-box input').first();
        await input.waitFor();
        await input.fill('-x');
        await page.locator('.quick-input-widget').getByText('hyphen').first().waitFor();
        await input.fill('bug-hunter');
        await page.locator('.quick-input-widget').getByText('hyphen').first().waitFor({ state: 'hidden' });
        await page.keyboard.press('Enter');
        await page.locator('.quick-input-list').getByText('opus', { exact: true }).first().waitFor();
        await page.screenshot({ path: inside('models.png') });
        await page.keyboard.press('Enter');
        await page.locator('.tab', { hasText: 'bug-hunter.md' }).first().waitFor();
        await page.locator('.view-line', { hasText: 'You are' }).first().waitFor();
        await page.keyboard.press('Control+S');
        await page.locator('.tab.dirty', { hasText: 'bug-hunter.md' }).waitFor({ state: 'detached' });
        const item = page.locator('.statusbar-item', { hasText: 'agent: loads' });
        await item.waitFor();
        return item.innerText();
    },
};

const write = (folder, name, value) => {
    fs.mkdirSync(inside('data', folder), { recursive: true });
    fs.writeFileSync(inside('data', folder, name), JSON.stringify(value));
};
write('User', 'settings.json', {
    'chat.disableAIFeatures': true,
    'workbench.startupEditor': 'none',
    'workbench.secondarySideBar.defaultVisibility': 'hidden',
    'telemetry.telemetryLevel': 'off',
    'files.autoSave': 'off',
    'editor.minimap.enabled': false,
    'editor.wordBasedSuggestions': 'off',
});
write('User', 'keybindings.json', Object.entries(KEYS).map(([key, command]) => ({ key, command })));
write('Machine', 'settings.json', job.settings); // For a window whose extensions run elsewhere.

const code = path.join(job.code, 'node_modules', 'code-server', 'out', 'node', 'entry.js');
const folders = ['--user-data-dir', inside('data'), '--extensions-dir', inside('extensions'), '--config', inside('code.yaml')];
const probe = { ...job.probe, scenario: job.scenario, out: result };
// Without VSCODE_CLI the extensions would be given the environment of a login shell.
const env = { ...process.env, VSCODE_CLI: '1', ...job.env, AGENTLS_PROBE: JSON.stringify(probe) };

fs.mkdirSync(inside('extensions'));
fs.cpSync(path.join(here, 'probe'), inside('extensions', 'agentls.agentls-probe-0.0.1'), { recursive: true });
if (job.env.AGENTLS_PYTHON) {
    fs.cpSync(path.join(here, 'python'), inside('extensions', 'ms-python.python-0.0.1'), { recursive: true });
}
await promisify(execFile)(process.execPath, [code, ...folders, '--install-extension', job.extension]);

const port = await new Promise((resolve) => {
    const server = net.createServer().listen(0, '127.0.0.1', () => {
        const { port } = server.address();
        server.close(() => resolve(port));
    });
});
const log = fs.openSync(inside('code.log'), 'w');
const quiet = ['--disable-telemetry', '--disable-update-check', ...(job.trust ? ['--disable-workspace-trust'] : [])];
const address = ['--auth', 'none', '--bind-addr', `127.0.0.1:${port}`];
const server = spawn(process.execPath, [code, ...address, ...folders, ...quiet], { env, stdio: ['ignore', log, log] });
const gone = new Promise((resolve) => server.once('exit', resolve));

const taken = {};
let browser;
let page;
try {
    const url = `http://127.0.0.1:${port}`;
    await until(async () => (await fetch(`${url}/healthz`).catch(() => undefined))?.ok, 'code-server');
    browser = await chromium.launch({ executablePath: job.chromium, args: ['--no-sandbox'] });
    page = await browser.newPage({ viewport: { width: 1600, height: 900 } });
    page.setDefaultTimeout(PATIENCE);
    const { folder, workspace, file } = job.open;
    const payload = JSON.stringify(file ? [['openFile', `vscode-remote://127.0.0.1:${port}${file}`]] : []);
    const query = folder ? { folder } : workspace ? { workspace } : { ew: true, payload };
    await page.goto(`${url}/?${new URLSearchParams(query)}`);
    await page.locator('.monaco-workbench').waitFor();
    await until(async () => fs.existsSync(result) || (await asked()), 'the probe');
    const failed = JSON.parse(fs.readFileSync(result, 'utf8')).error;
    if (failed) {
        throw new Error(`the probe: ${failed}`);
    }
    for (const step of job.steps) {
        await take(step);
    }
} catch (error) {
    console.error(String(error));
    process.exitCode = 1;
    await page?.screenshot({ path: inside('failure.png') }).catch(() => {});
} finally {
    fs.writeFileSync(inside('steps.json'), JSON.stringify(taken));
    await browser?.close();
    server.kill();
    await gone;
}

/** Take a step: its name, and what it is about after a blank. */
async function take(step) {
    const [name, subject] = step.split(' ');
    taken[step] = await steps[name](page, subject);
    await page.screenshot({ path: inside(`${step.replace(' ', '-')}.png`) });
}

/** Take the step that the probe asks for, if it does; it goes on when its question is gone. */
async function asked() {
    const question = inside('step');
    if (fs.existsSync(question)) {
        await take(fs.readFileSync(question, 'utf8'));
        fs.rmSync(question);
    }
}

async function until(condition, what) {
    while (Date.now() < DEADLINE) {
        if (await condition()) {
            return;
        }
        await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`waited in vain for ${what}`);
}
