/** How far a long run has come, on standard error: one line that is written over on a terminal, a line now and then elsewhere. */

export interface Progress {
  /** Call it for every one; it looks at the clock only now and then. */
  tick(): void;
  /** Clears what stands there. */
  end(): void;
}

export interface ProgressOptions {
  /** `null`: only where standard error is a terminal. */
  readonly shown: boolean | null;
  /** From 0 to 1; null where the size is not known. */
  readonly share: () => number | null;
  /** What is counted. */
  readonly unit?: string;
  /** Looks at the clock once in so many. */
  readonly ticksPerLook?: number;
  readonly out?: Pick<NodeJS.WriteStream, 'write'> & { readonly isTTY?: boolean };
  /** Milliseconds that only move on. */
  readonly now?: () => number;
}

const EVERY_MS = { terminal: 200, elsewhere: 2_000 };
const ERASE_LINE = '\r\u001b[2K';

export function progress({
  shown,
  share,
  unit = 'facts',
  ticksPerLook = 512,
  out = process.stderr,
  now = () => performance.now(),
}: ProgressOptions): Progress {
  const isTerminal = out.isTTY === true;
  if (!(shown ?? isTerminal)) return { tick: () => undefined, end: () => undefined };
  const every = isTerminal ? EVERY_MS.terminal : EVERY_MS.elsewhere;
  let [count, last] = [0, { count: 0, at: now() }];
  const say = (at: number): void => {
    const perSecond = Math.round(((count - last.count) * 1000) / (at - last.at));
    const part = share();
    const percent =
      part === null
        ? ''
        : `${Math.floor(part * 100)
            .toString()
            .padStart(3)} %  `;
    const line = `${percent}${grouped(count)} ${unit}, ${grouped(perSecond)}/s`;
    out.write(isTerminal ? `${ERASE_LINE}${line}` : `${line}\n`);
    last = { count, at };
  };
  return {
    tick() {
      count += 1;
      if (count % ticksPerLook !== 0) return;
      const at = now();
      if (at - last.at >= every) say(at);
    },
    end() {
      if (isTerminal) out.write(ERASE_LINE);
    },
  };
}

/** 1234567 -> "1,234,567". */
const grouped = (count: number): string => count.toLocaleString('en-US');
