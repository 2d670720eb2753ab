/** Whether a key that was pressed somewhere on a page may be the page's own. */

const WRITES = 'textarea, select, [contenteditable]:not([contenteditable="false"])';
const KEEPS = '[role="menu"], [role="dialog"], [role="combobox"]';
/** Inputs that letters mean nothing to. */
const SILENT = new Set(['radio', 'checkbox', 'button', 'submit', 'reset', 'range', 'color', 'file', 'image']);

/**
 * Not while somebody writes or chooses, not with Ctrl, Alt or Meta (the browser's), and not while a dialog is open, wherever the
 * focus is.
 */
export function isForPage(event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return false;
  if (document.querySelector('dialog[open]') !== null) return false;
  const at = event.target instanceof Element ? event.target : null;
  if (at === null) return true;
  if (at instanceof HTMLInputElement && !SILENT.has(at.type)) return false;
  return at.closest(`${WRITES}, ${KEEPS}`) === null;
}
