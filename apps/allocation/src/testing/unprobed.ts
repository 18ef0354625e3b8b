/** Parts of allocation that placing alone never touches: the machines' documents and the probes. */

import type { Duty } from '@tokenos/runtime/views/duty';
import type { Parts } from '../parts.js';

export const placeDuty = (key: string): Duty => ({ kind: 'place', key, dueAt: 0, attempts: 0, payload: null });

const nothing = () => Promise.reject(new Error('nothing is probed here'));

export const unprobed: Pick<Parts, 'desired' | 'probe' | 'readHostKey' | 'publishStored' | 'publish' | 'spotReserve'> =
  {
    desired: { get: () => Promise.resolve(null), update: () => Promise.resolve(1) },
    probe: nothing,
    readHostKey: nothing,
    publishStored: nothing,
    publish: () => undefined,
    spotReserve: 0,
  };
