import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Keypair } from '@solana/web3.js';
import { loadTreasuryKey } from './treasury-key.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'treasury-key-'));
});
afterAll(() => rm(folder, { recursive: true }));

const written = async (name: string, content: string, mode = 0o600): Promise<string> => {
  const file = join(folder, name);
  await writeFile(file, content);
  await chmod(file, mode);
  return file;
};

describe('the treasury key', () => {
  const keypair = Keypair.generate();
  const content = JSON.stringify([...keypair.secretKey]);

  it('is read from a file that only its owner can read', async () => {
    const key = await loadTreasuryKey(await written('good', content));
    expect(key.publicKey.equals(keypair.publicKey)).toBe(true);
  });

  it.each([0o640, 0o604, 0o666])('is refused from a file with mode %o', async (mode) => {
    await expect(loadTreasuryKey(await written(`open-${mode}`, content, mode))).rejects.toThrow(
      'can be read by others',
    );
  });

  it.each([
    ['no JSON', content.slice(1)],
    ['half a key', JSON.stringify([...keypair.secretKey.slice(0, 32)])],
    ['numbers that are no bytes', JSON.stringify([...keypair.secretKey.slice(0, 63), 256])],
    [
      'a public half of another key',
      JSON.stringify([...keypair.secretKey.slice(0, 32), ...Keypair.generate().publicKey.toBytes()]),
    ],
  ])('is refused from %s, and never quoted', async (name, bad) => {
    const file = await written(name, bad);
    await expect(loadTreasuryKey(file)).rejects.toThrow(new Error(`${file} holds no Solana key pair`));
  });
});
