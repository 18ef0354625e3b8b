/** A buyer who has to make room is told in the terminal, beside a command's output, in a file and by their own program; what is to be saved is. */

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { firstLine } from './testing/buyer.js';
import { eventually } from './testing/eventually.js';
import { rentedNode, type RentedNode } from './testing/rented-node.js';

let rented: RentedNode;
beforeAll(async () => {
  rented = await rentedNode();
}, 60_000);
afterAll(() => rented.close());

const SAYS = /this SPOT rental has to make room and ends in 90 seconds, not before \d\d:\d\d:\d\d UTC/;
const at = '2026-11-23T09:00:00.000Z';

it('is told everywhere at once, and the machine says when', async () => {
  const { buyer, gateway, lease } = rented;
  await buyer.ssh(
    'mkdir -p .tokenos && printf \'#!/bin/sh\\ncat "$TOKENOS_NOTICE_FILE" > heard\\n\' > .tokenos/on-notice && chmod +x .tokenos/on-notice',
  );
  const terminal = buyer.start('echo open; sleep 20', '-tt');
  const command = buyer.start('echo open; sleep 20; echo done');
  await Promise.all([firstLine(terminal), firstLine(command)]);
  let [seen, aside, output] = ['', '', ''];
  terminal.child.stdout?.on('data', (chunk: Buffer) => (seen += chunk.toString()));
  command.child.stderr?.on('data', (chunk: Buffer) => (aside += chunk.toString()));
  command.child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  gateway.desire({ ...lease, revision: lease.revision + 1, notice: { noticedAt: at } });
  await eventually(() => expect(gateway.report(lease.rentalId)?.noticedAt).toEqual(expect.any(String)));
  await eventually(() => {
    expect(seen).toMatch(SAYS);
    expect(aside).toMatch(SAYS);
  });
  expect(output).toBe('');
  expect((await buyer.ssh('cat /run/tokenos/notices/preemption')).out).toMatch(SAYS);
  expect((await buyer.ssh('echo x > /run/tokenos/notices/preemption')).code).not.toBe(0);
  await eventually(async () => expect((await buyer.ssh('cat heard')).out).toMatch(SAYS));
  terminal.child.kill();
  command.child.kill();
  expect((await buyer.ssh('exit', '', '-tt')).code).toBe(0);
  expect(gateway.faults).toEqual([]);
}, 60_000);

it('is told again by the shell that is opened later', async () => {
  const { buyer } = rented;
  const shell = buyer.start('bash -lic exit', '-tt');
  expect((await shell.outcome).out).toMatch(SAYS);
}, 30_000);

it('has a checkpoint of the path that was asked for, packed as the buyer would', async () => {
  const { buyer, gateway, lease, data, dir } = rented;
  await buyer.ssh('mkdir -p work && echo forty-two > work/answer && ln -s /etc/shadow work/link');
  const checkpoint = { path: 'work', requestedAt: at };
  gateway.desire({ ...lease, revision: lease.revision + 2, notice: { noticedAt: at }, checkpoint });
  const saved = await eventually(() => {
    const report = gateway.report(lease.rentalId)?.checkpoint;
    if (report === undefined) throw new Error('no checkpoint yet');
    return report;
  });
  const tar = join(data, 'checkpoints', `${saved.sha256}.tar`);
  const bytes = readFileSync(tar);
  expect(saved).toMatchObject({ requestedAt: at, where: `local/${saved.sha256}.tar`, bytes: bytes.length });
  expect(createHash('sha256').update(bytes).digest('hex')).toBe(saved.sha256);
  expect(execFileSync('tar', ['-xOf', tar, 'work/answer'], { cwd: dir }).toString()).toBe('forty-two\n');
}, 30_000);

it('does not report a path that is not there, and ends at once all the same', async () => {
  const { gateway, lease } = rented;
  const before = gateway.report(lease.rentalId)?.checkpoint;
  const checkpoint = { path: 'nowhere', requestedAt: '2026-11-23T09:05:00.000Z' };
  gateway.desire({ ...lease, revision: lease.revision + 3, notice: { noticedAt: at }, checkpoint });
  await sleep(1_000);
  expect(gateway.report(lease.rentalId)?.checkpoint).toEqual(before);
  gateway.desire({ ...lease, revision: lease.revision + 4, state: 'ended' });
  await gateway.until(lease.rentalId, 'ended', 5_000);
}, 30_000);
