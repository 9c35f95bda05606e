/** What the server uses of the core. Imported through `core.ts` only; a type can be imported from anywhere. */
export { analyze, reanalyze } from '../analysis/analysis.js';
export { Knowledge } from '../analysis/knowledge/knowledge.js';
export { loadUserKnowledge } from '../analysis/userKnowledge.js';
export { prepare } from '../analysis/prepare.js';
