/** A checkpoint: asked for by the buyer or before a preemption, and saved by the machine that runs the rental. */

import { accepted, ignored, rejected, type Outcome } from '../../decider.js';
import type { CheckpointSaved } from '../checkpoint.js';
import type { RequestCheckpoint } from '../commands.js';
import type { RentalFact } from '../facts.js';
import { placementOf, type Present } from '../state.js';
import { wrongState } from './refuse.js';

/** A new request replaces an older one; the same again while it is under way is one. */
export function requestCheckpoint(state: Present, { path, at: requestedAt }: RequestCheckpoint): Outcome<RentalFact> {
  if (state.status !== 'running') return wrongState(state.status, 'RequestCheckpoint');
  const { checkpoint } = state.rental;
  if (checkpoint !== null && checkpoint.saved === null && checkpoint.requested.path === path) {
    return ignored('it is under way');
  }
  return accepted({ type: 'CheckpointRequested', data: { path, requestedAt } });
}

/** May come after the end: the machine packs while the notice runs out. */
export function saveCheckpoint(state: Present, saved: CheckpointSaved): Outcome<RentalFact> {
  const { checkpoint } = state.rental;
  const current = placementOf(state)?.attempt;
  if (checkpoint === null || current !== saved.attempt) {
    return rejected({ code: 'nothing_to_save', context: { attempt: saved.attempt } });
  }
  return checkpoint.saved === null ? accepted({ type: 'CheckpointSaved', data: saved }) : ignored('saved already');
}
