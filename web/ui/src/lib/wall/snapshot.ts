/** A snapshot of what is on the screen: the picture in its own size, and under it which camera it is and when it was captured. */

import { dateTime } from '../format';
import { fold } from '../fold';

export interface Caption {
  number: number;
  name: string;
  site: string;
  capture_ms: number;
}

/** camera-017-nga-tu-quyet-thang-20261125-030405.png: sorts by camera, then by time (UTC+7). */
export function fileName(caption: Caption): string {
  const [day = '', time = ''] = dateTime(caption.capture_ms).split(' ');
  const stamp = `${day.split('/').reverse().join('')}-${time.replaceAll(':', '')}`;
  const name = fold(caption.name)
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 60);
  return (
    ['camera', String(caption.number).padStart(3, '0'), name, stamp].filter((part) => part !== '').join('-') + '.png'
  );
}

/** The two lines under the picture. Milliseconds and zone are said: a snapshot may become a paper. */
export function lines(caption: Caption): [string, string] {
  const milliseconds = String(Math.floor(caption.capture_ms) % 1000).padStart(3, '0');
  return [
    `${caption.number} · ${caption.name} · ${caption.site}`,
    `${dateTime(caption.capture_ms)}.${milliseconds} (UTC+7)`,
  ];
}

/** Null when the browser has no picture to give. */
export async function snapshot(video: HTMLVideoElement, caption: Caption): Promise<Blob | null> {
  const { videoWidth: width, videoHeight: height } = video;
  const canvas = document.createElement('canvas');
  const pen = canvas.getContext('2d');
  if (width === 0 || height === 0 || pen === null) return null;
  const line_px = Math.max(16, Math.round(width / 32));
  canvas.width = width;
  canvas.height = height + 3 * line_px;
  pen.drawImage(video, 0, 0, width, height);
  pen.fillStyle = '#ffffff';
  pen.fillRect(0, height, width, 3 * line_px);
  pen.fillStyle = '#000000';
  pen.font = `${line_px * 0.8}px sans-serif`;
  pen.textBaseline = 'middle';
  for (const [index, line] of lines(caption).entries())
    pen.fillText(line, line_px / 2, height + line_px * (index + 1), width - line_px);
  return await new Promise((resolve) => canvas.toBlob(resolve, 'image/png'));
}

/** Gives a file to the person. */
export function download(blob: Blob, name: string): void {
  const link = document.createElement('a');
  const url = URL.createObjectURL(blob);
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}
