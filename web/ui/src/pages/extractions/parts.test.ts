import { expect, it } from 'vitest';
import { problem, regionBetween, wanted } from './parts';

const LINE = { key: 1, cameraId: 'camera-00001', from: '25/11/2026 03:00:00', to: '25/11/2026 03:04:05', regions: [] };

it('sends what was written as moments of Vietnam', () => {
  expect(problem(LINE)).toBe('');
  expect(wanted(LINE)).toEqual({
    camera_id: 'camera-00001',
    from_ms: Date.UTC(2026, 10, 24, 20, 0, 0),
    to_ms: Date.UTC(2026, 10, 24, 20, 4, 5),
    regions: [],
  });
});

it('says which of both times cannot be', () => {
  expect(problem({ ...LINE, from: '31/02/2026' })).toBe('from');
  expect(problem({ ...LINE, to: 'soon' })).toBe('to');
  expect(problem({ ...LINE, to: LINE.from })).toBe('span');
});

it('draws a region whichever corner comes first, and never beyond the picture', () => {
  expect(regionBetween({ x: 0.75, y: 0.5 }, { x: 0.25, y: -3 })).toEqual({ x: 0.25, y: 0, width: 0.5, height: 0.5 });
  expect(regionBetween({ x: 0.5, y: 0.5 }, { x: 0.505, y: 0.9 })).toBeNull();
});
