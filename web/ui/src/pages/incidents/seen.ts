/** What somebody looks at when they open an incident: cameras, a span, the moment on the screen, or an alarm. */
export interface Seen {
  cameraIds: readonly string[];
  from_ms: number;
  to_ms: number;
  /** Whose picture is kept. */
  at_ms?: number;
  /** The server knows the camera, the span and the picture of an alarm. */
  alarmId?: string;
  title: string;
}
