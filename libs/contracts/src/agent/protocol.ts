/** What crosses the socket between a node's agent and the gateway, and what lies in the KV bucket `desired`. */

import { z } from 'zod';

/** Bumped when an old agent could misread a new gateway. */
export const AGENT_PROTOCOL = 1;

const uuid = z.uuid();
const rfc3339 = z.iso.datetime();

/** Of leases and of GPUs that one message may name: several times what one machine holds. */
export const MAX_ENTRIES = 64;
export const MAX_DETAIL = 500;
/** As Linux has it. */
export const MAX_PATH = 4_096;
const name = z.string().min(1).max(100);
/** Ed25519, base64url: 86 characters. */
const signature = z.string().max(100);
const nonce = z.string().max(100);

/** Where buyers reach a machine. It stands in a command that they paste into a shell: no quote, no blank, no leading dash. */
export const sshHost = z.union([z.hostname().max(253), z.ipv6()], 'expected a host name or an IP address');
/** "ssh-ed25519 AAAA...", no comment: the base64 of RFC 8709's 51 bytes, the first 19 of which are always the same. */
export const sshHostKey = z
  .string()
  .regex(/^ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI[A-P][A-Za-z0-9+/]{42}$/, 'expected ssh-ed25519 and the key');

/** One lease a node should be running, or have ended: a fold of the rental's stream, newer revisions only. */
export const desiredLease = z.strictObject({
  rentalId: uuid,
  attempt: z.int().positive(),
  /** Revision of the rental's stream this entry was folded from. */
  revision: z.int().nonnegative(),
  state: z.enum(['run', 'ended']),
  gpuUuids: z.array(z.string().min(1)).min(1),
  /** What the buyer types before the @; unique on the node. */
  username: z.string().regex(/^[a-z][a-z0-9]{3,31}$/),
  /** OpenSSH one-line public keys that open a session: exactly the buyer's. */
  authorizedKeys: z.array(z.string().min(1)),
  /** The platform's key for this attempt: it may only ask for a signed challenge answer. */
  probeKey: z.string().min(1),
  /** The agent ends the lease by itself here, by its own monotonic clock, if it hears nothing more. */
  paidUntil: rfc3339,
  /** It has to yield: the machine tells the buyer, and reports when it did. Absent: nobody asks it to. */
  notice: z.strictObject({ noticedAt: rfc3339 }).optional(),
  /** To be saved from the sandbox; each request by its time, once. */
  checkpoint: z.strictObject({ path: z.string().min(1).max(MAX_PATH), requestedAt: rfc3339 }).optional(),
});
export type DesiredLease = z.infer<typeof desiredLease>;

/** The value under key <nodeId> in the bucket `desired`. Absence of a lease means keep: only `ended` ends. */
export const desiredNode = z.strictObject({ nodeId: uuid, leases: z.array(desiredLease) });
export type DesiredNode = z.infer<typeof desiredNode>;

export const savedCheckpoint = z.strictObject({
  /** Of the request it answers. */
  requestedAt: rfc3339,
  /** Where it lies: a name within the machine's store, nothing that opens it. */
  where: z.string().min(1).max(200),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  bytes: z.int().nonnegative(),
  savedAt: rfc3339,
});
export type SavedCheckpoint = z.infer<typeof savedCheckpoint>;

export const LEASE_STATES = ['starting', 'ready', 'failed', 'ended'] as const;

/** Level state, repeated in every heartbeat. `ended` = the last session, listener and process are gone. */
export const leaseReport = z.strictObject({
  rentalId: uuid,
  attempt: z.int().positive(),
  revision: z.int().nonnegative(),
  state: z.enum(LEASE_STATES),
  gpuUuids: z.array(name).max(MAX_ENTRIES),
  sessions: z.int().nonnegative(),
  /** When the state was entered, by the agent's clock. */
  since: rfc3339,
  detail: z.string().max(MAX_DETAIL).nullable(),
  /** When the buyer was told to make room, by the agent's clock; absent: not yet, or nobody asks. */
  noticedAt: rfc3339.optional(),
  /** When the buyer first logged in to this attempt, by the agent's clock; absent: not yet. */
  buyerSince: rfc3339.optional(),
  /** The last checkpoint that was saved. */
  checkpoint: savedCheckpoint.optional(),
});
export type LeaseReport = z.infer<typeof leaseReport>;

