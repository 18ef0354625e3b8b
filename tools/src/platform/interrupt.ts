/** Ctrl-C and SIGTERM as a promise. Asking twice changes nothing: npm and the terminal both send it. */

export interface Interrupt {
  readonly promise: Promise<void>;
  happened(): boolean;
}

export function untilInterrupted(): Interrupt {
  let interrupted = false;
  const promise = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        interrupted = true;
        resolve();
      });
    }
  });
  return { promise, happened: () => interrupted };
}
