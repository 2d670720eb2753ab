import { expect, it } from 'vitest';
import type { HearingEvaluation } from '$lib/api/schema';
import { body, pointsOf, total, typedOf, withoutPoints } from './sheet';

const SHEET: HearingEvaluation = {
  version: 3,
  title: 'Phiếu nhận xét',
  groups: [
    { title: 'Chuẩn bị', criteria: [{ key: 'file', text: 'Hồ sơ', most: 15 }] },
    { title: 'Tại phiên tòa', criteria: [{ key: 'manner', text: 'Tác phong', most: 10 }] },
  ],
  name: '',
  mine: true,
  evaluated: 'Quàng Thị Ngữ',
  scores: { file: { points: 0, remark: 'thiếu' } },
  strengths: 'Rõ ràng.',
  weaknesses: '',
  points: 0,
  most: 25,
  level: '',
  final_ms: null,
};

it('sends back what it was given when nothing is typed', () => {
  expect(body(SHEET, typedOf(SHEET), false)).toEqual({
    version: 3,
    evaluated: 'Quàng Thị Ngữ',
    scores: { file: { points: 0, remark: 'thiếu' } },
    strengths: 'Rõ ràng.',
    weaknesses: '',
    final: false,
  });
});

it.each([
  ['', null],
  [' 7 ', 7],
  ['10', 10],
  ['11', undefined],
  ['-1', undefined],
  ['7,5', undefined],
  ['1e1', undefined],
])('reads points from 0 to the most: %j is %j', (typed, points) => {
  expect(pointsOf(typed, 10)).toBe(points);
});

it('tells no points from zero points, and adds up what is there', () => {
  const typed = typedOf(SHEET);
  expect(withoutPoints(SHEET, typed)).toEqual(['manner']);
  typed.scores['manner'] = { points: '9', remark: '' };
  expect(withoutPoints(SHEET, typed)).toEqual([]);
  expect(total(SHEET, typed)).toBe(9);
});

it('sends nothing while points cannot be read', () => {
  const typed = typedOf(SHEET);
  typed.scores['manner'] = { points: 'mười', remark: '' };
  expect(body(SHEET, typed, false)).toBeNull();
});
