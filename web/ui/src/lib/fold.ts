/** Search that forgives case, accents and đ: what an officer types in a hurry finds "Mộc Châu – Đồn Biên phòng". */

const MARKS = /\p{M}+/gu;

/** Lower case without diacritics, đ as d, runs of space as one. */
export function fold(text: string): string {
  return text.normalize('NFD').replace(MARKS, '').toLowerCase().replaceAll('đ', 'd').replace(/\s+/g, ' ').trim();
}

/** Whether every word of `query` is somewhere in `text`, in any order. An empty query is in everything. */
export function matches(text: string, query: string): boolean {
  const folded = fold(text);
  return fold(query)
    .split(' ')
    .every((word) => folded.includes(word));
}
