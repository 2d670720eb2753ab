/** Where the person is. Ordinary `<a href>` links work; pages that must not be lost can ask first. */

export class Router {
  #path = $state(location.pathname);
  #search = $state(location.search);
  #guard: (() => boolean) | null = null;

  get path(): string {
    return this.#path;
  }

  get query(): URLSearchParams {
    return new URLSearchParams(this.#search);
  }

  go(to: string, { replace = false }: { replace?: boolean } = {}): void {
    if (this.#guard !== null && !this.#guard()) return;
    this.#guard = null;
    history[replace ? 'replaceState' : 'pushState'](null, '', to);
    this.#read();
    scrollTo(0, 0);
  }

  /** `mayLeave` is asked before the page changes; returns how to take it back (a fit for `$effect`). */
  guard(mayLeave: () => boolean): () => void {
    this.#guard = mayLeave;
    return () => {
      if (this.#guard === mayLeave) this.#guard = null;
    };
  }

  /** Listens to links and to the back button until the returned function is called. */
  listen(root: HTMLElement | Document = document): () => void {
    const onClick = (event: Event) => this.#click(event as MouseEvent);
    const onPop = () => this.#read();
    root.addEventListener('click', onClick);
    addEventListener('popstate', onPop);
    return () => {
      root.removeEventListener('click', onClick);
      removeEventListener('popstate', onPop);
    };
  }

  #click(event: MouseEvent): void {
    if (
      event.defaultPrevented ||
      event.button !== 0 ||
      event.metaKey ||
      event.ctrlKey ||
      event.shiftKey ||
      event.altKey
    )
      return;
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    if (link === null || link.target !== '' || link.hasAttribute('download')) return;
    const url = new URL(link.href, location.href);
    if (url.origin !== location.origin || url.pathname.startsWith('/api/')) return;
    // A link within the page (skip link) is the browser's own business.
    if (url.hash !== '' && url.pathname === location.pathname) return;
    event.preventDefault();
    this.go(url.pathname + url.search);
  }

  #read(): void {
    this.#path = location.pathname;
    this.#search = location.search;
  }
}
