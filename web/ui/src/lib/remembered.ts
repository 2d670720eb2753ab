/** A choice that this browser remembers. Storage may be forbidden or hold anything: then it is the default. */

export interface Memory<T extends string> {
  read(): T;
  write(value: T): void;
}

export function remembered<T extends string>(name: string, choices: readonly T[], otherwise: T): Memory<T> {
  const key = `vong.${name}`;
  return {
    read() {
      try {
        const found = localStorage.getItem(key);
        return choices.find((choice) => choice === found) ?? otherwise;
      } catch {
        return otherwise;
      }
    },
    write(value) {
      try {
        localStorage.setItem(key, value);
      } catch {
        // The choice then holds until the page is closed.
      }
    },
  };
}
