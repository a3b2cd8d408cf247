/** Starts Python with agentls in it from a snapshot of the memory, which takes a tenth of the time of importing it. */

import { loadPyodide, type PyodideInterface } from 'pyodide';

/** Where the packages of the library are, so that what the snapshot has not imported can be imported later. */
export const LIBRARY = '/lib/agentls';

type Options = NonNullable<Parameters<typeof loadPyodide>[0]>;
type Create = NonNullable<Options['createPyodideModule']>;
type Settings = NonNullable<Parameters<Create>[0]>;
type Receive = (instance: WebAssembly.Instance, module: WebAssembly.Module) => void;

const PAGE = 65_536;

/** `folder` has the files of Pyodide and ends in a slash; `create` is the function that `pyodide.asm.mjs` exports. */
export async function load(folder: string, create: Create, snapshot: Uint8Array): Promise<PyodideInterface> {
    return loadPyodide({
        indexURL: folder,
        packageBaseUrl: folder,
        lockFileContents: { info: LOCK, packages: {} },
        _loadSnapshot: snapshot,
        // Pyodide alone loads no snapshot that is larger than the memory it starts with.
        createPyodideModule: (settings) => create(withMemoryOf(snapshot.length, settings ?? {})),
    } as Options);
}

/** No package is installed at run time, so the list of packages is empty. */
const LOCK = { abi_version: '2026_0', arch: 'wasm32', platform: 'emscripten', python: '3.14', version: '1' };

function withMemoryOf(bytes: number, settings: Settings): Settings {
    const instantiate = settings.instantiateWasm;
    return Object.assign(settings, {
        instantiateWasm: (imports: object, receive: Receive) =>
            instantiate?.(imports, (instance, module) => {
                const memory = instance.exports.memory as WebAssembly.Memory;
                memory.grow(Math.max(0, Math.ceil((bytes - memory.buffer.byteLength) / PAGE)));
                receive(instance, module);
            }),
    });
}
