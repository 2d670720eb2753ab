import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Events, parse, pause_ms, SILENCE_MS } from './events';
import { tick } from '../testing/bodies';
import { FakeSockets } from '../testing/fake-socket';

let sockets: FakeSockets;
let connections: boolean[];
let messages: string[];
let events: Events;

beforeEach(() => {
  vi.useFakeTimers();
  sockets = new FakeSockets();
  connections = [];
  messages = [];
  events = new Events({
    open: sockets.open,
    random: () => 1,
    onConnection: (connected) => connections.push(connected),
    onMessage: (message) => messages.push(message.type),
  });
  events.start();
});

afterEach(() => {
  events.stop();
  vi.useRealTimers();
});

describe('pauses', () => {
  it('double up to a limit and are spread', () => {
    expect([0, 1, 2, 3, 10].map((attempt) => pause_ms(attempt, 1))).toEqual([500, 1000, 2000, 4000, 10_000]);
    expect(pause_ms(0, 0)).toBe(250);
  });
});

describe('the event socket', () => {
  it('is connected with the first message, not with the handshake', () => {
    expect(connections).toEqual([]);
    sockets.last.say(tick(1));
    expect(connections).toEqual([true]);
    expect(messages).toEqual(['tick']);
  });

  it('comes back after a pause that grows while the server is away, and is short again afterwards', () => {
    sockets.last.drop();
    vi.advanceTimersByTime(500);
    expect(sockets.opened).toHaveLength(2);
    sockets.last.drop();
    vi.advanceTimersByTime(999);
    expect(sockets.opened).toHaveLength(2);
    vi.advanceTimersByTime(1);
    expect(sockets.opened).toHaveLength(3);
    sockets.last.say(tick(1));
    sockets.last.drop();
    vi.advanceTimersByTime(500);
    expect(sockets.opened).toHaveLength(4);
  });

  it('counts as lost when it is silent, even if it never closes', () => {
    sockets.last.say(tick(1));
    vi.advanceTimersByTime(SILENCE_MS);
    expect(connections).toEqual([true, false]);
    expect(sockets.opened[0]?.closed).toBe(true);
  });

  it('hears nothing more from a socket that it left', () => {
    const first = sockets.last;
    first.drop();
    vi.advanceTimersByTime(500);
    first.say(tick(1));
    first.drop();
    expect(messages).toEqual([]);
    expect(sockets.opened).toHaveLength(2);
  });

  it('does not come back after the session ended', () => {
    sockets.last.say({ type: 'signed_out', reason: 'expired' });
    vi.advanceTimersByTime(60_000);
    expect(sockets.opened).toHaveLength(1);
    expect(messages).toEqual(['signed_out']);
  });
});

describe('a message', () => {
  it.each(['', '{', 'null', '[]', '{"type":"of tomorrow"}', new ArrayBuffer(2)])('%j is passed over', (data) =>
    expect(parse(data)).toBeNull(),
  );
});
