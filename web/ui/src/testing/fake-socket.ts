/** An event socket that a test plays by hand. */

import type { EventMessage } from '$lib/api/schema';

export class FakeSocket {
  onmessage: ((event: MessageEvent) => void) | null = null;
  onclose: ((event: CloseEvent) => void) | null = null;
  closed = false;

  say(message: EventMessage): void {
    this.onmessage?.(new MessageEvent('message', { data: JSON.stringify(message) }));
  }

  drop(): void {
    this.onclose?.(new CloseEvent('close'));
  }

  close(): void {
    this.closed = true;
  }
}

export class FakeSockets {
  readonly opened: FakeSocket[] = [];

  readonly open = (): WebSocket => {
    const socket = new FakeSocket();
    this.opened.push(socket);
    return socket as unknown as WebSocket;
  };

  get last(): FakeSocket {
    const socket = this.opened.at(-1);
    if (socket === undefined) throw new Error('no event socket was opened');
    return socket;
  }
}
