import { progress } from './progress.js';

function watched({ isTTY, shown }: { isTTY: boolean; shown: boolean | null }): { said: string[]; run: () => void } {
  const said: string[] = [];
  let [at, facts] = [0, 0];
  const out = { isTTY, write: (text: string) => said.push(text) > 0 };
  const line = progress({ shown, share: () => facts / 4_096, out, now: () => at });
  return {
    said,
    run() {
      for (; facts < 4_096; at += 2) {
        facts += 1;
        line.tick();
      }
      line.end();
    },
  };
}

describe('progress', () => {
  it('is one line written over on a terminal, and leaves nothing behind', () => {
    const { said, run } = watched({ isTTY: true, shown: null });
    run();
    expect(said[0]).toBe('\r\u001b[2K 12 %  512 facts, 501/s');
    expect(said.at(-1)).toBe('\r\u001b[2K');
  });

  it('is a line now and then elsewhere, where it is asked for', () => {
    const { said, run } = watched({ isTTY: false, shown: true });
    run();
    expect(said).toEqual([
      ' 25 %  1,024 facts, 500/s\n',
      ' 50 %  2,048 facts, 500/s\n',
      ' 75 %  3,072 facts, 500/s\n',
      '100 %  4,096 facts, 500/s\n',
    ]);
  });

  it('is silent where nobody looks', () => {
    const { said, run } = watched({ isTTY: false, shown: null });
    run();
    expect(said).toEqual([]);
  });
});
