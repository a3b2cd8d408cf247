/** The language server in a web worker, with no files but those of the library: messages come and go as objects. */

import { LIBRARY, load } from './load';

const folder = new URL('.', self.location.href).href;
const waiting: object[] = [];
let receive = (message: object): unknown => waiting.push(message);
self.addEventListener('message', ({ data }) => receive(data));

const [packed, library] = await Promise.all(
    ['snapshot.bin.gz', 'library.zip'].map((name) => fetch(`${folder}${name}`)),
);
const unpacked = packed.body?.pipeThrough(new DecompressionStream('gzip'));
const snapshot = new Uint8Array(await new Response(unpacked).arrayBuffer());
const { default: create } = await import(`${folder}pyodide.asm.mjs`);
const python = await load(folder, create, snapshot);
python.unpackArchive(await library.arrayBuffer(), 'zip', { extractDir: LIBRARY });
const handle = python
    .pyimport('agentls.lsp.serve')
    .connect((message: string) => self.postMessage(JSON.parse(message)));
receive = (message) => handle(JSON.stringify(message));
for (const message of waiting) {
    receive(message);
}
