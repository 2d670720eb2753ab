/** The composition root: nothing else knows the real network. */

import { mount } from 'svelte';
import App from './App.svelte';
import { createApp } from '$lib/app.svelte';
import { display } from '$lib/display.svelte';
import { i18n } from '$lib/i18n/index.svelte';
import { find } from './pages/routes';
import './styles/tokens.css';
import './styles/base.css';
import './styles/print.css';

// The page of this address is fetched while the server is asked who is here.
find(location.pathname)
  ?.route.load()
  .catch(() => undefined);
display.apply();
document.documentElement.lang = i18n.language;
const target = document.querySelector('#app');
if (target === null) throw new Error('index.html has no #app');
mount(App, { target, props: { app: createApp({ fetch: (path, init) => fetch(path, init) }) } });
