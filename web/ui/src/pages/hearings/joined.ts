/** Facts side by side, without those that there are not. Pure. */

export function joined(...facts: readonly (string | null | undefined)[]): string {
  return facts.filter((fact) => fact !== null && fact !== undefined && fact !== '').join(' · ');
}
