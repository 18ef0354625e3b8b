import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Handles } from './handles.js';
import { blob, PacketReader, packets, SFTP, STATUS, u32, u64, u8 } from './packets.js';
import { handle } from './server.js';

const home = mkdtempSync(join(tmpdir(), 'sftp-'));
const handles = new Handles();
afterAll(() => rmSync(home, { recursive: true }));

/** Sends one request; answers its type and a reader of what follows the id. */
async function ask(type: number, ...parts: Buffer[]): Promise<{ readonly type: number; readonly body: PacketReader }> {
  const answer = await handle(Buffer.concat([u8(type), u32(77), ...parts]), handles, home);
  const body = new PacketReader(answer.subarray(4));
  const answered = body.u8();
  expect(body.u32()).toBe(77);
  return { type: answered, body };
}
const status = async (type: number, ...parts: Buffer[]): Promise<number> => {
  const answer = await ask(type, ...parts);
  expect(answer.type).toBe(SFTP.status);
  return answer.body.u32();
};
const open = async (path: string, flags: number): Promise<Buffer> =>
  (await ask(SFTP.open, blob(path), u32(flags), u32(0))).body.blob();
const [READ, WRITE, APPEND, CREATE, EXCLUSIVE] = [1, 2, 4, 8, 32];

describe('the sftp server', () => {
  it('speaks version 3 and names its extensions', async () => {
    const answer = new PacketReader((await handle(Buffer.concat([u8(SFTP.init), u32(3)]), handles, home)).subarray(4));
    expect([answer.u8(), answer.u32(), answer.text()]).toEqual([SFTP.version, 3, 'posix-rename@openssh.com']);
  });

  it('writes at offsets, reads until the end, and says where that is', async () => {
    const file = await open('f', READ | WRITE | CREATE);
    expect(await status(SFTP.write, blob(file), u64(3), blob('def'))).toBe(STATUS.ok);
    expect(await status(SFTP.write, blob(file), u64(0), blob('abc'))).toBe(STATUS.ok);
    expect((await ask(SFTP.read, blob(file), u64(1), u32(100))).body.text()).toBe('bcdef');
    expect(await status(SFTP.read, blob(file), u64(6), u32(100))).toBe(STATUS.eof);
    expect(await status(SFTP.close, blob(file))).toBe(STATUS.ok);
    expect(await status(SFTP.read, blob(file), u64(0), u32(1))).toBe(STATUS.failure);
    expect(readFileSync(join(home, 'f'), 'utf8')).toBe('abcdef');
  });

  it('appends where a file was opened to append', async () => {
    const file = await open('f', WRITE | APPEND);
    await ask(SFTP.write, blob(file), u64(0), blob('!'));
    await ask(SFTP.close, blob(file));
    expect(readFileSync(join(home, 'f'), 'utf8')).toBe('abcdef!');
  });

  it('lists a directory in pieces until its end', async () => {
    for (let n = 0; n < 70; n += 1) writeFileSync(join(home, `n${n}`), '');
    const directory = (await ask(SFTP.opendir, blob('.'))).body.blob();
    const counts: number[] = [];
    for (
      let answer = await ask(SFTP.readdir, blob(directory));
      answer.type === SFTP.name;
      answer = await ask(SFTP.readdir, blob(directory))
    ) {
      counts.push(answer.body.u32());
    }
    expect(counts).toEqual([64, 7]);
    expect(await status(SFTP.close, blob(directory))).toBe(STATUS.ok);
  });

  it('renames without overwriting, unless the client asks for it', async () => {
    expect(await status(SFTP.rename, blob('n1'), blob('f'))).toBe(STATUS.failure);
    expect(await status(SFTP.rename, blob('n1'), blob('moved'))).toBe(STATUS.ok);
    expect(await status(SFTP.extended, blob('posix-rename@openssh.com'), blob('moved'), blob('n2'))).toBe(STATUS.ok);
  });

  it('resolves paths, the last part of which may be missing', async () => {
    const answer = await ask(SFTP.realpath, blob('./new'));
    expect([answer.body.u32(), answer.body.text()]).toEqual([1, join(home, 'new')]);
  });

  it('changes modes and times, by name and by handle', async () => {
    const attributes = Buffer.concat([u32(4 | 8), u32(0o600), u32(1_000), u32(2_000)]);
    expect(await status(SFTP.setstat, blob('f'), attributes)).toBe(STATUS.ok);
    const stats = (await ask(SFTP.stat, blob('f'))).body;
    expect(
      [stats.u32(), stats.u64(), stats.u32(), stats.u32(), stats.u32() & 0o777, stats.u32(), stats.u32()].slice(4),
    ).toEqual([0o600, 1_000, 2_000]);
    const file = await open('f', WRITE);
    expect(await status(SFTP.fsetstat, blob(file), Buffer.concat([u32(1), u64(2)]))).toBe(STATUS.ok);
    expect(readFileSync(join(home, 'f'), 'utf8')).toBe('ab');
    await handles.closeAll();
  });

  it.each<[string, number, number, Buffer[]]>([
    ['a file that is not there', STATUS.noSuchFile, SFTP.stat, [blob('nowhere')]],
    ['a file that is there already', STATUS.failure, SFTP.open, [blob('f'), u32(WRITE | CREATE | EXCLUSIVE), u32(0)]],
    ['a request it does not know', STATUS.unsupported, 99, []],
    ['an extension it does not know', STATUS.unsupported, SFTP.extended, [blob('steal@example')]],
    ['a request that is cut off', STATUS.badMessage, SFTP.stat, [u32(500)]],
    ['a handle nobody has', STATUS.failure, SFTP.close, [blob('42')]],
  ])('answers %s with a status', async (_what, expected, type, parts) => {
    expect(await status(type, ...parts)).toBe(expected);
  });

  it('lets no client hold more than 256 files', async () => {
    const answers = await Promise.all(Array.from({ length: 257 }, () => ask(SFTP.open, blob('f'), u32(READ), u32(0))));
    expect(answers.filter(({ type }) => type === SFTP.status)).toHaveLength(1);
    await handles.closeAll();
  });
});

describe('packets', () => {
  it('are cut from the stream however it arrives, and refused when too large', async () => {
    const stream = async function* (...chunks: Buffer[]): AsyncGenerator<Buffer> {
      yield* chunks;
    };
    const bytes = Buffer.concat([u32(2), Buffer.from('ab'), u32(1), Buffer.from('c')]);
    const cut: string[] = [];
    for await (const packet of packets(stream(bytes.subarray(0, 5), bytes.subarray(5)))) cut.push(packet.toString());
    expect(cut).toEqual(['ab', 'c']);
    await expect(packets(stream(u32(0xffffffff))).next()).rejects.toThrow('bad packet length');
  });
});
