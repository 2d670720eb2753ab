import { describe, expect, it } from 'vitest';
import { fold, matches } from './fold';

describe('fold', () => {
  it.each([
    ['Đồn Biên phòng Mộc Châu', 'don bien phong moc chau'],
    ['ĐƯỜNG  6\tcũ', 'duong 6 cu'],
    ['Thẩm phán chủ tọa', 'tham phan chu toa'],
    ['e\u0302\u0301', 'e'],
    ['\u1EBF', 'e'],
    ['', ''],
  ])('turns %j into %j', (text, folded) => expect(fold(text)).toBe(folded));

  it('changes nothing that is folded already', () => {
    for (const text of ['Ướng', 'Sốp Cộp', 'Đ đ Ð']) expect(fold(fold(text))).toBe(fold(text));
  });
});

describe('matches', () => {
  it('finds words in any order and part of words', () => {
    expect(matches('Cầu Bản Cá – làn xe tải', 'ca cau')).toBe(true);
    expect(matches('Đường Tô Hiệu', 'duong to')).toBe(true);
    expect(matches('Đường Tô Hiệu', 'duong ba')).toBe(false);
  });

  it('finds everything when nothing is asked', () => expect(matches('Mai Sơn', '  ')).toBe(true));
});
