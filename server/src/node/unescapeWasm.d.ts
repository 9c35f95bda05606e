/** server/wasm/unescape.ts, compiled. The build makes it; see scripts/sweepWasm.mjs. */
export declare const wasm: Uint8Array;
