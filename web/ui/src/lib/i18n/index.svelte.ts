/** The language of the screen. `i18n.t.common.save` is the text; templates follow when the language changes. */

import { remembered } from '../remembered';
import type { Language } from './bilingual';
import { words } from './words';

export type { Language } from './bilingual';

type Words = typeof words;
export type Text = { [Part in keyof Words]: Words[Part]['vi'] };

const parts = Object.keys(words) as (keyof Words)[];

export function textsIn(language: Language): Text {
  return Object.fromEntries(parts.map((part) => [part, words[part][language]])) as Text;
}

const TEXTS: Record<Language, Text> = { vi: textsIn('vi'), en: textsIn('en') };
const memory = remembered<Language>('language', ['vi', 'en'], 'vi');

class I18n {
  #language = $state<Language>(memory.read());

  get language(): Language {
    return this.#language;
  }

  /** Only for this browser; `session.setLanguage` also saves it to the account. */
  set language(language: Language) {
    this.#language = language;
    memory.write(language);
    document.documentElement.lang = language;
  }

  get t(): Text {
    return TEXTS[this.#language];
  }
}

export const i18n = new I18n();
