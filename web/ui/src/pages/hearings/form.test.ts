import { expect, it } from 'vitest';
import { hearing } from '../../testing/bodies';
import { body, empty, minutes, period, typedOf, unanswered } from './form';

const WHOLE = {
  ...empty('2026-11-25'),
  courtroom: 'room-0000001',
  judge: 'account-0009',
  case_number: ' 12/2026/TLST-HS ',
  title: 'Vụ A',
  checklist: { juvenile: false, secret: false, sexual_offence: true, privacy: false },
};

it('reads times of day as people write them', () => {
  for (const typed of ['08:30', '8:30', '8h30', '0830', ' 08.30 ']) expect(minutes(typed)).toBe(510);
  for (const typed of ['', '24:00', '8', '12:60', 'trưa']) expect(minutes(typed)).toBeNull();
});

it('lets a hearing run past midnight', () => {
  const found = period({ day: '2026-11-25', from: '20:00', to: '01:00' });
  expect((found?.ends_ms ?? 0) - (found?.begins_ms ?? 0)).toBe(5 * 3_600_000);
  expect(period({ day: '2026-11-25', from: '08:00', to: '08:00' })).toBeNull();
});

it('gives nothing to the server before every point is answered', () => {
  expect(body({ ...WHOLE, checklist: { juvenile: false } })).toBeNull();
  expect(unanswered({ ...WHOLE, checklist: { juvenile: false } })).toEqual(['secret', 'sexual_offence', 'privacy']);
  expect(body(WHOLE)).toMatchObject({
    case_number: '12/2026/TLST-HS',
    begins_ms: Date.UTC(2026, 10, 25, 1),
    checklist: { juvenile: false, secret: false, sexual_offence: true, privacy: false },
  });
});

it('sends who sits and acts, without lines that have no name and without jurors of an appeal', () => {
  const officers = [
    { office: 'juror' as const, name: 'Cà Văn Ánh' },
    { office: 'clerk' as const, name: 'Bạc Cầm Khuyên' },
    { office: 'prosecutor' as const, name: ' ' },
  ];
  expect(body({ ...WHOLE, officers })?.officers).toEqual(officers.slice(0, 2));
  expect(body({ ...WHOLE, officers, procedure: 'civil_appeal' })?.officers).toEqual(officers.slice(1, 2));
});

it('plans a delay, and shows one that none of the choices is', () => {
  expect(body({ ...WHOLE, delay: '600' })?.delay_s).toBe(600);
  expect(body(WHOLE)?.delay_s).toBe(0);
  expect(typedOf(hearing({ delay_s: 420 })).delay).toBe('420');
});

it('shows again what was saved', () => {
  const typed = typedOf(hearing({ checklist: { juvenile: true }, flags: ['minor'] }));
  expect(typed).toMatchObject({ day: '2026-11-25', from: '08:00', to: '11:30', checklist: { juvenile: true } });
  expect(unanswered(typed)).toHaveLength(3);
});
