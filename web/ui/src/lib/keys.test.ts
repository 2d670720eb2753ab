import { describe, expect, it } from 'vitest';
import { isForPage } from './keys';

/** What the page makes of the letter A that was pressed at `selector` of `html`. */
function pressed(html: string, selector: string, init: KeyboardEventInit = {}): boolean {
  document.body.innerHTML = html;
  const target = document.querySelector(selector) ?? document.body;
  let answer: boolean | null = null;
  const look = (event: Event): void => {
    answer = isForPage(event as KeyboardEvent);
  };
  addEventListener('keydown', look, { once: true });
  target.dispatchEvent(new KeyboardEvent('keydown', { key: 'a', bubbles: true, ...init }));
  if (answer === null) throw new Error('the key never came');
  return answer;
}

describe('a key is the page’s own', () => {
  it.each([
    ['on the page itself', '<p>…</p>', 'body'],
    ['on a button', '<button>…</button>', 'button'],
    ['on a choice between two', '<input type="radio">', 'input'],
    ['on a box to tick', '<input type="checkbox">', 'input'],
    ['on what may not be edited', '<p contenteditable="false">…</p>', 'p'],
  ])('%s', (_, html, selector) => {
    expect(pressed(html, selector)).toBe(true);
  });
});

describe('a key is somebody else’s', () => {
  it.each([
    ['in a field', '<input>', 'input'],
    ['in a field for a search', '<input type="search">', 'input'],
    ['in a text', '<textarea></textarea>', 'textarea'],
    ['in a list to choose from', '<select><option>a</option></select>', 'select'],
    ['in what can be edited', '<div contenteditable="true"><b>…</b></div>', 'b'],
    ['in a menu', '<div role="menu"><button>…</button></div>', 'button'],
    ['while a dialog is open, wherever the focus is', '<dialog open></dialog><button>…</button>', 'body > button'],
  ])('%s', (_, html, selector) => {
    expect(pressed(html, selector)).toBe(false);
  });

  it.each(['ctrlKey', 'metaKey', 'altKey', 'isComposing'])('with %s', (held) => {
    expect(pressed('<p>…</p>', 'body', { [held]: true })).toBe(false);
  });
});
