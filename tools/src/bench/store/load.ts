/** Several writers at once, each waiting for its own answer before it goes on, for a while. */

export type Write = () => Promise<void>;

/** Writes per second. Those begun in time are waited for and counted, with the time they took. */
export async function rateOf(writers: readonly Write[], ms: number): Promise<number> {
  const from = performance.now();
  let written = 0;
  const writing = async (write: Write): Promise<void> => {
    while (performance.now() < from + ms) {
      await write();
      written += 1;
    }
  };
  await Promise.all(writers.map(writing));
  return (written * 1000) / (performance.now() - from);
}
