/** Puts settlement together: the chain on one side, facts on the other, duties in between. */

import { Inject, Module, type OnApplicationBootstrap } from '@nestjs/common';
import { MINUTE } from '@tokenos/domain/time';
import type { EventStore } from '@tokenos/runtime/event-store/port';
import type { Clock } from '@tokenos/runtime/clock';
import type { Handler } from '@tokenos/runtime/handle';
import type { Ids } from '@tokenos/runtime/ids';
import type { Signals } from '@tokenos/runtime/service/signals';
import {
  CLOCK,
  CONFIG,
  DATABASE,
  DUTIES,
  DUTY_HANDLERS,
  FOLLOWER,
  HANDLE,
  IDS,
  SIGNALS,
  STORE,
} from '@tokenos/runtime/service/tokens';
import type { DutyHandlers } from '@tokenos/runtime/views/duty';
import type { DutyQueue } from '@tokenos/runtime/views/duty-queue';
import type { FactFollower } from '@tokenos/runtime/views/follow';
import type { Kysely } from 'kysely';
import { anchorDue } from './anchors/begin.js';
import type { ChainPort } from './chain/port.js';
import { solanaChain } from './chain/solana.js';
import { loadTreasuryKey } from './chain/treasury-key.js';
import type { SettlementConfig } from './config.js';
import { scansDue, settlementDuties } from './duties.js';
import { HintController } from './hint.controller.js';
import { postgresRepositories } from './repositories/postgres.js';
import type { SettlementTables } from './view/tables.js';

const CHAIN = Symbol('CHAIN');

async function openChain({ SOLANA_RPC_URL, USDC_MINT, TREASURY_KEY_FILE }: SettlementConfig): Promise<ChainPort> {
  const treasuryKey = await loadTreasuryKey(TREASURY_KEY_FILE);
  return solanaChain({ rpcUrl: SOLANA_RPC_URL, mint: USDC_MINT, treasuryKey });
}

function dutyHandlers(
  db: Kysely<SettlementTables>,
  store: EventStore,
  act: Handler,
  clock: Clock,
  ids: Ids,
  chain: ChainPort,
  signals: Signals,
  follower: FactFollower,
  config: SettlementConfig,
): DutyHandlers {
  const returnUnmatchedAfter = config.SETTLEMENT_RETURN_UNMATCHED_AFTER_MINUTES * MINUTE;
  const catchUp = (): Promise<void> => follower.catchUp();
  const repositories = postgresRepositories(db);
  return settlementDuties({ ...repositories, store, act, clock, ids, chain, signals, returnUnmatchedAfter, catchUp });
}

@Module({
  controllers: [HintController],
  providers: [
    { provide: CHAIN, useFactory: openChain, inject: [CONFIG] },
    {
      provide: DUTY_HANDLERS,
      useFactory: dutyHandlers,
      inject: [DATABASE, STORE, HANDLE, CLOCK, IDS, CHAIN, SIGNALS, FOLLOWER, CONFIG],
    },
  ],
})
export class SettlementModule implements OnApplicationBootstrap {
  constructor(
    @Inject(DUTIES) private readonly queue: DutyQueue,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: SettlementConfig,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const scans = scansDue(this.clock.now());
    const off = scans.map(({ kind, key }) => ({ do: 'cancel' as const, kind, key }));
    await this.queue.enqueue(...(this.config.SETTLEMENT_SCAN ? scans : off), anchorDue(this.clock.now()));
  }
}
