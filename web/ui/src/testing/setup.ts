import { afterEach, beforeEach } from 'vitest';
import { i18n } from '$lib/i18n/index.svelte';

beforeEach(() => {
  localStorage.clear();
  i18n.language = 'vi';
  history.replaceState(null, '', '/');
});

afterEach(() => {
  document.body.replaceChildren();
});