export const gpuReport = z.strictObject({ uuid: name, model: name, healthy: z.boolean() });
export type GpuReport = z.infer<typeof gpuReport>;

/** Signed by the node key (Ed25519 over the RFC 8785 form of everything but `signature`). Sent every 5 s and on every change. */
export const heartbeat = z.strictObject({
  protocol: z.literal(AGENT_PROTOCOL),
  nodeId: uuid,
  /** Rises by one per heartbeat within a boot of the agent. */
  seq: z.int().nonnegative(),
  bootId: uuid,
  sentAt: rfc3339,
  gpus: z.array(gpuReport).max(MAX_ENTRIES),
  leases: z.array(leaseReport).max(MAX_ENTRIES),
  signature,
});
export type Heartbeat = z.infer<typeof heartbeat>;

export const HEARTBEAT_EVERY_MS = 5_000;

/** What an operator's machine says about itself, once, with its one-time enrolment token: POST /v1/operator/agent/enrol. */
export const enrolRequest = z.strictObject({
  token: z.string().min(1).max(200),
  nodeId: uuid,
  /** Ed25519 public key of the node, base64url of the raw 32 bytes. */
  nodeKey: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
  gpuTier: name,
  gpus: z.array(gpuReport).min(1).max(MAX_ENTRIES),
  /** Shown wherever the node is shown. */
  simulated: z.boolean(),
  region: z
    .string()
    .max(100)
    .regex(/^[a-z]{2}(-[a-z0-9]+)*$/),
  /** ISO 3166-1 alpha-2, for the grid's carbon intensity. */
  country: z.string().regex(/^[A-Z]{2}$/),
  sshHost,
  sshPort: z.int().min(1).max(65_535),
  hostKey: sshHostKey,
});
export type EnrolRequest = z.infer<typeof enrolRequest>;

/** First message on the socket, agent -> gateway, answering the gateway's `challenge`. */
export const agentHello = z.strictObject({
  type: z.literal('hello'),
  protocol: z.literal(AGENT_PROTOCOL),
  nodeId: uuid,
  /** Ed25519 signature by the node key over "tokenos-agent-hello:" + nonce + ":" + nodeId, base64url. */
  signature,
});

export const agentToGateway = z.discriminatedUnion('type', [
  agentHello,
  z.strictObject({ type: z.literal('heartbeat'), heartbeat }),
]);
export type AgentToGateway = z.infer<typeof agentToGateway>;

export const gatewayToAgent = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('challenge'), nonce }),
  z.strictObject({
    type: z.literal('welcome'),
    heartbeatEveryMs: z.int().positive(),
    /** The platform's time: `paidUntil` is measured by it, not by a clock that an operator set. */
    now: rfc3339,
  }),
  z.strictObject({ type: z.literal('desired'), desired: desiredNode }),
]);
export type GatewayToAgent = z.infer<typeof gatewayToAgent>;

/** The only thing the probe key can obtain: `exec` of exactly "challenge <nonce>" answers this as one JSON line; no process runs. */
export const PROBE_COMMAND = /^challenge ([0-9a-f]{32,64})$/;

export const probeAnswer = z.strictObject({
  nodeId: uuid,
  rentalId: uuid,
  attempt: z.int().positive(),
  nonce,
  /** By the node key, over the RFC 8785 form of the rest, base64url. */
  signature,
});
export type ProbeAnswer = z.infer<typeof probeAnswer>;
