/** Waits for a program to say that it is ready. One that says how it gets on is given all the time it needs. */

interface Lines {
  on(event: 'line', hear: (line: string) => void): unknown;
  off(event: 'line', hear: (line: string) => void): unknown;
}

export interface Spoken {
  readonly name: string;
  /** What it prints. */
  readonly lines: Lines;
  /** Rejects when it is over with it. */
  readonly ended: Promise<never>;
  /** Without a word of progress for so long it is taken for one that will never be ready. */
  readonly silentMs: number;
}

/** It lives, and has not got on for too long. */
export class NotReady extends Error {}

type Said = Readonly<Record<string, unknown>>;

/** The object that it printed when it was ready. Throws NotReady, or what it ended with. */
export function whenReady({ name, lines, ended, silentMs }: Spoken): Promise<Said> {
  return new Promise((resolve, reject) => {
    const settle = (): void => {
      clearTimeout(timer);
      lines.off('line', hear);
    };
    const fail = (error: unknown): void => {
      settle();
      reject(error instanceof Error ? error : new Error(String(error)));
    };
    const giveUp = (): void =>
      fail(new NotReady(`${name} was not ready in time: nothing new for ${silentMs / 1000} s`));
    let timer = setTimeout(giveUp, silentMs);
    let facts = 0;
    function hear(line: string): void {
      const said = spokenIn(line);
      if (said === null) return;
      if (isReady(said)) {
        settle();
        resolve(said);
      } else if (said['catchingUp'] === true && Number(said['facts']) > facts) {
        facts = Number(said['facts']);
        clearTimeout(timer);
        timer = setTimeout(giveUp, silentMs);
      }
    }
    lines.on('line', hear);
    ended.catch(fail);
  });
}

/** Log lines are JSON too: only an object that says so is the ready line. */
const isReady = (said: Said): boolean => said['ready'] === true || typeof said['rpcUrl'] === 'string';

function spokenIn(line: string): Said | null {
  if (!line.startsWith('{')) return null;
  try {
    return JSON.parse(line) as Said;
  } catch {
    return null;
  }
}
