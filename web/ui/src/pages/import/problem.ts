/** What is wrong with a line of a file, as a sentence. Pure. */

import type { Text } from '$lib/i18n/index.svelte';

type Sentence = (value: string, column: string) => string;

/** `problem` is what the server says: code, column, value. Values are hostile text. */
export function problemSentence(problem: Record<string, string>, t: Text['imports']): string {
  const code = problem['code'] ?? '';
  const sentences: Record<string, Sentence> = t.problem;
  const columns: Record<string, string> = t.column;
  const column = problem['column'] ?? '';
  const named = (Object.hasOwn(columns, column) ? columns[column] : undefined) ?? column;
  const said = Object.hasOwn(sentences, code) ? sentences[code] : undefined;
  return said === undefined ? t.otherProblem(code) : said(problem['value'] ?? '', named);
}
