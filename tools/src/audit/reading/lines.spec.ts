import { eachLine, wholeLines } from './lines.js';

async function linesOf(chunks: readonly string[], longest?: number): Promise<[string, number][]> {
  async function* bytes(): AsyncGenerator<Buffer> {
    for (const chunk of chunks) yield Buffer.from(chunk, 'latin1');
  }
  const heard: [string, number][] = [];
  await eachLine(bytes(), 'it', (line, number) => heard.push([line, number]), longest);
  return heard;
}

async function wholeOf(chunks: readonly string[], longest?: number): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of wholeLines(
    chunks.map((chunk) => Buffer.from(chunk, 'latin1')),
    'it',
    longest,
  ))
    lines.push(line);
  return lines;
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

  it('that broke off are left out where only whole ones are wanted', async () => {
    expect(await wholeOf(['a\nb', 'c\nha', 'lf'])).toEqual(['a\n', 'bc\n']);
  });

  it('longer than any may be are refused before they are held', async () => {
    const chunks = ['ok\n', 'x'.repeat(8), 'x'.repeat(8), 'never read\n'];
    await expect(linesOf(chunks, 10)).rejects.toThrow('it:2 is longer than 10 bytes');
    await expect(wholeOf(chunks, 10)).rejects.toThrow('it:2 is longer than 10 bytes');
  });

  it('of bytes that are no text are refused, not mended', async () => {
    for (const read of [linesOf, wholeOf])
      await expect(read(['ok\n', 'H1\xff0\n'])).rejects.toThrow('it:2 is not UTF-8');
  });
});
