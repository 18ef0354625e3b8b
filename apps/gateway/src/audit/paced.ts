/** Text for a reader who asks for each piece when it has room for it; one who has stopped asking is told on. */

export interface Pace {
  /** So long without asking for more is too long; wall time. What takes us long to find is not counted. */
  readonly stalledMs: number;
  readonly stalled: () => void;
}

/** `first` has been taken from `rest` already. */
export async function* paced(
  first: IteratorResult<string, unknown>,
  rest: AsyncGenerator<string>,
  { stalledMs, stalled }: Pace,
): AsyncGenerator<string> {
  let waiting: NodeJS.Timeout | undefined;
  try {
    for (let next = first; next.done !== true; next = await rest.next()) {
      waiting = setTimeout(stalled, stalledMs);
      yield next.value;
      clearTimeout(waiting);
    }
  } finally {
    clearTimeout(waiting);
    await rest.return(undefined);
  }
}
