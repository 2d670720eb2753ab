/** Hours of a schedule as they are written: 07:30 is 450 minutes of the day, 24:00 its end. Pure. */

export function minutesOf(text: string): number | null {
  const found = /^\s*(\d{1,2}):(\d{2})\s*$/.exec(text);
  if (found === null) return null;
  const [hours, minutes] = [Number(found[1]), Number(found[2])];
  return hours * 60 + minutes <= 1440 && minutes < 60 ? hours * 60 + minutes : null;
}

export function hoursOf(minutes: number): string {
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
}
