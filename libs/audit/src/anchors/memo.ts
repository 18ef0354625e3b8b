/** What stands on the chain for a day, read out of any text that holds it: an explorer's page, an RPC answer, the platform's own list. */

export interface Anchored {
  readonly day: string;
  readonly root: string;
  /** How many facts it covers, from the first one on. */
  readonly facts: number;
  readonly streams: number;
}

const MEMO =
  /tokenos anchor@1 (\d{4}-\d{2}-\d{2}) root=([0-9a-f]{64}) facts=([1-9]\d{0,14}) streams=([1-9]\d{0,14})(?![\d])/g;

export const memosIn = (text: string): readonly Anchored[] =>
  [...text.matchAll(MEMO)].map(([, day = '', root = '', facts, streams]) => ({
    ...{ day, root, facts: Number(facts), streams: Number(streams) },
  }));

export const memoOf = ({ day, root, facts, streams }: Anchored): string =>
  `tokenos anchor@1 ${day} root=${root} facts=${facts} streams=${streams}`;
