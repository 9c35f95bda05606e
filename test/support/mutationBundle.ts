/** What `npm run mutate` and `npm run linear` take from the project, bundled once so that a run is of one state of it. */
export { analyze, finish } from '../../server/src/analysis/analysis.js';
export { Knowledge } from '../../server/src/analysis/knowledge/knowledge.js';
export { ChunkedText } from '../../server/src/analysis/text/chunkedText.js';
export { LogDecoder } from '../../server/src/cli/encoding.js';
export { sampleTexts } from './logs.js';
export { mutantOf } from './mutation.js';
export { failureOf, patience } from './mutationChecks.js';
