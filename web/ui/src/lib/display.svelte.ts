/** How this screen looks: dark or light, for a desk or for a wall seen from 2 m. Belongs to the screen, not to the account. */

import { remembered } from './remembered';

export const THEMES = ['dark', 'light', 'system'] as const;
export const DISTANCES = ['desk', 'wall'] as const;
export type Theme = (typeof THEMES)[number];
export type Distance = (typeof DISTANCES)[number];

const themeMemory = remembered<Theme>('theme', THEMES, 'dark');
const distanceMemory = remembered<Distance>('distance', DISTANCES, 'desk');

class Display {
  readonly #light = matchMedia('(prefers-color-scheme: light)');
  #theme = $state<Theme>(themeMemory.read());
  #distance = $state<Distance>(distanceMemory.read());

  constructor() {
    this.#light.addEventListener('change', () => this.apply());
  }

  get theme(): Theme {
    return this.#theme;
  }

  set theme(theme: Theme) {
    this.#theme = theme;
    themeMemory.write(theme);
    this.apply();
  }

  get distance(): Distance {
    return this.#distance;
  }

  set distance(distance: Distance) {
    this.#distance = distance;
    distanceMemory.write(distance);
    this.apply();
  }

  /** The style sheets look at these attributes; "system" never reaches them. */
  apply(): void {
    const system = this.#light.matches ? 'light' : 'dark';
    document.documentElement.dataset['theme'] = this.#theme === 'system' ? system : this.#theme;
    document.documentElement.dataset['distance'] = this.#distance;
  }
}

export const display = new Display();
