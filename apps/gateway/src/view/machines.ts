/** Reads machines from the view: each with what it holds idle, and whether it is there. */

import { Inject } from '@nestjs/common';
import type { Site } from '@tokenos/contracts/carbon/attribution';
import { tieBreak } from '@tokenos/contracts/envelope/tie-break';
import { usdc } from '@tokenos/domain/money';
import type { Candidate } from '@tokenos/domain/placement/placement';
import type { Reputation } from '@tokenos/domain/reputation/reputation';
import { MINUTE, type Millis } from '@tokenos/domain/time';
import type { Clock } from '@tokenos/runtime/clock';
import { CLOCK, DATABASE } from '@tokenos/runtime/service/tokens';
import type { Kysely, Selectable } from 'kysely';
import { Presence } from '../agents/presence.js';
import { Reputations } from './reputations.js';
import type { GatewayTables } from './tables.js';

export interface Machine {
  readonly node: Selectable<GatewayTables['nodes']>;
  readonly idleGpus: number;
  /** GPUs of SPOT rentals that run and have had no notice yet: whoever pays on demand may have them, after notice. */
  readonly spotGpus: number;
  /** GPUs of each RESERVED rental on it: another machine must have room for them. */
  readonly reserved: readonly number[];
  readonly online: boolean;
  /** Its operator's. */
  readonly reputation: Reputation;
}

/** A candidate of placement@1, and what more it could have idle once its SPOT rentals have made way. */
export interface Prospect extends Candidate {
  readonly spotGpus: number;
  readonly reserved: readonly number[];
  /** All that it has, whoever holds them. */
  readonly gpus: number;
}

/** A lease that nobody closed is taken to be over this long after its end. */
const SILENT_RELEASE: Millis = MINUTE;

export class Machines {
  constructor(
    @Inject(DATABASE) private readonly db: Kysely<GatewayTables>,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(Presence) private readonly presence: Presence,
    @Inject(Reputations) private readonly reputations: Reputations,
  ) {}

  find(nodeId: string) {
    return this.db.selectFrom('nodes').selectAll().where('node_id', '=', nodeId).executeTakeFirst();
  }

  /** Where machines stand, retired ones too. */
  async sites(nodeIds: readonly string[]): Promise<ReadonlyMap<string, Site>> {
    if (nodeIds.length === 0) return new Map();
    const rows = await this.db
      .selectFrom('nodes')
      .select(['node_id', 'country', 'pue_percent'])
      .where('node_id', 'in', nodeIds)
      .execute();
    return new Map(rows.map((row) => [row.node_id, { country: row.country, puePercent: row.pue_percent }]));
  }

  /** The key of a node that may connect; a retired one only while it still holds something. Null otherwise. */
  async keyOf(nodeId: string): Promise<string | null> {
    const node = await this.find(nodeId);
    if (node === undefined) return null;
    if (!node.retired) return node.node_key;
    const held = await this.db
      .selectFrom('held_gpus')
      .select('gpu_uuid')
      .where('node_id', '=', nodeId)
      .executeTakeFirst();
    return held === undefined ? null : node.node_key;
  }

  /** By id, retired ones too where an operator asks for its own. */
  async list(operatorId?: string): Promise<Machine[]> {
    const all = this.db.selectFrom('nodes').selectAll().orderBy('node_id');
    const chosen =
      operatorId === undefined ? all.where('retired', '=', false) : all.where('operator_id', '=', operatorId);
    const [nodes, held, reputationOf] = await Promise.all([chosen.execute(), this.held(), this.reputations.latest()]);
    return nodes.map((node) => ({
      node,
      idleGpus: node.gpus.filter(({ uuid }) => !held.has(`${node.node_id} ${uuid}`)).length,
      spotGpus: node.gpus.filter(({ uuid }) => held.get(`${node.node_id} ${uuid}`)?.mayYield === true).length,
      reserved: reservedOn(node.node_id, held),
      online: this.presence.isOnline(node.node_id),
      reputation: reputationOf(node.operator_id),
    }));
  }

  /** What placement@1 would choose from now, for this rental. */
  async candidates(rentalId: string): Promise<Prospect[]> {
    const machines = await this.list();
    return machines.flatMap(({ node, idleGpus, spotGpus, reserved, online, reputation }) => {
      if (node.rate === null) return [];
      return {
        nodeId: node.node_id,
        operatorId: node.operator_id,
        online,
        verified: node.verification === 'verified',
        draining: node.draining,
        gpuTier: node.gpu_tier,
        region: node.region,
        rateMicroUsdcPerHour: usdc(node.rate),
        reputationBps: reputation.scoreBps,
        idleGpus,
        spotGpus,
        reserved,
        gpus: node.gpus.length,
        tieBreak: tieBreak(rentalId, node.node_id),
      };
    });
  }

  /** By "<node> <GPU>": a node names its GPUs itself, and so occupies only its own. */
  private async held(): Promise<Map<string, Holder>> {
    const rows = await this.db
      .selectFrom('held_gpus')
      .innerJoin('rentals', 'rentals.rental_id', 'held_gpus.rental_id')
      .select(['held_gpus.rental_id', 'node_id', 'gpu_uuid', 'tier', 'open', 'noticed', 'started_at'])
      .where('until', '>', BigInt(this.clock.now() - SILENT_RELEASE))
      .execute();
    return new Map(
      rows.map(({ rental_id, node_id, gpu_uuid, tier, open, noticed, started_at }) => {
        const mayYield = tier === 'SPOT' && open && started_at !== null && !noticed;
        return [`${node_id} ${gpu_uuid}`, { rentalId: rental_id, nodeId: node_id, tier, mayYield }];
      }),
    );
  }
}

interface Holder {
  readonly rentalId: string;
  readonly nodeId: string;
  readonly tier: string;
  /** SPOT that runs and has had no notice yet. */
  readonly mayYield: boolean;
}

function reservedOn(nodeId: string, held: ReadonlyMap<string, Holder>): readonly number[] {
  const gpus = new Map<string, number>();
  for (const holder of held.values()) {
    if (holder.nodeId !== nodeId || holder.tier !== 'RESERVED') continue;
    gpus.set(holder.rentalId, (gpus.get(holder.rentalId) ?? 0) + 1);
  }
  return [...gpus.values()];
}
