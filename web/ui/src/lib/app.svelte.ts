/** Everything that pages share, made in one place and handed down by context: `const { api, session, live } = useApp();` */

import { getContext, setContext } from 'svelte';
import { Api, type ApiOptions } from './api';
import { Live, type LiveOptions } from './live.svelte';
import { Router } from './router.svelte';
import { Session } from './session.svelte';
import { Status } from './status.svelte';

export interface App {
  api: Api;
  session: Session;
  live: Live;
  router: Router;
  status: Status;
}

export interface Outside {
  fetch: ApiOptions['fetch'];
  openSocket?: LiveOptions['open'];
}

const KEY = Symbol('app');

export function createApp(outside: Outside): App {
  const api: Api = new Api({
    fetch: outside.fetch,
    csrf: () => session.csrf,
    onSignedOut: () => session.ended(),
    onWaiting: () => void session.start(),
  });
  const session = new Session(api);
  const live = new Live({
    onSignedOut: () => session.ended(),
    onRefused: () => void session.check(),
    ...(outside.openSocket ? { open: outside.openSocket } : {}),
  });
  return { api, session, live, router: new Router(), status: new Status() };
}

export function provideApp(app: App): void {
  setContext(KEY, app);
}

export function useApp(): App {
  return getContext<App>(KEY);
}
