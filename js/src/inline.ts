/**
 * `zarrscope/inline`: the whole library in one file that needs no other, for places without addresses of their own (a
 * notebook's cell, a blob, a page saved to disk). scripts/build-inline.mjs makes that file of this module.
 */

export * from "./index.js";
export * from "./element/index.js";
