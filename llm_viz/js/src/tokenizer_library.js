/*!
 * Cuts text into tokens: Tokenizer of @huggingface/tokenizers, Apache License 2.0,
 * https://github.com/huggingface/tokenizers.js
 */
/** An asset of its own: a page loads it when a reader first types. `tokenizer.js` uses it. */
export { Tokenizer } from "@huggingface/tokenizers";
