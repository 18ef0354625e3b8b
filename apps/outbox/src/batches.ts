/** Groups what is there already, without waiting for more: one by one when it is quiet, many at once when it is not. */

export async function* batches<T>(items: AsyncIterable<T>, max: number): AsyncGenerator<readonly T[]> {
  const iterator = items[Symbol.asyncIterator]();
  let next = iterator.next();
  try {
    for (;;) {
      const first = await next;
      if (first.done === true) return;
      const batch = [first.value];
      next = iterator.next();
      while (batch.length < max) {
        const more = await Promise.race([next, nothingYet()]);
        if (more === null || more.done === true) break;
        batch.push(more.value);
        next = iterator.next();
      }
      yield batch;
    }
  } finally {
    // Whoever stops reading leaves an item asked for; its failure is nobody's business any more.
    next.catch(() => undefined);
    void iterator.return?.();
  }
}

/** After all that is ready has had its turn. */
const nothingYet = (): Promise<null> => new Promise((resolve) => setImmediate(resolve, null));
