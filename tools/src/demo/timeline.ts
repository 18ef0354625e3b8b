/** The demo's voice: one line per event, with the time since the start, readable by a person. Goes to stderr where stdout is for JSON. */

export interface Timeline {
  title(text: string): void;
  say(who: string, what: string, detail?: string): void;
}

const WIDTH = 11;

export function timeline(out: NodeJS.WritableStream & { isTTY?: boolean }, from = performance.now()): Timeline {
  const colour = out.isTTY === true && process.env['NO_COLOR'] === undefined;
  const paint = (code: number, text: string): string => (colour ? `\u001b[${code}m${text}\u001b[0m` : text);
  return {
    title: (text) => void out.write(`\n${paint(1, text)}\n`),
    say(who, what, detail) {
      const seconds = ((performance.now() - from) / 1000).toFixed(1).padStart(6);
      const lines = detail === undefined ? [] : detail.trimEnd().split('\n');
      const pad = ' '.repeat(WIDTH + 10);
      out.write(`${paint(2, `${seconds}s`)}  ${paint(36, who.padEnd(WIDTH))} ${what}\n`);
      for (const line of lines) out.write(`${pad}${paint(2, line)}\n`);
    },
  };
}
