/** The language server in a worker thread of Node.js, with the file system of this machine. */

import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type MessagePort, workerData } from 'node:worker_threads';
import type { PyodideInterface } from 'pyodide';
import { LIBRARY, load } from './load';

/** The port for messages, as objects, and the folder with the Python packages. */
const { port, library } = workerData as { port: MessagePort; library: string };

/** Folders of Python itself, and those that have no files. */
const OWN = new Set(['dev', 'lib', 'proc', 'sys']);

const folder = path.join(path.dirname(fileURLToPath(import.meta.url)), path.sep);
const { default: create } = await import(pathToFileURL(`${folder}pyodide.asm.mjs`).href);
const python = await load(folder, create, fs.readFileSync(`${folder}snapshot.bin`));
mountDisk(python);
python.pyimport('os').environ.update(python.toPy({ ...process.env, HOME: pathInPython(os.homedir()) }));

const receive = python
    .pyimport('agentls.lsp.serve')
    .connect((message: string) => port.postMessage(JSON.parse(message)));
port.on('message', (message) => {
    try {
        receive(JSON.stringify(message));
    } catch (error) {
        // The notification `exit`, or a failure after which Python cannot go on. It ends this thread only.
        if (message.method !== 'exit') {
            console.error(error);
        }
        process.exit();
    }
});

/** Make the files of this machine available to Python, by their own paths, or as `/c:/Users` on Windows. */
function mountDisk({ FS }: PyodideInterface): void {
    const mount = (root: string, at: string) => {
        FS.mkdirTree(at);
        FS.mount(FS.filesystems.NODEFS, { root }, at);
    };
    FS.chdir('/');
    mount(library, LIBRARY);
    for (const [root, at] of process.platform === 'win32' ? drives() : topFolders()) {
        try {
            mount(root, at);
        } catch (error) {
            console.error(`${root} cannot be read: ${error}`);
        }
    }
}

function topFolders(): [string, string][] {
    const names = fs.readdirSync('/').filter((name) => !OWN.has(name));
    return names
        .map((name): [string, string] => [`/${name}`, `/${name}`])
        .filter(([root]) => fs.statSync(root, { throwIfNoEntry: false })?.isDirectory());
}

function drives(): [string, string][] {
    return [...'abcdefghijklmnopqrstuvwxyz']
        .map((letter): [string, string] => [`${letter}:\\`, `/${letter}:`])
        .filter(([root]) => fs.existsSync(root));
}

function pathInPython(native: string): string {
    return process.platform === 'win32'
        ? `/${native[0].toLowerCase()}${native.slice(1).replaceAll('\\', '/')}`
        : native;
}
