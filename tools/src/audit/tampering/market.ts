/** A market of four machines over three days, in which almost everything that can happen to a rental happens: the true history that is tampered with. */

import { seal } from '@tokenos/contracts/envelope/seal';
import { nodeStream } from '@tokenos/contracts/facts/streams';
import { DAY, HOUR, MINUTE, SECOND } from '@tokenos/domain/time';
import { createHandler } from '@tokenos/runtime/handle';
import { machineId, rentalId, type Stage } from '@tokenos/simulation/stories/stage';
import type { Story } from '@tokenos/simulation/stories/story';

const CAP = 6_000_000n;
const asked = { tier: 'ON_DEMAND', capMicroUsdcPerHour: CAP } as const;

/** Rentals by what happens to them; `tell` names them by number. */
export const RENTALS = {
  stopped: 1,
  failedOver: 2,
  spot: 3,
  beneficiary: 4,
  vanished: 5,
  extended: 6,
  reserved: 7,
  expired: 8,
  late: 9,
} as const;

export const market: Story = {
  name: 'market',
  about: 'Nine buyers, four machines, three days.',
  machines: [
    { number: 1, gpuCount: 1, rateMicroUsdcPerHour: 5_840_000n },
    { number: 2, gpuCount: 2, rateMicroUsdcPerHour: 5_900_000n },
    { number: 3, gpuCount: 1, rateMicroUsdcPerHour: 5_950_000n },
    { number: 4, gpuCount: 1, rateMicroUsdcPerHour: 6_000_000n },
  ],
  within: 60 * HOUR,
  plot(stage) {
    stage.after(0, () => stage.platform.door.node(machineId(1), { type: 'DeclarePue', puePercent: 125 }));
    for (const n of [1, 2, 3, 4]) recordDays(stage, n);
    reserve(stage);
    stopAndRate(stage);
    preempt(stage);
    failOver(stage);
    stage.rent({ ...asked, number: RENTALS.vanished, minutes: 60, asksAfter: 4 * HOUR, vanishesAfter: 8 * SECOND });
    stage.rent({ ...asked, number: RENTALS.extended, minutes: 20, asksAfter: 5 * HOUR });
    stage.when(RENTALS.extended, 'RentalStarted', () =>
      stage.after(10 * MINUTE, () => stage.extend(RENTALS.extended, 10)),
    );
    stage.rent({ ...asked, number: RENTALS.expired, minutes: 60, asksAfter: 6 * HOUR, paysAfter: 20 * MINUTE });
    stage.after(7 * HOUR, () => stage.stray(777n));
    stage.rent({ ...asked, number: RENTALS.late, minutes: 10, asksAfter: 50 * HOUR });
  },
};

/**
 * The simulation passes over most heartbeats, so nobody there counts a machine's minutes: metering is told what they came to. Machine 2
 * dies on the first day.
 */
function recordDays(stage: Stage, n: number): void {
  const { ground } = stage.platform;
  const act = createHandler({ ...ground, clock: ground.timeline, by: 'metering', seal });
  for (const [past, day] of ['2026-11-23', '2026-11-24'].entries()) {
    const expectedMinutes = past === 0 ? 839 : 1_440;
    const servedMinutes = n === 2 ? (past === 0 ? 200 : 0) : expectedMinutes;
    const counts = { expectedMinutes, servedMinutes, platformFaultMinutes: 0 };
    const uptime = { rules: 'uptime@1', day, ...counts };
    const midnight = Date.parse(day) + DAY + MINUTE;
    stage.after(midnight - stage.now, async () => {
      await act.handle(nodeStream, machineId(n), () => ({ type: 'RecordUptime', uptime }));
    });
  }
}

/** A week that its buyer ends after thirty hours: its operator has been paid for the first day by then. */
function reserve(stage: Stage): void {
  const terms = { tier: 'RESERVED', minutes: 7 * 1_440, capMicroUsdcPerHour: CAP } as const;
  stage.rent({ ...terms, number: RENTALS.reserved });
  stage.when(RENTALS.reserved, 'RentalStarted', () => stage.after(30 * HOUR, () => stage.stop(RENTALS.reserved)));
}

function stopAndRate(stage: Stage): void {
  stage.rent({ ...asked, number: RENTALS.stopped, minutes: 60, asksAfter: MINUTE });
  stage.when(RENTALS.stopped, 'RentalStarted', () =>
    stage.after(25 * MINUTE + 30 * SECOND, () => stage.stop(RENTALS.stopped)),
  );
  stage.when(RENTALS.stopped, 'MeterClosed', () =>
    stage.after(MINUTE, () =>
      stage.platform.door.rental(rentalId(RENTALS.stopped), (at) => ({ type: 'RateRental', at, stars: 4 })),
    ),
  );
}

/** Only one machine has two GPUs. */
function preempt(stage: Stage): void {
  const both = { gpuCount: 2, capMicroUsdcPerHour: CAP };
  stage.rent({ ...both, number: RENTALS.spot, tier: 'SPOT', minutes: 120, asksAfter: HOUR });
  const waits = { maxWaitMs: 3 * MINUTE, asksAfter: HOUR + 20 * MINUTE } as const;
  stage.rent({ ...both, ...waits, number: RENTALS.beneficiary, tier: 'ON_DEMAND', minutes: 10 });
}

/** Its machine dies after twenty minutes, and another one takes over. */
function failOver(stage: Stage): void {
  stage.rent({ ...asked, number: RENTALS.failedOver, minutes: 60, asksAfter: 3 * HOUR });
  stage.when(RENTALS.failedOver, 'RentalStarted', () => stage.after(20 * MINUTE, () => stage.machineDies(2)));
}
