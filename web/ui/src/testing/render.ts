/** Mount for tests: whole screens with a fake server, or one component. Finds things as a person does: by role and name. */

import { flushSync, mount, tick, unmount, type Component } from 'svelte';
import { onTestFinished } from 'vitest';
import App from '../App.svelte';
import { createApp, type App as Shared } from '$lib/app.svelte';
import { FakeServer } from './fake-server';
import { FakeSockets } from './fake-socket';

/** The first loading of a lazy page compiles it. Only a failing test ever waits so long. */
const PATIENCE_MS = 15_000;

export interface Screen {
  app: Shared;
  server: FakeServer;
  sockets: FakeSockets;
}

/** The application at `path`. The server is verified when the test ends. */
export function open(server: FakeServer, path = '/'): Screen {
  history.replaceState(null, '', path);
  const sockets = new FakeSockets();
  const app = createApp({ fetch: server.fetch, openSocket: sockets.open });
  show(App, { app });
  onTestFinished(() => server.verify());
  return { app, server, sockets };
}

/** One component alone, without context. */
export function show<P extends Record<string, unknown>>(component: Component<P>, props: P): void {
  const mounted = mount(component, { target: document.body, props });
  flushSync();
  onTestFinished(() => void unmount(mounted));
}

/** Waits until `look` finds something, turn by turn of the event loop: answers of the fake server and lazy pages come in between. */
export async function until<T>(look: () => T | null | undefined | false): Promise<T> {
  const given_up_ms = performance.now() + PATIENCE_MS;
  while (performance.now() < given_up_ms) {
    const found = look();
    if (found) return found;
    await new Promise((resolve) => setImmediate(resolve));
    await tick();
  }
  throw new Error(`not seen: ${look}\n${document.body.textContent}`);
}

export function text(): string {
  return (document.body.textContent ?? '').replace(/\s+/g, ' ');
}

/** A button or link by its words or its name. */
export function button(name: string): HTMLElement {
  const all = [...document.querySelectorAll<HTMLElement>('button, a[href], summary, [role=tab]')];
  const found = all.find((one) => (one.getAttribute('aria-label') ?? one.textContent ?? '').trim() === name);
  if (found === undefined) throw new Error(`no button or link "${name}"`);
  return found;
}

/** A field by its label. */
export function field(label: string): HTMLInputElement {
  const found = [...document.querySelectorAll('label')].find((one) => one.textContent?.trim() === label);
  const control = found?.control ?? (found?.htmlFor ? document.getElementById(found.htmlFor) : null);
  if (control === null || control === undefined) throw new Error(`no field "${label}"`);
  return control as HTMLInputElement;
}

export function type(label: string, value: string): void {
  const control = field(label);
  control.value = value;
  control.dispatchEvent(new Event('input', { bubbles: true }));
  flushSync();
}

/** Chooses in a list as a browser does. happy-dom does not know `option:checked`, by which Svelte asks what was chosen. */
export function pick(select: HTMLSelectElement, value: string): void {
  const option = [...select.options].find((one) => one.value === value);
  if (option === undefined) throw new Error(`no option "${value}"`);
  Object.defineProperty(select, 'querySelector', { value: () => option, configurable: true });
  select.dispatchEvent(new Event('change', { bubbles: true }));
  flushSync();
}

export function press(target: Element, key: string): void {
  target.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
  flushSync();
}

export function click(target: HTMLElement): void {
  target.click();
  flushSync();
}

/** Sends the form of the dialog that is open, or the only form there is. */
export function submit(): void {
  const form = document.querySelector('dialog[open] form') ?? document.querySelector('form');
  form?.dispatchEvent(new SubmitEvent('submit', { bubbles: true, cancelable: true }));
  flushSync();
}

/** Chooses in the nth list of the open dialog, by typing: the first that fits. */
export async function choose(index: number, words: string): Promise<void> {
  const combo = await until(() => document.querySelectorAll<HTMLInputElement>('dialog[open] [role=combobox]')[index]);
  await until(() => {
    combo.value = words;
    combo.dispatchEvent(new Event('input', { bubbles: true }));
    return document.querySelector('[role=option]:not(.none)');
  });
  press(combo, 'Enter');
}

/** Answers the question of the open dialog with yes: its last button. */
export function sure(): void {
  const last = [...document.querySelectorAll<HTMLElement>('dialog[open] footer button')].at(-1);
  if (last === undefined) throw new Error('no question is asked');
  click(last);
}
