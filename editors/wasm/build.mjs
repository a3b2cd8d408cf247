// Builds everything that runs in WebAssembly.
//
//     node build.mjs LIBRARY FOLDER
//
// LIBRARY has the Python packages (library.py), and FOLDER gets Pyodide, a snapshot of its memory after all of them are
// imported, and the scripts that load it.

import * as fs from 'node:fs';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { loadPyodide } from 'pyodide';

const HERE = path.dirname(fileURLToPath(import.meta.url));
const PYODIDE = path.join(HERE, 'node_modules', 'pyodide');
const [library, folder] = process.argv.slice(2);

fs.rmSync(folder, { recursive: true, force: true });
fs.mkdirSync(folder, { recursive: true });
for (const name of ['pyodide.asm.mjs', 'pyodide.asm.wasm', 'python_stdlib.zip']) {
    fs.copyFileSync(path.join(PYODIDE, name), path.join(folder, name));
}
fs.copyFileSync(path.join(HERE, 'LICENSES.md'), path.join(folder, 'LICENSES.md'));
fs.writeFileSync(path.join(folder, 'snapshot.bin'), await takeSnapshot());
await build({
    entryPoints: [path.join(HERE, 'src', 'server.ts')],
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    logLevel: 'warning',
});

async function takeSnapshot() {
    const python = await loadPyodide({ _makeSnapshot: true });
    copy(python.FS, library, '/lib/agentls');
    python.runPython(fs.readFileSync(path.join(HERE, 'image.py'), 'utf-8'));
    return python.makeMemorySnapshot();
}

function copy(FS, from, to) {
    FS.mkdirTree(to);
    for (const entry of fs.readdirSync(from, { withFileTypes: true })) {
        const [source, target] = [path.join(from, entry.name), `${to}/${entry.name}`];
        if (entry.isDirectory()) {
            copy(FS, source, target);
        } else {
            FS.writeFile(target, fs.readFileSync(source));
        }
    }
}
