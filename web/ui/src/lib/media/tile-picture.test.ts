import { beforeEach, describe, expect, it } from 'vitest';
import { truth } from '../../testing/bodies';
import type { Shown } from '../api/schema';
import type { Player, PlayerEvents } from './player';
import { STUCK_MS, TilePicture, type Wish } from './tile-picture';

class FakePlayer implements Player {
  capture_ms: number | null = null;
  shown: Shown | null = 'sub';
  started = 0;
  stopped = 0;

  constructor(
    readonly wish: Wish,
    readonly events: PlayerEvents,
  ) {}

  start(): void {
    this.started += 1;
  }

  stop(): void {
    this.stopped += 1;
  }

  picture(at_ms: number): void {
    const first = this.capture_ms === null;
    this.capture_ms = at_ms;
    if (first) this.events.onPlaying();
  }
}

const A: Wish = { camera_id: 'camera-a', stream: 'sub', sound: false };
const LIVE = truth({ carrier: 'w0' });
const DOWN = truth({ liveness: 'down', cause: 'power', carrier: '' });

let now_ms: number;
let players: FakePlayer[];
let blanked: number;
let carrier: string;
let picture: TilePicture;

beforeEach(() => {
  now_ms = 1_000_000;
  players = [];
  blanked = 0;
  carrier = 'w0';
  picture = new TilePicture({
    make: (wish, events) => {
      if (carrier === '') return null;
      const player = new FakePlayer(wish, events);
      players.push(player);
      return { player, carrier };
    },
    blank: () => (blanked += 1),
    monotonic_ms: () => now_ms,
    random: () => 1,
  });
});

function last(): FakePlayer {
  const player = players.at(-1);
  if (player === undefined) throw new Error('no player');
  return player;
}

/** `length_ms` pass in beats; `pictures` come with every beat. */
function pass(length_ms: number, { truth: said = LIVE, pictures = false, hidden = false } = {}): void {
  for (const end_ms = now_ms + length_ms; now_ms < end_ms;) {
    now_ms += 200;
    if (pictures) last().picture(now_ms);
    picture.beat(said, hidden);
  }
}

describe('a picture', () => {
  it('is asked for at once, and not again while it moves', () => {
    picture.wish(A);
    pass(60_000, { pictures: true });
    expect(players).toHaveLength(1);
    expect(last().started).toBe(1);
    expect(picture.capture_ms).toBe(now_ms);
  });

  it('is asked for anew when it stands still though the server says that it moves', () => {
    picture.wish(A);
    pass(2000, { pictures: true });
    pass(STUCK_MS + 2000);
    expect(players.length).toBeGreaterThan(1);
    expect(players[0]?.stopped).toBe(1);
  });

  it('that stands still keeps its age meanwhile', () => {
    picture.wish(A);
    pass(2000, { pictures: true });
    const seen_ms = picture.capture_ms;
    pass(STUCK_MS + 2000);
    expect(picture.capture_ms).toBe(seen_ms);
  });

  it('is left alone while the page is hidden: a browser then shows none', () => {
    picture.wish(A);
    pass(2000, { pictures: true });
    pass(600_000, { hidden: true });
    expect(players).toHaveLength(1);
  });

  it('is left alone while the camera is down, and comes by itself when it is back', () => {
    picture.wish(A);
    pass(2000, { pictures: true });
    pass(600_000, { truth: DOWN });
    expect(players).toHaveLength(1);
    pass(1000, { pictures: true });
    expect(players).toHaveLength(1);
  });

  it('that ended while the camera was down is asked for at once when it is back', () => {
    picture.wish(A);
    last().events.onEnded('no_picture');
    pass(60_000, { truth: DOWN });
    expect(players).toHaveLength(1);
    pass(200);
    expect(players).toHaveLength(2);
  });

  it('follows its camera to another worker', () => {
    picture.wish(A);
    pass(1000, { pictures: true });
    carrier = 'w1';
    pass(200, { truth: truth({ carrier: 'w1' }) });
    expect(players).toHaveLength(2);
    expect(players[0]?.stopped).toBe(1);
  });

  it('waits until something carries it', () => {
    carrier = '';
    picture.wish(A);
    pass(5000, { truth: truth({ liveness: 'connecting', carrier: '' }) });
    expect(players).toHaveLength(0);
    carrier = 'w0';
    pass(200);
    expect(players).toHaveLength(1);
  });

  it('is tried for ever, with pauses that grow but stay short enough for a wall', () => {
    picture.wish(A);
    for (let turn = 0; turn < 50; turn += 1) {
      const before = players.length;
      last().events.onEnded('lost');
      expect(picture.problem).toBe('lost');
      pass(10_200);
      expect(players.length).toBeGreaterThan(before);
    }
  });

  it('is tried by the other way at once when WebRTC is blocked', () => {
    picture.wish(A);
    last().events.onEnded('blocked');
    pass(200);
    expect(players).toHaveLength(2);
    expect(picture.problem).toBeNull();
  });

  it('has no problem any more when it moves', () => {
    picture.wish(A);
    last().events.onEnded('busy');
    expect(picture.problem).toBe('busy');
    pass(1000);
    last().picture(now_ms);
    expect(picture.problem).toBeNull();
  });
});

describe('a right that goes', () => {
  it('leaves the screen when the hearing closes, and is asked for again without a click', () => {
    picture.wish(A);
    pass(2000, { pictures: true });
    last().events.onEnded('hearing');
    expect(blanked).toBeGreaterThan(0);
    expect(picture.capture_ms).toBeNull();
    expect(picture.problem).toBe('hearing');
    pass(20_000);
    expect(players.length).toBeGreaterThan(1);
  });

  it('takes the last picture off the screen, and is asked for rarely', () => {
    picture.wish(A);
    pass(1000, { pictures: true });
    last().events.onEnded('no_right');
    expect(blanked).toBe(1);
    expect(picture.capture_ms).toBeNull();
    expect(picture.problem).toBe('no_right');
    pass(50_000);
    expect(players).toHaveLength(1);
    pass(12_000);
    expect(players).toHaveLength(2);
  });

  it('is asked for at once when rights have changed', () => {
    picture.wish(A);
    last().events.onEnded('no_right');
    picture.askAgain();
    pass(200);
    expect(players).toHaveLength(2);
  });
});

describe('another wish', () => {
  it('for another camera forgets the picture at once', () => {
    picture.wish(A);
    pass(1000, { pictures: true });
    picture.wish({ ...A, camera_id: 'camera-b' });
    expect(picture.capture_ms).toBeNull();
    expect(last().wish.camera_id).toBe('camera-b');
  });

  it('for another stream of the same camera keeps it until the new one is there', () => {
    picture.wish(A);
    pass(1000, { pictures: true });
    const seen_ms = picture.capture_ms;
    picture.wish({ ...A, stream: 'main' });
    expect(picture.capture_ms).toBe(seen_ms);
  });

  it('that is the same changes nothing', () => {
    picture.wish(A);
    picture.wish({ ...A });
    expect(players).toHaveLength(1);
  });

  it('for nothing leaves nothing on the screen', () => {
    picture.wish(A);
    picture.wish(null);
    pass(1000);
    expect(blanked).toBe(1);
    expect(players).toHaveLength(1);
    expect(last().stopped).toBe(1);
  });
});
