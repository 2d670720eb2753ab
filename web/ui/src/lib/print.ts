/** Printing, once what is to be printed stands on the page. */

import { tick } from 'svelte';

export async function printed(): Promise<void> {
  await tick();
  print();
}
