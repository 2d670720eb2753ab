import { describe, expect, it } from 'vitest';
import { bitrate, date, dateTime, delayLength, duration, number, size, time } from './format';

const NEW_YEAR_UTC_MS = Date.UTC(2026, 11, 31, 17, 0, 0);

describe('times', () => {
  it('are shown in UTC+7, whatever the time zone of the computer', () => {
    expect(dateTime(NEW_YEAR_UTC_MS)).toBe('01/01/2027 00:00:00');
    expect(date(NEW_YEAR_UTC_MS - 1)).toBe('31/12/2026');
    expect(time(NEW_YEAR_UTC_MS - 1)).toBe('23:59:59');
  });
});

it('says a delay in whole minutes where it is some', () => {
  expect([60, 600, 90, 45].map((length_s) => delayLength(length_s, 'vi'))).toEqual([
    '1 phút',
    '10 phút',
    '90 giây',
    '45 giây',
  ]);
  expect(delayLength(1800, 'en')).toBe('30 min');
});

describe('durations', () => {
  it.each([
    [0, '00:00'],
    [59_999, '00:59'],
    [3_723_000, '1:02:03'],
    [-5, '00:00'],
  ])('%d ms is %s', (length_ms, shown) => expect(duration(length_ms)).toBe(shown));
});

describe('numbers', () => {
  it('follow the language', () => {
    expect(number(1234.5, 'vi', 1)).toBe('1.234,5');
    expect(number(1234.5, 'en', 1)).toBe('1,234.5');
    expect(bitrate(3_200_000, 'vi')).toBe('3,2 Mb/s');
    expect(bitrate(480_000, 'en')).toBe('480 kb/s');
  });
});

describe('sizes', () => {
  it.each([
    [0, '0 B'],
    [480_400_000, '480 MB'],
    [12_400_000_000, '12,4 GB'],
    [999_999_999_999, '1.000 GB'],
    [10_000_000_000_000, '10,0 TB'],
  ])('%i bytes are %s', (bytes, said) => expect(size(bytes, 'vi')).toBe(said));
});
