// Builds everything that runs in WebAssembly.
//
//     node build.mjs LIBRARY FOLDER PLAYGROUND
//
// LIBRARY has the Python packages (library.py), and FOLDER gets Pyodide, a snapshot of its memory after all of them are
// imported, and the script that serves an editor. PLAYGROUND gets a page that does all this in a browser, by itself; its
// packages are LIBRARY.zip.

import * as fs from 'node:fs';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { loadPyodide } from 'pyodide';

const HERE = path.dirname(fileURLToPath(import.meta.url));
const PYODIDE = path.join(HERE, 'node_modules', 'pyodide');
const [library, folder, playground] = process.argv.slice(2);
const COMMON = ['LICENSES.md', 'pyodide.asm.mjs', 'pyodide.asm.wasm', 'python_stdlib.zip'];

fs.rmSync(folder, { recursive: true, force: true });
fs.mkdirSync(folder, { recursive: true });
for (const name of ['pyodide.asm.mjs', 'pyodide.asm.wasm', 'python_stdlib.zip']) {
    fs.copyFileSync(path.join(PYODIDE, name), path.join(folder, name));
}
fs.copyFileSync(path.join(HERE, 'LICENSES.md'), path.join(folder, 'LICENSES.md'));
fs.writeFileSync(path.join(folder, 'snapshot.bin'), await takeSnapshot());
await bundle(folder, 'node', 'server.ts');

fs.rmSync(playground, { recursive: true, force: true });
fs.mkdirSync(playground, { recursive: true });
for (const name of COMMON) {
    fs.copyFileSync(path.join(folder, name), path.join(playground, name));
}
fs.copyFileSync(path.join(HERE, 'playground', 'index.html'), path.join(playground, 'index.html'));
fs.copyFileSync(`${library}.zip`, path.join(playground, 'library.zip'));
const snapshot = fs.readFileSync(path.join(folder, 'snapshot.bin'));
fs.writeFileSync(path.join(playground, 'snapshot.bin.gz'), gzipSync(snapshot));
await bundle(playground, 'browser', 'page.ts', 'browser.ts');

async function bundle(outdir, platform, ...scripts) {
    await build({
        entryPoints: scripts.map((name) => path.join(HERE, 'src', name)),
        outdir,
        outExtension: { '.js': '.mjs' },
        bundle: true,
        minify: true,
        format: 'esm',
        platform,
        target: 'es2022',
        external: ['node:*'],
        logLevel: 'warning',
    });
}

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
