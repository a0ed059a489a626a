/** libpg_query as Emscripten compiled it, beneath the functions of the package: each call gives one with a stack and memory of its own. */
declare module 'libpg-query/wasm/libpg-query.js' {
  export interface Engine {
    lengthBytesUTF8(text: string): number;
    stringToUTF8(text: string, pointer: number, length: number): void;
    UTF8ToString(pointer: number): string;
    getValue(pointer: number, type: 'i32'): number;
    _malloc(bytes: number): number;
    _free(pointer: number): void;
    _wasm_parse_query_raw(query: number): number;
    _wasm_free_parse_result(result: number): void;
  }
  export default function createEngine(): Promise<Engine>;
}
