/**
 * Every string that a reader may see, in one place, ready for translation: strings/ holds them by
 * group. A view's bundle holds only the groups that it uses.
 */
export * from "./strings/errors.js";
export * from "./strings/shared.js";
export * from "./strings/words.js";
export * from "./strings/word_map.js";
export * from "./strings/next_token.js";
export * from "./strings/generation.js";
export * from "./strings/tokens.js";
export * from "./strings/stack.js";
export * from "./strings/model_sizes.js";
export * from "./strings/residual.js";
export * from "./strings/lens.js";
export * from "./strings/senses.js";
export * from "./strings/query_key.js";
export * from "./strings/switches.js";
export * from "./strings/heads.js";
export * from "./strings/induction.js";
export * from "./strings/layer_windows.js";
export * from "./strings/causal_trace.js";
export * from "./strings/neurons.js";
export * from "./strings/pixels.js";
