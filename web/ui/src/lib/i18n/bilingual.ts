/** Texts of one part of the screen in both languages. The Vietnamese ones say which keys there are. */

export type Language = 'vi' | 'en';

export interface Texts {
  [key: string]: string | ((...facts: never[]) => string) | Texts;
}

/** The same keys, and for texts with facts the same facts. */
export type Same<T> = T extends string
  ? string
  : T extends (...facts: infer Facts) => string
    ? (...facts: Facts) => string
    : { [Key in keyof T]: Same<T[Key]> };

export interface Bilingual<T> {
  vi: Same<T>;
  en: Same<T>;
}

/** A key that one language lacks, or has too many, does not compile. */
export function bilingual<const T extends Texts>(vi: T, en: Same<T>): Bilingual<T> {
  return { vi: vi as unknown as Same<T>, en };
}
