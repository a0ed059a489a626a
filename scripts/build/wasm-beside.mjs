import { existsSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';

/** What Emscripten compiled reads the WebAssembly of its own name from the folder it runs in: puts that beside the bundle. */
export function wasmBeside() {
  return {
    name: 'wasm-beside',
    transform(code, id) {
      const wasm = id.replace(/\.js$/, '.wasm');
      const fileName = basename(wasm);
      if (wasm !== id && code.includes(fileName) && existsSync(wasm))
        this.emitFile({ type: 'asset', fileName, source: readFileSync(wasm) });
      return null;
    },
  };
}
