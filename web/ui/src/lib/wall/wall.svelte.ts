/** The wall of the person: which camera is in which tile, what is selected, what is enlarged; loaded and saved by itself. */

import type { Api } from '../api';
import type { Camera, Layout, Tree } from '../api/schema';
import type { Failure } from '../result';
import { type Arrow, beside, emptied, placed, type Size, type Tiles, whole } from './grid';

/** Several changes in a row are one to save. */
export const SAVE_AFTER_MS = 800;
const FIRST_SIZE: Size = 16;

export interface WallOptions {
  api: Api;
  onFailed: (failed: Failure) => void;
}

export class Wall {
  readonly #options: WallOptions;
  #size = $state<Size>(FIRST_SIZE);
  #tiles = $state.raw<Tiles>(whole([]));
  #selected = $state(0);
  #spot = $state<number | null>(null);
  #listening = $state<string | null>(null);
  #named = $state.raw<readonly Layout[]>([]);
  #tree = $state.raw<Tree | null>(null);
  readonly #cameras = $derived(new Map((this.#tree?.cameras ?? []).map((camera) => [camera.id, camera])));
  #saving: ReturnType<typeof setTimeout> | undefined;

  constructor(options: WallOptions) {
    this.#options = options;
  }

  get size(): Size {
    return this.#size;
  }

  /** Those that are seen. */
  get tiles(): Tiles {
    return this.#tiles.slice(0, this.#size);
  }

  get selected(): number {
    return this.#selected;
  }

  get spot(): number | null {
    return this.#spot;
  }

  /** The camera that is heard. */
  get listening(): string | null {
    return this.#listening;
  }

  /** The walls with a name. */
  get named(): readonly Layout[] {
    return this.#named;
  }

  get tree(): Tree | null {
    return this.#tree;
  }

  camera(id: string | null | undefined): Camera | undefined {
    return id === null || id === undefined ? undefined : this.#cameras.get(id);
  }

  byNumber(number: number): Camera | undefined {
    return this.#tree?.cameras.find((camera) => camera.number === number && camera.can_view);
  }

  /** Reads cameras and walls. The first time there is no wall: it then shows the first cameras. */
  async load(signal: AbortSignal): Promise<Failure | null> {
    const [tree, layouts] = await Promise.all([
      this.#options.api.call('GET /api/tree', { signal }),
      this.#options.api.call('GET /api/layouts', { signal }),
    ]);
    if (tree.kind === 'failed') return tree;
    if (layouts.kind === 'failed') return layouts;
    if (tree.kind === 'aborted' || layouts.kind === 'aborted') return null;
    this.#tree = tree.value;
    this.#named = layouts.value.filter((layout) => layout.name !== '');
    const last = layouts.value.find((layout) => layout.name === '');
    if (last !== undefined) this.#take(last);
    else this.#tiles = whole(tree.value.cameras.filter((camera) => camera.can_view).map((camera) => camera.id));
    return null;
  }

  /** The cameras have changed; the wall stays. */
  async reload(signal: AbortSignal): Promise<void> {
    const tree = await this.#options.api.call('GET /api/tree', { signal });
    if (tree.kind === 'ok') this.#tree = tree.value;
  }

  select(index: number): void {
    if (index < 0 || index >= this.#size) return;
    this.#selected = index;
    if (this.#spot !== null) this.#spot = index;
  }

  move(key: Arrow): void {
    this.select(beside(this.#size, this.#selected, key));
  }

  resize(size: Size): void {
    this.#size = size;
    this.#spot = null;
    this.#selected = Math.min(this.#selected, size - 1);
    this.#save();
  }

  place(camera_id: string, index = this.#selected): void {
    this.#tiles = placed(this.#tiles, this.#size, index, camera_id);
    this.#save();
  }

  /** As `place` in the selected tile; then the next empty one is selected, if this one was empty: many are placed in a row. */
  placeNext(camera_id: string): void {
    const wasEmpty = this.#tiles[this.#selected] === null;
    this.place(camera_id);
    const next = this.tiles.findIndex((tile) => tile === null);
    if (wasEmpty && next >= 0) this.select(next);
  }

  empty(index = this.#selected): void {
    this.#tiles = emptied(this.#tiles, index);
    if (this.#spot === index) this.#spot = null;
    this.#save();
  }

  /** Enlarge a tile, or reduce the one that is. An empty one stays. */
  toggleSpot(index = this.#selected): void {
    this.#selected = index;
    this.#spot = this.#spot === null && this.#tiles[index] !== null && this.#size > 1 ? index : null;
  }

  reduce(): void {
    this.#spot = null;
  }

  toggleListening(camera_id: string | null): void {
    this.#listening = this.#listening === camera_id ? null : camera_id;
  }

  /** Shows a wall that was saved under a name. */
  open(layout: Layout): void {
    this.#take(layout);
    this.#save();
  }

  async saveAs(name: string): Promise<Failure | null> {
    const body: Layout = { ...this.#layout(), name };
    const saved = await this.#options.api.call('PUT /api/layouts/{name}', { params: { name }, body });
    if (saved.kind === 'failed') return saved;
    const others = this.#named.filter((layout) => layout.name !== name);
    this.#named = [...others, body].sort((a, b) => a.name.localeCompare(b.name, 'vi'));
    return null;
  }

  async remove(name: string): Promise<Failure | null> {
    const removed = await this.#options.api.call('DELETE /api/layouts/{name}', { params: { name } });
    if (removed.kind === 'failed' && removed.code !== 'not_found') return removed;
    this.#named = this.#named.filter((layout) => layout.name !== name);
    return null;
  }

  /** What is not saved yet is saved now. */
  leave(): void {
    if (this.#saving !== undefined) void this.#saveNow();
  }

  #take(layout: Layout): void {
    this.#size = layout.size;
    this.#tiles = whole(layout.tiles);
    this.#spot = null;
    this.#selected = Math.min(this.#selected, layout.size - 1);
  }

  #layout(): Layout {
    return { name: '', size: this.#size, tiles: [...this.tiles] };
  }

  #save(): void {
    clearTimeout(this.#saving);
    this.#saving = setTimeout(() => void this.#saveNow(), SAVE_AFTER_MS);
  }

  async #saveNow(): Promise<void> {
    clearTimeout(this.#saving);
    this.#saving = undefined;
    const saved = await this.#options.api.call('PUT /api/layouts/{name}', {
      params: { name: 'last' },
      body: this.#layout(),
    });
    if (saved.kind === 'failed') this.#options.onFailed(saved);
  }
}
