/** WebAssembly with a memory of its own, where the host has it. */

/** Every host has it but for the hardened ones, though the language's own library does not name it. */
declare const WebAssembly: undefined | {
  Memory: new (size: { initial: number }) => { readonly buffer: ArrayBuffer };
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object, imports: object) => { readonly exports: object };
};

const PAGE = 65_536;

/**
 * A compiled module of server/wasm/, whose exports are `Loops`, with so many bytes of memory. Undefined where the host has none: switched
 * off (`--jitless`), forbidden by a page's policy, without vectors, or without the gigabytes of address space that an engine sets aside
 * for each memory (`ulimit -v`).
 */
export function instantiate<Loops>(wasm: Uint8Array, bytes: number): { readonly buffer: ArrayBuffer; readonly loops: Loops } | undefined {
  if (typeof WebAssembly === 'undefined') return undefined;
  try {
    const memory = new WebAssembly.Memory({ initial: Math.ceil(bytes / PAGE) });
    return { buffer: memory.buffer, loops: new WebAssembly.Instance(new WebAssembly.Module(wasm), { env: { memory } }).exports as Loops };
  } catch {
    return undefined;
  }
}
