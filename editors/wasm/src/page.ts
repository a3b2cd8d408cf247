/** The playground: a text and its path, and what agentls says of them. */

interface Position {
    readonly line: number;
    readonly character: number;
}

interface Range {
    readonly start: Position;
    readonly end: Position;
}

interface Edit {
    readonly range: Range;
    readonly newText: string;
}

interface Diagnostic {
    readonly range: Range;
    readonly severity: number;
    readonly code: string;
    readonly message: string;
}

interface Action {
    readonly title: string;
    readonly edit?: { readonly changes?: Readonly<Record<string, readonly Edit[]>> };
}

interface Inspection {
    readonly readings: readonly { readonly level: string; readonly verdict: string }[];
}

const SEVERITIES = ['', 'error', 'warning', 'information', 'hint'];

/** Milliseconds after the last key before the link follows the text, and the file its path. */
const SILENCE = 400;

const EXAMPLE = {
    path: '.claude/agents/reviewer.md',
    text: `---
name: reviewer
description: Reviews changes. Use it proactively: after each commit.
tools: Raed, Grep, Bash(git *)
model: sonet
---

You review changes and list what must be fixed.
`,
};

const find = <T extends HTMLElement>(id: string) => document.getElementById(id) as T;
const path = find<HTMLInputElement>('path');
const text = find<HTMLTextAreaElement>('text');
const numbers = find('numbers');

const worker = new Worker(new URL('browser.mjs', import.meta.url), { type: 'module' });
const answers = new Map<number, (result: unknown) => void>();
let id = 0;
let version = 0;
let uri = '';

const notify = (method: string, params: object) => worker.postMessage({ jsonrpc: '2.0', method, params });

function request<T>(method: string, params: object): Promise<T> {
    const own = ++id;
    worker.postMessage({ jsonrpc: '2.0', id: own, method, params });
    return new Promise((resolve) => answers.set(own, resolve as (result: unknown) => void));
}

worker.addEventListener('message', ({ data }) => {
    if (!data.method) {
        answers.get(data.id)?.(data.result);
        answers.delete(data.id);
    } else if (data.method === 'textDocument/publishDiagnostics' && data.params.uri === uri) {
        void show(data.params.diagnostics);
    }
});

function open(): void {
    if (uri) {
        notify('textDocument/didClose', { textDocument: { uri } });
    }
    uri = new URL(path.value.trim().replace(/^\/+/, ''), 'file:///project/').href;
    const textDocument = { uri, languageId: 'markdown', version: ++version, text: text.value };
    notify('textDocument/didOpen', { textDocument });
}

function change(): void {
    const textDocument = { uri, version: ++version };
    notify('textDocument/didChange', { textDocument, contentChanges: [{ text: text.value }] });
    showNumbers();
}

/** Show the diagnostics with their fixes, and the verdicts of the runtimes. */
async function show(diagnostics: readonly Diagnostic[]): Promise<void> {
    const shown = version;
    const inspection = await request<Inspection | null>('agentls/inspect', { textDocument: { uri } });
    const findings = await Promise.all(diagnostics.map(finding));
    if (shown !== version) {
        return;
    }
    const verdicts = (inspection?.readings ?? []).map(({ level, verdict }) => row(level, verdict));
    const noRuntime = row('', 'No runtime loads a file at this path.');
    find('verdicts').replaceChildren(...(verdicts.length ? verdicts : [noRuntime]));
    find('findings').replaceChildren(...(findings.length ? findings : [row('works', 'No findings.')]));
    find('state').textContent = '';
}

async function finding(diagnostic: Diagnostic): Promise<HTMLElement> {
    const { range, severity, code, message } = diagnostic;
    const found = row(SEVERITIES[severity], message);
    const place = document.createElement('small');
    place.textContent = `line ${range.start.line + 1} · ${code}`;
    found.append(place);
    const context = { diagnostics: [diagnostic], only: ['quickfix'] };
    const asked = { textDocument: { uri }, range, context };
    for (const { title, edit } of (await request<Action[] | null>('textDocument/codeAction', asked)) ?? []) {
        const edits = edit?.changes?.[uri];
        if (edits && !title.startsWith('Disable ')) {
            const button = document.createElement('button');
            button.textContent = title;
            button.addEventListener('click', () => apply(edits));
            found.append(button);
        }
    }
    return found;
}

function row(kind: string, words: string): HTMLElement {
    const item = document.createElement('li');
    item.className = kind;
    item.textContent = words;
    return item;
}

function apply(edits: readonly Edit[]): void {
    const starts = [0, ...Array.from(text.value.matchAll(/\n/g), (end) => end.index + 1)];
    const offset = ({ line, character }: Position) => (starts[line] ?? text.value.length) + character;
    const fromTheEnd = [...edits].sort((one, other) => offset(other.range.start) - offset(one.range.start));
    for (const { range, newText } of fromTheEnd) {
        text.setRangeText(newText, offset(range.start), offset(range.end));
    }
    change();
    void remember();
}

function showNumbers(): void {
    const { length } = text.value.split('\n');
    numbers.textContent = Array.from({ length }, (_, at) => at + 1).join('\n');
    numbers.scrollTop = text.scrollTop;
}

/** Keep the text in the fragment of the address, which is never sent. */
async function remember(): Promise<void> {
    const data = new Blob([JSON.stringify({ path: path.value, text: text.value })]);
    const packed = data.stream().pipeThrough(new CompressionStream('deflate-raw'));
    const bytes = new Uint8Array(await new Response(packed).arrayBuffer());
    const letters = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
    history.replaceState(null, '', `#${btoa(letters).replaceAll('+', '-').replaceAll('/', '_')}`);
}

async function recall(): Promise<typeof EXAMPLE> {
    try {
        const letters = atob(location.hash.slice(1).replaceAll('-', '+').replaceAll('_', '/'));
        const bytes = Uint8Array.from(letters, (letter) => letter.charCodeAt(0));
        const unpacked = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
        return JSON.parse(await new Response(unpacked).text());
    } catch {
        return EXAMPLE; // The address has no text, or a damaged one.
    }
}

function after(silence: number, run: () => unknown): () => void {
    let timer = 0;
    return () => {
        clearTimeout(timer);
        timer = window.setTimeout(run, silence);
    };
}

({ path: path.value, text: text.value } = await recall());
showNumbers();
const keep = after(SILENCE, remember);
const move = after(SILENCE, open);
text.addEventListener('input', () => {
    change();
    keep();
});
text.addEventListener('scroll', showNumbers);
path.addEventListener('input', () => {
    move();
    keep();
});
const codeAction = { codeActionLiteralSupport: { codeActionKind: { valueSet: ['quickfix'] } } };
await request('initialize', {
    processId: null,
    rootUri: null,
    capabilities: { textDocument: { publishDiagnostics: {}, codeAction } },
});
notify('initialized', {});
open();
