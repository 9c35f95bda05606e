import { Knowledge, type KnowledgeOptions, type KnowledgeSource } from '../../server/src/analysis/knowledge/knowledge.js';
import { collectKnowledge } from '../../scripts/knowledge.mjs';

let tables: Readonly<Record<string, unknown>> | undefined;

/** The product's own tables, straight from server/knowledge/. */
export const builtinTables: KnowledgeSource = (table) => {
  tables ??= (collectKnowledge() as { tables: Readonly<Record<string, unknown>> }).tables;
  return tables[table];
};

export function builtinKnowledge(options: KnowledgeOptions = {}): Knowledge {
  return new Knowledge(builtinTables, options);
}
