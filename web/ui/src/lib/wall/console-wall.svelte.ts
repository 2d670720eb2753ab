/** The wall of a console: what hangs there is decided elsewhere, here it is only read, and read again when it was hung anew. */

import type { Api } from '../api';
import type { Camera, ConsoleWall as Hung } from '../api/schema';
import type { Failure } from '../result';
import { type Size, type Tiles, whole } from './grid';

export class ConsoleWall {
  readonly #api: Api;
  #hung = $state.raw<Hung | null>(null);
  #cameras = $state.raw<ReadonlyMap<string, Camera>>(new Map());

  constructor(api: Api) {
    this.#api = api;
  }

  /** Null before the first reading that succeeded. */
  get size(): Size | null {
    return this.#hung?.size ?? null;
  }

  get tiles(): Tiles {
    return this.#hung === null ? [] : whole(this.#hung.tiles).slice(0, this.#hung.size);
  }

  camera(id: string | null): Camera | undefined {
    return id === null ? undefined : this.#cameras.get(id);
  }

  /** What was shown stays when the reading fails. */
  async read(signal: AbortSignal): Promise<Failure | null> {
    const [hung, tree] = await Promise.all([
      this.#api.call('GET /api/console/wall', { signal }),
      this.#api.call('GET /api/tree', { signal }),
    ]);
    if (hung.kind === 'failed') return hung;
    if (tree.kind === 'failed') return tree;
    if (hung.kind === 'aborted' || tree.kind === 'aborted') return null;
    this.#hung = hung.value;
    this.#cameras = new Map(tree.value.cameras.map((camera) => [camera.id, camera]));
    return null;
  }
}
