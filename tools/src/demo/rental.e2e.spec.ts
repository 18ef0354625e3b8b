/** One rental through the front door, with the real ssh, the real chain and real sandboxes; looked at from outside the sandbox too. */

import { formatUsdc, usdc } from '@tokenos/domain/money';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Api } from '../client/api.js';
import { openSession, scpTo, ssh } from '../client/ssh.js';
import { waitFor } from '../client/wait.js';
import { payByWallet, usdcBalance } from '../client/wallet.js';
import { startPlatform, type Platform } from '../platform/platform.js';
import { auditFromOutside } from './auditor.js';
import { awaitSettled, newBuyer, payAndEnter, type Buyer } from './buyer.js';
import { auditFacts, exportFacts } from './ledger.js';
import { awaitOffers, DEMO_OPERATORS, enrolOperator, type Operator } from './operators.js';

const CLOCK_FACTOR = 6;
const WALL_MS_PER_TICK = 60_000 / CLOCK_FACTOR;
/** Found in /proc by whoever looks from outside: it appears on no other command line. */
const MARK = `tokenos-e2e-${process.pid}`;

let dataDir: string;
let platform: Platform;
let operators: Operator[];
let buyer: Buyer;

const asked = { gpuTier: 'H100', gpuCount: 2, tier: 'ON_DEMAND', durationMinutes: 30 };
const withKey = () => ({ ...asked, sshPublicKeys: [buyer.identity.publicKey] });

function commandLines(mark: string): string[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry) && Number(entry) !== process.pid)
    .flatMap((pid) => {
      try {
        const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
        return line.includes(mark) ? [line] : [];
      } catch {
        return [];
      }
    });
}

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'tokenos-e2e-'));
  platform = await startPlatform({ dataDir, clockFactor: CLOCK_FACTOR });
  operators = await Promise.all(DEMO_OPERATORS.map((plan) => enrolOperator(platform, dataDir, plan)));
  await awaitOffers(platform, operators.length);
  buyer = await newBuyer(platform, dataDir, '500');
}, 120_000);

afterAll(async () => {
  buyer?.meter.close();
  await platform?.stop();
  await rm(dataDir, { recursive: true, force: true });
}, 60_000);

describe('a rental', () => {
  it(
    'is paid, entered over ssh, metered, stopped, refunded, paid out and found clean',
    async () => {
      const answer = await buyer.api.request(withKey());
      const { rentalId } = answer;
      const { access } = await payAndEnter(platform, buyer, answer);

      const inside = await ssh(buyer.identity, access, 'nvidia-smi; nvidia-smi -L | grep -c ^GPU; env | grep -ci nats');
      expect(inside.stdout).toContain('SIMULATED');
      expect(inside.stdout.trimEnd().split('\n').slice(-2)).toEqual(['2', '0']);
      const { placement } = await buyer.api.rental(rentalId);
      expect(placement?.simulated).toBe(true);
      expect(placement?.operatorId).toBe('borealis');
      for (const uuid of placement?.gpuUuids ?? []) expect(inside.stdout).toContain(uuid);

      const file = join(dataDir, 'input.txt');
      await writeFile(file, 'forty-two\n');
      await scpTo(buyer.identity, access, file, 'input.txt');
      expect((await ssh(buyer.identity, access, 'cat input.txt')).stdout).toBe('forty-two\n');

      await ssh(buyer.identity, access, `setsid bash -c '(exec -a ${MARK} sleep 100000 >/dev/null 2>&1 &)'; sleep 0.2`);
      expect(commandLines(MARK).some((line) => line.startsWith(MARK))).toBe(true);
      const session = openSession(buyer.identity, access, '-L', '127.0.0.1:0:127.0.0.1:9');
      const sessionEnded = new Promise<void>((resolve) => session.once('exit', () => resolve()));

      const tick = await waitFor('the second tick', 3 * WALL_MS_PER_TICK, () =>
        Promise.resolve(buyer.meter.ticks.filter((heard) => heard.rentalId === rentalId)[1]),
      );
      expect(tick).toMatchObject({ minute: 2, minutesServed: 2 });
      const [first, second] = buyer.meter.ticks.filter((heard) => heard.rentalId === rentalId);
      const gap = ((second?.heardAtMs ?? 0) - (first?.heardAtMs ?? 0)) * CLOCK_FACTOR;
      expect(Math.abs(gap - 60_000)).toBeLessThan(1_000 * CLOCK_FACTOR);

      const before = await usdcBalance(buyer.wallet, platform.chain);
      const stoppedAt = performance.now();
      await buyer.api.stop(rentalId);
      await sessionEnded;
      await waitFor('every process to be gone', 5_000, () =>
        Promise.resolve(commandLines(MARK).length === 0 ? true : undefined),
      );
      expect(performance.now() - stoppedAt).toBeLessThan(5_000);
      expect((await ssh(buyer.identity, access, 'true')).code).not.toBe(0);

      const { settlement, cost } = await awaitSettled(buyer, rentalId);
      expect(cost.minutesServed).toBe(2);
      // borealis: 5.21 USDC x 2 GPUs x 2 minutes / 60, floored
      expect(settlement.totals).toMatchObject({ chargedMicroUsdc: '347333', feeMicroUsdc: '17366' });
      const refunded = BigInt(settlement.totals?.refundedMicroUsdc ?? 0);
      expect((await usdcBalance(buyer.wallet, platform.chain)) - before).toBe(refunded);
      const borealis = operators.find(({ id }) => id === 'borealis');
      expect(formatUsdc(usdc(await usdcBalance(borealis?.wallet ?? '', platform.chain)))).toBe('0.329967');
      expect(settlement.plans).toHaveLength(1);
      // Over the public door, minutes from their evidence, and every transfer on the chain.
      const audited = await auditFromOutside(platform, { dataDir, clockScale: CLOCK_FACTOR });
      expect(audited).toMatchObject({ findings: [], payments: 1, payouts: 1, evidence: 1 });
    },
    20 * WALL_MS_PER_TICK,
  );

  it('can be entered with a key minted for it, which replaces the one before', async () => {
    const answer = await buyer.api.request({ ...asked, gpuCount: 1, sshPublicKeys: [buyer.identity.publicKey] });
    const { access } = await payAndEnter(platform, buyer, answer);
    expect((await ssh(buyer.identity, access, 'true')).code).toBe(0);
    const minted = await buyer.api.ask<{ privateKey: string }>('POST', `/v1/buyer/rentals/${answer.rentalId}/access`);
    const keyFile = join(dataDir, 'minted');
    await writeFile(keyFile, minted.body.privateKey, { mode: 0o600 });
    const other = { ...buyer.identity, keyFile };
    await waitFor('the minted key to open', 5_000, async () =>
      (await ssh(other, access, 'true')).code === 0 ? true : undefined,
    );
    expect((await ssh(buyer.identity, access, 'true')).code).not.toBe(0);
    await buyer.api.stop(answer.rentalId);
    await awaitSettled(buyer, answer.rentalId);
  }, 60_000);

  it('that is stopped before it is paid costs nothing, and money that comes later goes back whole', async () => {
    const before = await usdcBalance(buyer.wallet, platform.chain);
    const answer = await buyer.api.request(withKey());
    await buyer.api.stop(answer.rentalId);
    await payByWallet(answer, { keyFile: buyer.walletFile, rpcUrl: platform.chain.rpcUrl });
    await waitFor('the refund', 30_000, async () =>
      (await usdcBalance(buyer.wallet, platform.chain)) === before ? true : undefined,
    );
    await waitFor('the books to close', 10_000, async () => {
      const { plans } = (await buyer.api.rental(answer.rentalId)).settlement;
      return plans.length > 0 && plans.every((plan) => plan.status === 'finalized') ? true : undefined;
    });
    expect((await auditFacts(platform, { clockScale: CLOCK_FACTOR })).findings).toEqual([]);
  }, 60_000);
});

