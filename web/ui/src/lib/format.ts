/** How times, durations and numbers are written. Times are UTC ms and shown in UTC+7, dd/mm/yyyy HH:mm:ss, in both languages. */

const UTC_PLUS_7_MS = 7 * 3_600_000;

function two(value: number): string {
  return String(value).padStart(2, '0');
}

/** 25/11/2026 */
export function date(at_ms: number): string {
  const local = new Date(at_ms + UTC_PLUS_7_MS);
  return `${two(local.getUTCDate())}/${two(local.getUTCMonth() + 1)}/${String(local.getUTCFullYear()).padStart(4, '0')}`;
}

/** 03:04:05 */
export function time(at_ms: number): string {
  const local = new Date(at_ms + UTC_PLUS_7_MS);
  return `${two(local.getUTCHours())}:${two(local.getUTCMinutes())}:${two(local.getUTCSeconds())}`;
}

/** 25/11/2026 03:04:05 */
export function dateTime(at_ms: number): string {
  return `${date(at_ms)} ${time(at_ms)}`;
}

/** 1:02:03, or 02:03 below an hour. */
export function duration(length_ms: number): string {
  const whole_s = Math.max(0, Math.floor(length_ms / 1000));
  const hours = Math.floor(whole_s / 3600);
  const rest = `${two(Math.floor(whole_s / 60) % 60)}:${two(whole_s % 60)}`;
  return hours > 0 ? `${hours}:${rest}` : rest;
}

/** A delay as people say it: 10 phút, 45 giây; 10 min, 45 s. */
export function delayLength(length_s: number, language: 'vi' | 'en'): string {
  const [minute, second] = language === 'vi' ? ['phút', 'giây'] : ['min', 's'];
  return length_s >= 60 && length_s % 60 === 0
    ? `${number(length_s / 60, language)} ${minute ?? ''}`
    : `${number(length_s, language)} ${second ?? ''}`;
}

/** 1.234 in Vietnamese, 1,234 in English; `digits` behind the comma. */
export function number(value: number, language: 'vi' | 'en', digits = 0): string {
  return value.toLocaleString(language === 'vi' ? 'vi-VN' : 'en-GB', {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
}

/** 3,2 Mb/s, 480 kb/s */
export function bitrate(value_bps: number, language: 'vi' | 'en'): string {
  return value_bps >= 1_000_000
    ? `${number(value_bps / 1_000_000, language, 1)} Mb/s`
    : `${number(value_bps / 1000, language)} kb/s`;
}

/** 1,8 TB, 12,4 GB, 480 MB: decimal, as disks are sold. */
export function size(value_bytes: number, language: 'vi' | 'en'): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];
  let value = value_bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${number(value, language, unit < 3 || value >= 100 ? 0 : 1)} ${units[unit] ?? ''}`;
}
