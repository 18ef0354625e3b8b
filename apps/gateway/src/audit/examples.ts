/** Examples for the API document: what a download looks like, with hashes that hold. */

import { sha256Hex } from '@tokenos/contracts/envelope/canonical';
import { seal } from '@tokenos/contracts/envelope/seal';
import { header, line } from './export-lines.js';

const request = '019a0000-0000-7000-8000-000000000001';
const rentalId = '019a0000-0000-7000-8000-000000000003';
const fact = seal(null, {
  id: '019a0000-0000-7000-8000-000000000002',
  stream: 'operator-host-1',
  type: 'OperatorRegistered.v1',
  at: '2026-11-23T09:00:00.000Z',
  by: 'gateway',
  correlationId: request,
  causationId: request,
  data: { operatorId: 'host-1', wallet: 'J1S9H3QjnRtBbbuD4HjPV6RpRhwuk4zKbxsnCHuTgh9w' },
});

export const FACTS_EXAMPLE =
  header('facts', null, null) + line({ position: '1', fact }) + line({ end: { position: '1', facts: 1, evidence: 0 } });

const body = `{"minutes":[{"heartbeat":null,"index":0,"probe":null,"served":false}],"rentalId":"${rentalId}"}`;

export const EVIDENCE_EXAMPLE =
  header('evidence', null, null) +
  line({ position: '17', evidence: { sha256: sha256Hex(body), rentalId, firstMinute: 0, body } }) +
  line({ end: { position: '20', facts: 0, evidence: 1 } });

export const STREAM_EXAMPLE =
  header('facts', null, fact.stream) +
  line({ position: '0', fact }) +
  line({ end: { position: '0', facts: 1, evidence: 0 } });
