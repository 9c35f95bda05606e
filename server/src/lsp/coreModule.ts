/** What the server uses of the core and of the features. Imported through `core.ts` only; a type can be imported from anywhere. */
export { analyze, reanalyze } from '../analysis/analysis.js';
export { Knowledge } from '../analysis/knowledge/knowledge.js';
export { loadUserKnowledge } from '../analysis/userKnowledge.js';
export { prepare } from '../analysis/prepare.js';
export { asCommands, codeActions } from '../features/codeActions.js';
export { diagnostics, knowledgeDiagnostic } from '../features/diagnostics.js';
export { documentLinks } from '../features/documentLinks.js';
export { documentSymbols, flatSymbols } from '../features/documentSymbols.js';
export { foldingRanges } from '../features/folding.js';
export { hover } from '../features/hover.js';
export { hintTooltip, inlayHints } from '../features/inlayHints.js';
export { definition, documentHighlights, references } from '../features/occurrences.js';
export { safeUrl } from '../features/page.js';
export { encodeTokens } from '../features/semanticTokens.js';
export { prepareHovers } from '../features/warmUp.js';
export { crashSymbols, MOST_SYMBOLS } from '../features/workspaceSymbols.js';
