/** What is wrong with files or edits, in words. Pure. */

import type { FileProblem } from '$lib/api/schema';
import type { Text } from '$lib/i18n/index.svelte';

export function problemWords(problem: FileProblem, t: Text['organisation']): string {
  const said: (value: string) => string = t.problem[problem.code];
  return `${where(problem, t)}: ${said(problem.value)}`;
}

function where({ file, line }: FileProblem, t: Text['organisation']): string {
  if (file === 'edits') return t.editNumber(String(line));
  return line === 0 ? file : t.line(file, String(line));
}
