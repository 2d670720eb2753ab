/** What a person writes into a box, one thing a line (or with commas), as a list without repeats. Pure. */
export function linesOf(text: string): string[] {
  const lines = text.split(/[\n,;]+/).map((line) => line.trim().replace(/\s*-\s*/g, '-'));
  return [...new Set(lines.filter((line) => line !== ''))];
}
