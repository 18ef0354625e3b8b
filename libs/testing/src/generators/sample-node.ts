/** The machine that the sample rental runs on, as its operator enrolled it. */

import type { NodeEnrolled, NodeFact } from '@tokenos/domain/node/node';
import { uuid } from './names.js';
import { OPERATOR } from './sample-facts.js';

export const enrolment: NodeEnrolled = {
  nodeId: uuid('c', 1),
  operatorId: OPERATOR,
  nodeKey: 'bm9kZS1rZXktb2YtMzItYnl0ZXMtaW4tYmFzZTY0dXI',
  gpuTier: 'H100',
  gpus: [
    { uuid: 'GPU-1', model: 'NVIDIA H100 80GB HBM3' },
    { uuid: 'GPU-2', model: 'NVIDIA H100 80GB HBM3' },
  ],
  simulated: true,
  region: 'eu-central',
  country: 'DE',
  sshHost: '203.0.113.7',
  sshPort: 2222,
  hostKey: 'ssh-ed25519 AAAAhost',
};

export const enrolled: NodeFact = { type: 'NodeEnrolled', data: enrolment };
