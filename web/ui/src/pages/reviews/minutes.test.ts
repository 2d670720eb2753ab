import { expect, it } from 'vitest';
import { emptyMinutes, meeting, minutesBody, typedMinutes } from './minutes';

const NOW_MS = Date.UTC(2026, 10, 25, 7, 30);

it('begins now, in Vietnam, without an end', () => {
  const typed = emptyMinutes(NOW_MS);
  expect([typed.day, typed.from]).toEqual(['2026-11-25', '14:30']);
  expect(meeting(typed)).toEqual({ began_ms: NOW_MS, ended_ms: null });
  expect(meeting({ ...typed, from: '00:00' })).toEqual({ began_ms: Date.UTC(2026, 10, 24, 17), ended_ms: null });
});

it('sends back what it was given when nothing is typed', () => {
  const sent = {
    began_ms: NOW_MS,
    ended_ms: NOW_MS + 3_600_000,
    place: 'Phòng họp số 1',
    chair: 'Đỗ Thị Ỷ',
    secretary: 'Bạc Cầm Khuyên',
    prosecutor_id: 'account-0001',
    participants: [{ name: 'Đỗ Thị Ỷ', office: 'Viện trưởng', unit: '' }],
    opinions: [{ name: 'Lò Văn Ưởng', text: 'Cần rút gọn.' }],
    strengths: 'a',
    weaknesses: 'b',
    conclusion: 'c',
  };
  const read = typedMinutes({ ...sent, version: 4, sheets: 0, average_tenths: 0, most: 100, final_ms: null });
  expect(minutesBody(read, 4, true)).toEqual({ ...sent, version: 4, final: true });
});

it('leaves out lines without a name, and sends nothing without a time', () => {
  const typed = emptyMinutes(NOW_MS);
  typed.participants = [{ name: ' ', office: 'x', unit: '' }];
  typed.opinions = [{ name: '', text: 'x' }];
  expect(minutesBody(typed, 0, false)).toMatchObject({ participants: [], opinions: [] });
  expect(minutesBody({ ...typed, from: 'sáng' }, 0, false)).toBeNull();
});
