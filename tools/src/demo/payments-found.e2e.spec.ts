/** A payment is found whichever way it is announced: by the webhook alone, and by the scan alone. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPlatform, type PlatformOptions } from '../platform/platform.js';
import { newBuyer, payAndEnter } from './buyer.js';
import { auditFacts } from './ledger.js';
import { awaitOffers, DEMO_OPERATORS, enrolOperator } from './operators.js';

/** The scan comes each 10 s of the platform's clock. */
const CLOCK_FACTOR = 6;

const ways: [string, Omit<PlatformOptions, 'dataDir'>][] = [
  ['the scan alone, without any webhook', { webhooks: false }],
  ['the webhook alone, without any scan', { environment: { settlement: { SETTLEMENT_SCAN: 'false' } } }],
];

it.each(ways)(
  'a payment is found by %s',
  async (_, options) => {
    const dataDir = await mkdtemp(join(tmpdir(), 'tokenos-e2e-'));
    const platform = await startPlatform({ dataDir, clockFactor: CLOCK_FACTOR, ...options });
    try {
      await enrolOperator(platform, dataDir, DEMO_OPERATORS[0]);
      await awaitOffers(platform, 1);
      const buyer = await newBuyer(platform, dataDir, '200');
      const answer = await buyer.api.request({
        gpuTier: 'H100',
        durationMinutes: 10,
        sshPublicKeys: [buyer.identity.publicKey],
      });
      const { access } = await payAndEnter(platform, buyer, answer);
      expect(access.port).toBeGreaterThan(0);
      buyer.meter.close();
      expect((await auditFacts(platform, { clockScale: CLOCK_FACTOR })).totals.paidMicroUsdc).toBe(
        BigInt(answer.payment.amountMicroUsdc),
      );
    } finally {
      await platform.stop();
      await rm(dataDir, { recursive: true, force: true });
    }
  },
  120_000,
);
