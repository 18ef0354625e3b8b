import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomIds } from '@tokenos/runtime/ids';
import { localCheckpoints } from './local-checkpoints.js';

const dir = mkdtempSync(join(tmpdir(), 'checkpoints-'));
afterAll(() => rmSync(dir, { recursive: true }));

async function* content(...chunks: readonly string[]): AsyncGenerator<Buffer> {
  for (const chunk of chunks) yield Buffer.from(chunk);
}

describe('checkpoints in a directory', () => {
  const checkpoints = localCheckpoints(dir, 20, randomIds);
  const sha256 = createHash('sha256').update('twelve bytes').digest('hex');

  it('lie under the hash of what they hold', async () => {
    const stored = await checkpoints.save(content('twelve ', 'bytes'));
    expect(stored).toEqual({ where: `local/${sha256}.tar`, sha256, bytes: 12 });
    expect(readFileSync(join(dir, `${sha256}.tar`), 'utf8')).toBe('twelve bytes');
  });

  it('are kept once, however often they are saved', async () => {
    await checkpoints.save(content('twelve bytes'));
    expect(readdirSync(dir)).toEqual([`${sha256}.tar`]);
  });

  it('leave nothing behind where the content breaks off, or is too much', async () => {
    const broken = async function* (): AsyncGenerator<Buffer> {
      yield Buffer.from('half');
      throw new Error('the sandbox is gone');
    };
    await expect(checkpoints.save(broken())).rejects.toThrow('gone');
    await expect(checkpoints.save(content('x'.repeat(21)))).rejects.toThrow('at most 20 bytes');
    expect(readdirSync(dir)).toEqual([`${sha256}.tar`]);
  });
});
