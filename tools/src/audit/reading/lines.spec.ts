import { eachLine } from './lines.js';

async function linesOf(chunks: readonly string[], longest?: number): Promise<[string, number][]> {
  async function* bytes(): AsyncGenerator<Buffer> {
    for (const chunk of chunks) yield Buffer.from(chunk, 'latin1');
  }
  const heard: [string, number][] = [];
  await eachLine(bytes(), (line, number) => heard.push([line, number]), longest);
  return heard;
}

describe('lines', () => {
  it('are the same however the bytes are cut, also within a character', async () => {
    const text = Buffer.from('ä\n\n€uro\nend').toString('latin1');
    const expected = [
      ['ä', 1],
      ['', 2],
      ['€uro', 3],
      ['end', 4],
    ];
    for (let size = 1; size <= text.length; size++) {
      const chunks = text.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? [];
      expect(await linesOf(chunks)).toEqual(expected);
    }
  });

  it('need no break at the end, and make none of it', async () => {
    expect(await linesOf(['a\n'])).toEqual([['a', 1]]);
    expect(await linesOf([])).toEqual([]);
  });

  it('longer than any may be are refused before they are held', async () => {
    await expect(linesOf(['ok\n', 'x'.repeat(8), 'x'.repeat(8), 'never read\n'], 10)).rejects.toThrow(
      'line 2 is longer than 10 bytes',
    );
  });
});