describe('bad input', () => {
  const cases: [string, Record<string, unknown>, number, string][] = [
    ['an unknown GPU tier', { ...asked, gpuTier: 'C64' }, 422, 'unknown_gpu_tier'],
    ['no GPUs', { ...asked, gpuCount: 0 }, 422, 'bad_gpu_count'],
    ['a thousand GPUs', { ...asked, gpuCount: 1000 }, 422, 'bad_gpu_count'],
    ['RESERVED for 8 days', { gpuTier: 'H100', tier: 'RESERVED', durationDays: 8 }, 422, 'bad_reserved_term'],
    ['a class nobody offers', { ...asked, gpuTier: 'GB300' }, 409, 'no_capacity'],
  ];

  it.each(cases)('is refused with a code, and appends nothing: %s', async (_, body, status, code) => {
    const facts = (await exportFacts(platform.eventStoreUrl)).length;
    const answer = await buyer.api.ask('POST', '/v1/buyer/compute/requests', body);
    expect(answer).toMatchObject({ status, body: { code } });
    expect(await exportFacts(platform.eventStoreUrl)).toHaveLength(facts);
  });

  it('an operator is no buyer, and a stranger finds no rental that is not theirs', async () => {
    const token = await platform.issuer.mint({ subject: 'mallory', roles: ['operator'], hours: 1 });
    const mallory = new Api(platform.gatewayUrl, token);
    expect((await mallory.ask('POST', '/v1/buyer/compute/requests', asked)).status).toBe(403);
    const { rentalId } = await buyer.api.request(withKey());
    const other = await platform.issuer.mint({ subject: 'eve', roles: ['buyer'], hours: 1 });
    expect((await new Api(platform.gatewayUrl, other).ask('GET', `/v1/buyer/rentals/${rentalId}`)).status).toBe(404);
  });

  it('a transfer with an unknown reference is recorded, and starts nothing', async () => {
    const answer = await buyer.api.request(withKey());
    const url = answer.payment.solanaPayUrl;
    const stray = { payment: { solanaPayUrl: url.replace(/&(reference|memo)=[^&]*/g, '') } };
    const amount = ['--amount', '3.333333'];
    const { signature } = await payByWallet(stray, {
      keyFile: buyer.walletFile,
      rpcUrl: platform.chain.rpcUrl,
      more: amount,
    });
    const facts = await waitFor('the transfer to be recorded', 20_000, async () => {
      const found = (await exportFacts(platform.eventStoreUrl)).filter(
        ({ stream }) => stream === `payment-${signature}`,
      );
      return found.length > 0 ? found : undefined;
    });
    expect(facts[0]?.data).toMatchObject({ assignedTo: null, why: 'unknown_reference', amount: '3333333' });
    expect((await buyer.api.rental(answer.rentalId)).state).toBe('requested');
  }, 40_000);
});
