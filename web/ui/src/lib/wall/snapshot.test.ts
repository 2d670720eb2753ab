import { expect, it } from 'vitest';
import { fileName, lines } from './snapshot';

const CAPTION = {
  number: 17,
  name: 'Ngã tư Quyết Thắng – hướng Đông',
  site: 'Quyết Thắng',
  capture_ms: Date.UTC(2026, 10, 24, 20, 4, 5, 78),
};

it('names the file by camera and time, whatever the camera is called', () => {
  expect(fileName(CAPTION)).toBe('camera-017-nga-tu-quyet-thang-huong-dong-20261125-030405.png');
  expect(fileName({ ...CAPTION, name: '../\u202e "<' })).toBe('camera-017-20261125-030405.png');
});

it('says under the picture which camera it is and exactly when it was captured', () => {
  expect(lines(CAPTION)).toEqual([
    '17 · Ngã tư Quyết Thắng – hướng Đông · Quyết Thắng',
    '25/11/2026 03:04:05.078 (UTC+7)',
  ]);
});
