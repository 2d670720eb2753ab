/** The evaluation sheet as it is typed: to and from what the server takes. Pure. */

import type { EvaluationCriterion, HearingEvaluation, NewEvaluation } from '$lib/api/schema';

export interface TypedScore {
  points: string;
  remark: string;
}

export interface TypedSheet {
  evaluated: string;
  scores: Record<string, TypedScore>;
  strengths: string;
  weaknesses: string;
}

export function criteria(sheet: HearingEvaluation): EvaluationCriterion[] {
  return sheet.groups.flatMap((group) => group.criteria);
}

export function typedOf(sheet: HearingEvaluation): TypedSheet {
  return {
    evaluated: sheet.evaluated,
    scores: Object.fromEntries(
      criteria(sheet).map(({ key }) => {
        const score = sheet.scores[key];
        return [key, { points: score?.points == null ? '' : String(score.points), remark: score?.remark ?? '' }];
      }),
    ),
    strengths: sheet.strengths,
    weaknesses: sheet.weaknesses,
  };
}

/** Points as a number; null for none yet, undefined for what is none of 0–`most`. */
export function pointsOf(typed: string, most: number): number | null | undefined {
  const text = typed.trim();
  if (text === '') return null;
  if (!/^\d{1,4}$/.test(text)) return undefined;
  const points = Number(text);
  return points <= most ? points : undefined;
}

export function total(sheet: HearingEvaluation, typed: TypedSheet): number {
  return criteria(sheet).reduce(
    (sum, { key, most }) => sum + (pointsOf(typed.scores[key]?.points ?? '', most) ?? 0),
    0,
  );
}

/** Keys of the criteria without points. */
export function withoutPoints(sheet: HearingEvaluation, typed: TypedSheet): string[] {
  return criteria(sheet)
    .filter(({ key, most }) => pointsOf(typed.scores[key]?.points ?? '', most) == null)
    .map(({ key }) => key);
}

/** Null while some points cannot be read. */
export function body(sheet: HearingEvaluation, typed: TypedSheet, final: boolean): NewEvaluation | null {
  const scores: NonNullable<NewEvaluation['scores']> = {};
  for (const { key, most } of criteria(sheet)) {
    const { points: written, remark } = typed.scores[key] ?? { points: '', remark: '' };
    const points = pointsOf(written, most);
    if (points === undefined) return null;
    if (points !== null || remark.trim() !== '') scores[key] = { points, remark: remark.trim() };
  }
  return {
    version: sheet.version,
    evaluated: typed.evaluated.trim(),
    scores,
    strengths: typed.strengths,
    weaknesses: typed.weaknesses,
    final,
  };
}
