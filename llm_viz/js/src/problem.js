/**
 * Something that a person can understand and mend: its message is one sentence that names what was
 * found, what was expected, and what to do. A view shows it in place and keeps its picture. Any
 * other error is a fault of ours and goes to the console.
 */
export class Problem extends Error {}
