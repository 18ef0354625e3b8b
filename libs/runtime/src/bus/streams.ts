/** The two JetStream streams, and how they are made. What lies in them can be lost: facts are refilled from the store, telemetry ends after a day. */

import {
  DiscardPolicy,
  type JetStreamManager,
  RetentionPolicy,
  StorageType,
  type StreamConfig,
} from '@nats-io/jetstream';
import { nanos } from '@nats-io/transport-node';
import { isStreamGone } from './api-errors.js';

export interface StreamSpec {
  readonly name: string;
  readonly subjects: readonly string[];
  readonly maxAgeMs: number;
}

const DAY_MS = 24 * 60 * 60 * 1000;

export const FACTS: StreamSpec = { name: 'FACTS', subjects: ['fact.>'], maxAgeMs: 7 * DAY_MS };
export const TELEMETRY: StreamSpec = { name: 'TELEMETRY', subjects: ['telemetry.>'], maxAgeMs: DAY_MS };
export const STREAMS: readonly StreamSpec[] = [FACTS, TELEMETRY];

/** Nats-Msg-Id is remembered this long; consumers are idempotent beyond it. */
const DUPLICATE_WINDOW_MS = 120_000;

/**
 * Creates what is missing and leaves what is there as its operators set it. Safe to call from every process at once. A user
 * that may create no streams finds them there, or this throws the server's refusal.
 */
export async function ensureStreams(admin: JetStreamManager, replicas = 1): Promise<void> {
  for (const spec of STREAMS) {
    if (await exists(admin, spec.name)) continue;
    await admin.streams.add(streamConfig(spec, replicas));
  }
}

async function exists(admin: JetStreamManager, name: string): Promise<boolean> {
  try {
    await admin.streams.info(name);
    return true;
  } catch (error) {
    if (!isStreamGone(error)) throw error;
    return false;
  }
}

function streamConfig(
  { name, subjects, maxAgeMs }: StreamSpec,
  replicas: number,
): Partial<StreamConfig> & { name: string } {
  return {
    name,
    subjects: [...subjects],
    retention: RetentionPolicy.Limits,
    storage: StorageType.File,
    discard: DiscardPolicy.Old,
    max_age: nanos(maxAgeMs),
    duplicate_window: nanos(DUPLICATE_WINDOW_MS),
    num_replicas: replicas,
  };
}
